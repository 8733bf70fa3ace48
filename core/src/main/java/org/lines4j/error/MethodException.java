package org.lines4j.error;

import java.io.Serial;

/// A merge method failed where it should not have: a defect of the method, not of the inputs.
///
/// The message names the method's class, the tensor and the failure, which is the cause.
public final class MethodException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private MethodException(Class<?> method, String tensor, Throwable failure) {
    super(
        "%s failed on tensor %s: %s%s"
            .formatted(
                method.getName(),
                tensor,
                failure,
                failure instanceof LinkageError
                    ? "; perhaps it was built for another version of lines"
                    : ""),
        failure);
  }

  /// What to throw where a method threw `failure`: that itself if it tells of the inputs or the
  /// request, or of the Java virtual machine.
  ///
  /// @param method the class that failed
  /// @param tensor that it was to merge
  public static RuntimeException of(Class<?> method, String tensor, Throwable failure) {
    return switch (failure) {
      case InputException e -> e;
      case RequestException e -> e;
      case MethodException e -> e;
      case OutOfMemoryError e -> throw e;
      default -> new MethodException(method, tensor, failure);
    };
  }
}
