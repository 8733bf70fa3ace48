package org.lines4j;

import java.io.Serial;

/// A merge method failed where it should not have: a defect of the method, not of the inputs.
///
/// The message names the method's class, the tensor and the failure, which is the cause.
public final class MethodException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// @param method the class that failed
  /// @param tensor that it was to merge
  public MethodException(Class<?> method, String tensor, RuntimeException failure) {
    super("%s failed on tensor %s: %s".formatted(method.getName(), tensor, failure), failure);
  }
}
