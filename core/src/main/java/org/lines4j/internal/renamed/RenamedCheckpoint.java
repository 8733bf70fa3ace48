package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.format.Shard;
import org.lines4j.internal.source.RenamedTensor;

/// A checkpoint whose tensors have other names: same files, same bytes.
final class RenamedCheckpoint extends CheckpointView {
  private final List<Shard> shards;

  /// @param named by the name that each has here
  /// @param metadata what those of each of its files are with these names
  RenamedCheckpoint(
      Checkpoint stored,
      Map<String, NamedTensor> named,
      Function<Shard, Map<String, String>> metadata) {
    super(stored, shown(named));
    this.shards =
        super.shards().stream()
            .map(shard -> new Shard(shard.file(), metadata.apply(shard), shard.tensors()))
            .toList();
  }

  @Override
  public List<Shard> shards() {
    return shards;
  }

  private static List<ShownTensor> shown(Map<String, NamedTensor> named) {
    List<ShownTensor> tensors = new ArrayList<>();
    named.forEach(
        (name, tensor) ->
            tensors.add(new ShownTensor(RenamedTensor.of(name, tensor.source()), tensor.shard())));
    return tensors;
  }
}
