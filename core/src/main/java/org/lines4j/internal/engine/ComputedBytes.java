package org.lines4j.internal.engine;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;

/// Computes bytes of planned files when they are asked for, on the thread that asks.
public final class ComputedBytes implements Closeable {
  private final Arena arena = Arena.ofShared();
  private final MemoryBudget budget = new MemoryBudget();
  private final OnDemand measured = new OnDemand();
  private final ConcurrentLinkedDeque<Place> idle = new ConcurrentLinkedDeque<>();

  /// One thread's buffers.
  private record Place(TensorMerger merger, ChunkFiller filler) {}

  /// Whether the bytes of a file can be computed here and there: none depends on others, nor on
  /// what was seen of the whole.
  public static boolean areOf(OutputShard shard) {
    return shard.layout().seal().isEmpty()
        && shard.tensors().stream().allMatch(ComputedBytes::areOf);
  }

  private static boolean areOf(PlannedTensor tensor) {
    return switch (tensor.work()) {
      case Work.Copy _ -> tensor.isPlain() || tensor.isCopiedAsStored();
      case Work.Scale _ -> tensor.isPlain();
      case Work.Beside _ -> false;
      case Work.Merge merge ->
          tensor.isPlain()
              && merge.merge() instanceof TensorMerge.Elementwise
              && !(merge.merge() instanceof TensorMerge.Electing);
    };
  }

  /// Fills `target` with the bytes of a file from `from` on.
  public void fill(OutputShard shard, long from, MemorySegment target) throws IOException {
    long end = from + target.byteSize();
    long first = shard.boundary(from);
    long last = boundaryBehind(shard, end);
    Place place = take();
    try {
      if (first == from && last == end) {
        place.filler.fill(shard, from, target);
      } else {
        fillWithin(place, shard, first, last, from, target);
      }
      var _ = place.merger.finiteness().take();
    } finally {
      idle.push(place);
    }
  }

  private static void fillWithin(
      Place place, OutputShard shard, long first, long last, long from, MemorySegment target)
      throws IOException {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment whole = own.allocate(last - first, Long.BYTES);
      place.filler.fill(shard, first, whole);
      target.copyFrom(whole.asSlice(from - first, target.byteSize()));
    }
  }

  /// The first place from `position` on that lies in no tensor's element, or block of elements.
  private static long boundaryBehind(OutputShard shard, long position) {
    if (shard.boundary(position) == position) {
      return position;
    }
    long longest =
        shard.layout().tensors().stream()
            .mapToLong(placed -> placed.tensor().blockBytes())
            .max()
            .orElse(0);
    return Math.min(shard.size(), shard.boundary(position + longest));
  }

  private Place take() {
    Place place = idle.poll();
    if (place != null) {
      return place;
    }
    Kernels kernels = KernelChoice.kernels();
    TensorMerger merger = new TensorMerger(arena, kernels, budget);
    return new Place(merger, new ChunkFiller(arena, kernels, merger, measured));
  }

  @Override
  public void close() {
    arena.close();
  }
}
