package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.plan.NotFinite;
import org.lines4j.run.Partial;

/// How many elements of which tensors are no finite numbers: nothing for most models.
final class NotFiniteCounts implements Partial<NotFiniteCounts> {
  /// What was counted of a tensor, as in [NotFinite].
  record Count(long nan, long infinite, long overflowed, long leftOut) {
    private static Count sum(Count a, Count b) {
      return new Count(
          a.nan + b.nan,
          a.infinite + b.infinite,
          a.overflowed + b.overflowed,
          a.leftOut + b.leftOut);
    }
  }

  private final Map<String, Count> tensors = new HashMap<>();

  /// Counts elements of a tensor.
  void add(String tensor, Count count) {
    tensors.merge(tensor, count, Count::sum);
  }

  @Override
  public void add(NotFiniteCounts other) {
    other.tensors.forEach(this::add);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(tensors.size());
    for (Map.Entry<String, Count> entry : tensors.entrySet()) {
      byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
      out.writeInt(name.length);
      out.write(name);
      out.writeLong(entry.getValue().nan);
      out.writeLong(entry.getValue().infinite);
      out.writeLong(entry.getValue().overflowed);
      out.writeLong(entry.getValue().leftOut);
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      byte[] name = new byte[in.readInt()];
      in.readFully(name);
      Count count = new Count(in.readLong(), in.readLong(), in.readLong(), in.readLong());
      add(new String(name, StandardCharsets.UTF_8), count);
    }
  }

  /// What was found, in the order of the files.
  List<NotFinite> in(List<OutputShard> shards) {
    return shards.stream()
        .flatMap(shard -> shard.tensors().stream())
        .flatMap(tensor -> in(tensor).stream())
        .toList();
  }

  private Optional<NotFinite> in(PlannedTensor tensor) {
    return Optional.ofNullable(tensors.get(tensor.name()))
        .map(c -> new NotFinite(tensor.info(), c.nan, c.infinite, c.overflowed, c.leftOut));
  }
}
