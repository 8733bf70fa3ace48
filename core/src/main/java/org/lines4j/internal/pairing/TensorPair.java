package org.lines4j.internal.pairing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.work.Source;

/// A tensor in the base and in the tuned model; at least one of them has it.
///
/// @param name in the output
/// @param misfit why the two cannot be combined, in words; empty where they can
/// @param tiedTo the tensor that this one is only another name of, where one of the models does not
///   store it twice
public record TensorPair(
    String name,
    Optional<Source> base,
    Optional<Source> tuned,
    Optional<String> misfit,
    Optional<String> tiedTo) {

  /// Whether both are of floating types, so that there is an update to scale.
  public boolean isScalable() {
    return misfit.isEmpty() && any().dtype().isFloating();
  }

  /// Whether both are one tensor of one file, as where the base was given what only the tuned model
  /// has: there is no update then.
  public boolean isOne() {
    return base.isPresent()
        && tuned.isPresent()
        && base.get().tensor().isTiedTo(tuned.get().tensor());
  }

  /// Whether there is an update between two types, of which the output has one.
  public boolean isOfTwoTypes() {
    return isScalable() && !base.orElseThrow().storedAs().equals(tuned.orElseThrow().storedAs());
  }

  /// The base's tensor, or the tuned model's where the base has none.
  public Source any() {
    return base.or(() -> tuned).orElseThrow();
  }

  /// This pair with the base's rows by the tuned model's tokens, if that is why it does not fit.
  ///
  /// @param vocabulary the base's tensor with a row for each of the tuned model's, if both have one
  ///   for each token
  public TensorPair matched(BiFunction<Source, Source, Optional<Source>> vocabulary) {
    if (misfit.isEmpty() || base.isEmpty() || tuned.isEmpty()) {
      return this;
    }
    Optional<Source> rows = vocabulary.apply(base.get(), tuned.get());
    return rows.isEmpty() ? this : new TensorPair(name, rows, tuned, Optional.empty(), tiedTo);
  }

  /// All tensors of the two: the base's in its order, then those that only the tuned model has.
  public static List<TensorPair> of(Checkpoint base, Checkpoint tuned) throws IOException {
    List<TensorPair> pairs = new ArrayList<>();
    for (StoredTensor tensor : base.tensors()) {
      Optional<StoredTensor> other = tuned.find(tensor.name());
      if (other.isEmpty()) {
        pairs.add(baseOnly(base, tensor, tuned));
      } else {
        Source own = new Source(base, tensor);
        pairs.add(both(tensor.name(), own, new Source(tuned, other.get()), Optional.empty()));
      }
    }
    for (StoredTensor tensor : tuned.tensors()) {
      if (base.find(tensor.name()).isEmpty()) {
        pairs.add(tunedOnly(tuned, tensor, base));
      }
    }
    return pairs;
  }

  private static TensorPair both(String name, Source base, Source tuned, Optional<String> tiedTo)
      throws IOException {
    return new TensorPair(name, Optional.of(base), Optional.of(tuned), misfit(base, tuned), tiedTo);
  }

  private static TensorPair baseOnly(Checkpoint base, StoredTensor tensor, Checkpoint tuned)
      throws IOException {
    Source own = new Source(base, tensor);
    Optional<StoredTensor> other = TiedTensors.twin(base, tensor, tuned);
    if (other.isPresent()) {
      Source source = new Source(tuned, other.get());
      return both(tensor.name(), own, source, Optional.of(source.name()));
    }
    return new TensorPair(
        tensor.name(),
        Optional.of(own),
        Optional.empty(),
        Optional.of("only in base, " + tensor.info().typeAndShape()),
        Optional.empty());
  }

  private static TensorPair tunedOnly(Checkpoint tuned, StoredTensor tensor, Checkpoint base)
      throws IOException {
    Source own = new Source(tuned, tensor);
    Optional<StoredTensor> other = TiedTensors.twin(tuned, tensor, base);
    if (other.isPresent()) {
      Source source = new Source(base, other.get());
      return both(tensor.name(), source, own, Optional.of(source.name()));
    }
    return new TensorPair(
        tensor.name(),
        Optional.empty(),
        Optional.of(own),
        Optional.of("only in tuned, " + tensor.info().typeAndShape()),
        Optional.empty());
  }

  private static Optional<String> misfit(Source base, Source tuned) throws IOException {
    Optional<String> misfit = Misfits.of(List.of(base, tuned), List.of("base", "tuned"));
    if (misfit.isPresent()) {
      return misfit;
    }
    long difference = base.dtype().isFloating() ? -1 : StoredBytes.firstDifference(base, tuned);
    return difference < 0
        ? Optional.empty()
        : Optional.of(
            "%s cannot be scaled, so both should be equal, but they differ from element %d on"
                .formatted(base.info().typeAndShape(), difference * 8 / base.dtype().bits()));
  }
}
