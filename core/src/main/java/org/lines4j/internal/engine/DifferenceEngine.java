package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.kernel.DifferenceSums;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Source;

/// Sums over pairs of tensors. Each tensor is cut into segments of a fixed number of elements,
/// whose sums are added in their order, so that threads and buffers do not change a bit of the
/// result.
public final class DifferenceEngine {
  /// A base tensor and its tuned counterpart, of the same shape.
  public record Pair(Source base, Source tuned) {}

  private record Segment(int pair, int index, long firstElement, long elements) {}

  private static final long SEGMENT = 1 << 20;
  private static final int READ_BYTES = 1 << 18;

  private final List<Pair> pairs;
  private final RunOptions options;
  private final List<Segment> segments = new ArrayList<>();
  private final DifferenceSums[][] sums;

  private DifferenceEngine(List<Pair> pairs, RunOptions options) {
    this.pairs = pairs;
    this.options = options;
    this.sums = new DifferenceSums[pairs.size()][];
    for (int i = 0; i < pairs.size(); i++) {
      long elements = pairs.get(i).base().info().elements();
      sums[i] = new DifferenceSums[Math.toIntExact(Math.ceilDiv(elements, SEGMENT))];
      for (int j = 0; j < sums[i].length; j++) {
        long first = j * SEGMENT;
        segments.add(new Segment(i, j, first, Math.min(SEGMENT, elements - first)));
      }
    }
  }

  /// The sums over each pair, in the order given.
  public static List<DifferenceSums> run(List<Pair> pairs, RunOptions options) throws IOException {
    DifferenceEngine engine = new DifferenceEngine(pairs, options);
    long total = pairs.stream().mapToLong(p -> p.base().byteSize() + p.tuned().byteSize()).sum();
    options.progress().start("compare", total);
    Workers.share(engine.segments, options.threads(), engine::work);
    return engine.totals();
  }

  private List<DifferenceSums> totals() {
    List<DifferenceSums> totals = new ArrayList<>();
    for (DifferenceSums[] parts : sums) {
      DifferenceSums total = new DifferenceSums();
      for (DifferenceSums part : parts) {
        total.add(part);
      }
      totals.add(total);
    }
    return totals;
  }

  private void work(Workers.Items<Segment> items) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      InputBuffer base = new InputBuffer(arena, READ_BYTES);
      InputBuffer tuned = new InputBuffer(arena, READ_BYTES);
      for (Segment segment = items.next(); segment != null; segment = items.next()) {
        sums[segment.pair()][segment.index()] = sum(segment, base, tuned);
      }
    }
  }

  private DifferenceSums sum(Segment segment, InputBuffer baseBuffer, InputBuffer tunedBuffer)
      throws IOException {
    Source base = pairs.get(segment.pair()).base();
    Source tuned = pairs.get(segment.pair()).tuned();
    int baseWidth = base.dtype().bytes();
    int tunedWidth = tuned.dtype().bytes();
    Kernels kernels = KernelChoice.kernels();
    float[] b = new float[Kernels.TILE];
    float[] t = new float[Kernels.TILE];
    DifferenceSums sum = new DifferenceSums();
    long block = READ_BYTES / Math.max(baseWidth, tunedWidth);
    for (long done = 0; done < segment.elements(); done += block) {
      long count = Math.min(block, segment.elements() - done);
      long first = segment.firstElement() + done;
      MemorySegment baseBytes = baseBuffer.read(base, first * baseWidth, count * baseWidth);
      MemorySegment tunedBytes = tunedBuffer.read(tuned, first * tunedWidth, count * tunedWidth);
      for (long tile = 0; tile < count; tile += Kernels.TILE) {
        int elements = (int) Math.min(Kernels.TILE, count - tile);
        kernels.decode(base.dtype(), baseBytes, tile * baseWidth, b, elements);
        kernels.decode(tuned.dtype(), tunedBytes, tile * tunedWidth, t, elements);
        kernels.difference(b, t, elements, sum);
        if (sum.isUndefined()) { // from this tile or one before it
          sum.countNotFinite(b, t, elements);
        }
      }
      options.progress().advance(count * (baseWidth + tunedWidth));
    }
    return sum;
  }
}
