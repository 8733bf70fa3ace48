package org.lines4j.quantised;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;

/// A checkpoint whose codes and scales are weights in float32, as one tensor each, which says how
/// it is stored.
final class DequantisedCheckpoint extends CheckpointView {
  private DequantisedCheckpoint(Checkpoint stored, CodedTensors.Found found) {
    super(stored, weights(stored, found));
  }

  private static List<ShownTensor> weights(Checkpoint stored, CodedTensors.Found found) {
    List<ShownTensor> weights = new ArrayList<>();
    for (StoredTensor tensor : stored.tensors()) {
      if (found.taken().contains(tensor.name())) {
        continue;
      }
      TensorSource coded = found.codes().get(tensor.name());
      weights.add(
          coded == null ? ShownTensor.of(stored, tensor) : new ShownTensor(coded, tensor.shard()));
    }
    return weights;
  }

  /// The checkpoint with its codes as weights; as it is where it has none, or some that cannot be
  /// computed with.
  ///
  /// @throws InputException if there may be codes, and a configuration beside them that is not JSON
  static Checkpoint of(Checkpoint stored) throws IOException {
    if (!CodedTensors.mayHold(stored)) {
      return stored;
    }
    QuantisationConfig.check(stored.companions());
    Optional<QuantisationConfig> config = QuantisationConfig.read(stored.companions());
    try {
      CodedTensors.Found found = CodedTensors.find(stored, config);
      if (found.codes().isEmpty()) {
        return stored;
      }
      DequantisedCheckpoint view = new DequantisedCheckpoint(stored, found);
      boolean isWhole = new CompanionTensors(view, config).find().isEmpty();
      return isWhole ? view : stored;
    } catch (InputException _) {
      return stored; // whoever would compute with it is told
    }
  }

  /// The codes and scales themselves.
  Checkpoint stored() {
    return shown();
  }
}
