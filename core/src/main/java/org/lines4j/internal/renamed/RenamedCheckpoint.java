package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.internal.source.RenamedTensor;

/// A checkpoint whose tensors have other names: same files, same bytes.
final class RenamedCheckpoint extends CheckpointView {
  /// @param named by the name that each has here
  RenamedCheckpoint(Checkpoint stored, Map<String, NamedTensor> named) {
    super(stored, shown(named));
  }

  private static List<ShownTensor> shown(Map<String, NamedTensor> named) {
    List<ShownTensor> tensors = new ArrayList<>();
    named.forEach(
        (name, tensor) ->
            tensors.add(new ShownTensor(RenamedTensor.of(name, tensor.source()), tensor.shard())));
    return tensors;
  }
}
