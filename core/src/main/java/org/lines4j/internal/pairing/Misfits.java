package org.lines4j.internal.pairing;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.plan.Source;
import org.lines4j.tensor.TensorInfo;

/// Tensors of one name that cannot be combined, in words.
public final class Misfits {
  private Misfits() {}

  /// How tensors differ in type or shape; empty where they can be combined: all floating or all of
  /// one type, and of one shape.
  ///
  /// @param owners whose they are
  public static Optional<String> of(List<Source> sources, List<String> owners) {
    TensorInfo first = sources.getFirst().info();
    boolean fit = sources.stream().map(Source::info).allMatch(info -> canCombine(first, info));
    return fit
        ? Optional.empty()
        : Optional.of(
            IntStream.range(0, sources.size())
                .mapToObj(i -> owners.get(i) + " has " + sources.get(i).info().typeAndShape())
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  /// Whether both are floating or both of one type, and of one shape.
  public static boolean canCombine(TensorInfo a, TensorInfo b) {
    boolean floating = a.dtype().isFloating() && b.dtype().isFloating();
    return (floating || a.dtype() == b.dtype()) && a.shape().equals(b.shape());
  }

  /// Throws if there are any.
  ///
  /// @param whose recipe or models, which the message starts with
  /// @param misfits a line each
  /// @param total how many tensors there are
  /// @param hints more lines
  /// @throws InputException that lists all of them
  public static void refuse(String whose, List<String> misfits, int total, String hints) {
    if (!misfits.isEmpty()) {
      throw refusal(
          "%s: the models do not fit together: %d of %d tensors differ in more than their values;"
                  .formatted(whose, misfits.size(), total)
              + " --on-mismatch base or tuned says whose to keep",
          misfits,
          hints);
    }
  }

  /// An exception that lists misfits.
  ///
  /// @param summary the first line
  /// @param misfits a line each
  /// @param hints more lines
  public static InputException refusal(String summary, List<String> misfits, String hints) {
    String list = misfits.stream().map(misfit -> "\n  " + misfit).collect(Collectors.joining());
    return new InputException(summary + list + hints);
  }
}
