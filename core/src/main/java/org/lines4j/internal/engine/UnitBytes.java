package org.lines4j.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PassUnits;
import org.lines4j.plan.PlannedPass;
import org.lines4j.storage.ByteSource;

/// What the units of a plan's passes read and write, where machines share them: tensors are then
/// measured by whoever merges them, and the inputs hashed in a pass of their own.
public final class UnitBytes {
  private UnitBytes() {}

  /// The passes, in their order.
  ///
  /// @param isHashed whether the output's card tells the inputs' hashes
  public static List<PassUnits> of(PlannedRun plan, boolean isHashed, int chunkBytes) {
    List<PassUnits> passes = new ArrayList<>();
    for (PlannedPass pass : plan.passes()) {
      switch (pass.kind()) {
        case SAMPLE -> {
          int units = Math.toIntExact(Math.max(1, pass.bytesToRead() >> 20));
          passes.add(new PassUnits(pass.kind().title(), units, _ -> pass.bytesToRead() / units));
        }
        case MAGNITUDES ->
            passes.add(
                units(pass, segments(plan, merge -> merge instanceof TensorMerge.WholeModel)));
        case MODELS ->
            passes.add(
                units(pass, segments(plan, merge -> merge instanceof TensorMerge.MeasuredModel)));
        case NORMS -> passes.add(units(pass, segments(plan, _ -> true)));
        case TENSORS -> {} // with norms
        case WRITE -> passes.add(units(pass, written(plan.shards(), chunkBytes)));
      }
    }
    if (isHashed) {
      List<ByteSource> files = HashPass.files(Lineage.originals(plan));
      passes.add(new PassUnits("hash", files.size(), i -> files.get(i).size()));
    }
    return passes;
  }

  private static PassUnits units(PlannedPass pass, List<Long> bytes) {
    return new PassUnits(pass.kind().title(), bytes.size(), bytes::get);
  }

  private static List<Long> segments(PlannedRun plan, Predicate<TensorMerge> isRead) {
    List<Long> bytes = new ArrayList<>();
    for (PlannedTensor tensor : plan.tensors()) {
      if (tensor.work() instanceof Work.Merge work && isRead.test(work.merge())) {
        for (Segment segment : Segments.of(List.of(work))) {
          long measured = share(tensor.bytesToMeasure(), segment.elements(), work.elements());
          bytes.add(segment.inputBytes() + measured);
        }
      }
    }
    return bytes;
  }

  private static List<Long> written(List<OutputShard> shards, int chunkBytes) {
    List<Long> bytes = new ArrayList<>();
    for (Units.Unit unit : Units.of(shards, Units.all(shards), chunkBytes)) {
      long read =
          switch (unit) {
            case Units.Unit.Chunk(int shard, long start, long length) ->
                read(shards.get(shard), start, start + length);
            case Units.Unit.Rows rows ->
                read(shards.get(rows.shard()), rows.index(), unit.length());
            case Units.Unit.Encoded encoded ->
                read(shards.get(encoded.shard()), encoded.index(), unit.length());
          };
      bytes.add(read + unit.length());
    }
    return bytes;
  }

  /// For some bytes of a file.
  private static long read(OutputShard shard, long start, long end) {
    long read = 0;
    int first = ChunkFiller.firstBehind(shard.tensors().size(), start, shard::end);
    for (int i = first; i < shard.tensors().size() && shard.start(i) < end; i++) {
      long from = Math.max(start, shard.start(i));
      read += read(shard, i, Math.min(end, shard.end(i)) - from);
    }
    return read;
  }

  /// For so many bytes of a tensor.
  private static long read(OutputShard shard, int index, long written) {
    return share(
        shard.tensors().get(index).bytesToRead(), written, shard.end(index) - shard.start(index));
  }

  private static long share(long bytes, long part, long whole) {
    return whole == 0 ? 0 : (long) (bytes * ((double) part / whole));
  }
}
