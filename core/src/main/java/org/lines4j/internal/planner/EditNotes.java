package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.layers.LayerScaling;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storages;

/// What an edit may do that is seldom meant.
final class EditNotes {
  /// Weights of task vectors hardly go beyond.
  private static final double MOST_MEANT = 2;

  private EditNotes() {}

  /// In words, that there is nothing to edit: both models are one.
  static Optional<String> sameModel(Checkpoint base, Checkpoint tuned) throws IOException {
    Location a = base.location();
    Location b = tuned.location();
    if (!a.scheme().equals(b.scheme())) {
      return Optional.empty();
    }
    Storage storage = Storages.of(a);
    return storage.real(a).equals(storage.real(b)) && places(base).equals(places(tuned))
        ? Optional.of(
            "base and tuned are the same model, %s, so the output is it, too"
                .formatted(tuned.location()))
        : Optional.empty();
  }

  /// Where the tensors lie in their files: two models of one file are not the same.
  private static List<List<ByteRange>> places(Checkpoint model) {
    return model.tensors().stream()
        .map(tensor -> model.source(tensor).ranges(0, tensor.byteSize()))
        .toList();
  }

  /// In words, that no update is left: λ is 0 wherever something is scaled.
  static Optional<String> withoutUpdate(List<PlannedTensor> tensors) {
    List<PlannedTensor> scaled =
        tensors.stream().filter(tensor -> tensor.lambda().isPresent()).toList();
    return !scaled.isEmpty() && scaled.stream().allMatch(PlannedTensor::isWithoutUpdate)
        ? Optional.of("lambda is 0 everywhere, so nothing of the update is in the output")
        : Optional.empty();
  }

  /// In words, that far more is left of the update than there was, as of a percentage for a number.
  static Optional<String> enlarged(List<PlannedTensor> tensors) {
    double most =
        tensors.stream()
            .mapToDouble(tensor -> tensor.lambda().orElse(0))
            .map(Math::abs)
            .max()
            .orElse(0);
    return most > MOST_MEANT
        ? Optional.of(
            "lambda is up to %.4g, so the update is made so many times larger; 1 is the tuned model"
                .formatted(most))
        : Optional.empty();
  }

  /// In words, that λ goes the other way.
  static Optional<String> falling(LayerScaling scaling) {
    double beta =
        switch (scaling) {
          case LayerScaling.Linear linear -> linear.beta();
          case LayerScaling.Graded graded -> graded.beta();
          default -> 0;
        };
    return beta < 0
        ? Optional.of(
            "beta is below 0: lambda goes from %.4g in the first layer to %.4g in the last"
                .formatted(scaling.atDepth(1, 2), scaling.atDepth(2, 2)))
        : Optional.empty();
  }
}
