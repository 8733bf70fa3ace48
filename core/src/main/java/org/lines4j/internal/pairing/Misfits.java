package org.lines4j.internal.pairing;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.internal.work.Source;
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
      throw refusal(whose + ": the models do not fit together", misfits, total, hints);
    }
  }

  /// An exception that lists misfits and says what to do.
  ///
  /// @param what does not fit together, which the message starts with
  /// @param misfits a line each
  /// @param total how many tensors there are
  /// @param hints more lines
  public static InputException refusal(String what, List<String> misfits, int total, String hints) {
    String text =
        "%s: %d of %d tensors differ in more than their values"
            .formatted(what, misfits.size(), total);
    return refusal(text, advice(total - misfits.size(), total), misfits, hints);
  }

  /// What to do where models do not fit together. To keep one's tensors helps with a few; where
  /// most do not fit, the output would be a copy of that model, or loads as nothing.
  ///
  /// @param fitting how many tensors fit, of `total`
  private static Remedy advice(int fitting, int total) {
    return 2 * fitting >= total
        ? Remedy.of(Option.MISMATCH, " base or tuned says whose to keep")
        : Remedy.of(
            ("only %d of %d fit, so these are hardly a model and its fine-tuning as they stand:"
                    + " look at the names and shapes first (a prefix, an adapter, another model).")
                .formatted(fitting, total));
  }

  /// An exception for models of which nothing fits that could be scaled or merged, so that the
  /// output would be a copy of one of them.
  ///
  /// @param whose recipe or models, which the message starts with
  /// @param misfits how many tensors do not fit, of `total`
  /// @param hints more lines
  public static InputException nothingLeft(String whose, int misfits, int total, String hints) {
    String why =
        misfits == 0
            ? "no tensor is of a floating type"
            : misfits == total
                ? "none of %d tensors fit together".formatted(total)
                : ("%d of %d tensors do not fit together, and the others are not of a floating type"
                        + " or not asked for")
                    .formatted(misfits, total);
    return new InputException(
            "%s: nothing would be scaled or merged, the output would be a copy: %s"
                .formatted(whose, why))
        .withRemedy("look at the names and shapes first (a prefix, an adapter, another model)")
        .withDetails(hints);
  }

  /// An exception that lists misfits.
  ///
  /// @param summary the first line, without what to do
  /// @param misfits a line each
  /// @param hints more lines
  public static InputException refusal(
      String summary, Remedy advice, List<String> misfits, String hints) {
    String list = misfits.stream().map(misfit -> "\n  " + misfit).collect(Collectors.joining());
    return new InputException(summary).withRemedy(advice).withDetails(list + hints);
  }
}
