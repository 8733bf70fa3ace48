package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lines4j.internal.kernel.DifferenceSums;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.work.Source;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;

/// Sums over pairs of tensors. Each tensor is cut into segments of a fixed number of elements,
/// whose sums are added in their order, so that threads and buffers do not change a bit of the
/// result.
public final class DifferenceEngine implements Pass<DifferenceEngine.Parts> {
  /// A base tensor and its tuned counterpart, of the same shape.
  public record Pair(Source base, Source tuned) {}

  private record Segment(int pair, long firstElement, long elements) {}

  private static final long SEGMENT = 1 << 20;
  private static final int READ_BYTES = 1 << 18;

  private final List<Pair> pairs;
  private final List<Segment> segments = new ArrayList<>();

  DifferenceEngine(List<Pair> pairs) {
    this.pairs = pairs;
    for (int i = 0; i < pairs.size(); i++) {
      long elements = pairs.get(i).base().info().elements();
      for (long first = 0; first < elements; first += SEGMENT) {
        segments.add(new Segment(i, first, Math.min(SEGMENT, elements - first)));
      }
    }
  }

  /// The sums over each pair, in the order given.
  public static List<DifferenceSums> run(List<Pair> pairs, RunOptions options) throws IOException {
    DifferenceEngine engine = new DifferenceEngine(pairs);
    return engine.totals(new LocalRunner(options).run(engine));
  }

  private List<DifferenceSums> totals(Parts parts) {
    List<DifferenceSums> totals = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      totals.add(new DifferenceSums());
    }
    parts.bySegment.forEach((unit, sums) -> totals.get(segments.get(unit).pair()).add(sums));
    return totals;
  }

  /// The sums of the segments that were read, by their numbers.
  static final class Parts implements Partial<Parts> {
    private final SortedMap<Integer, DifferenceSums> bySegment = new TreeMap<>();

    @Override
    public void add(Parts other) {
      bySegment.putAll(other.bySegment);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(bySegment.size());
      for (Map.Entry<Integer, DifferenceSums> entry : bySegment.entrySet()) {
        out.writeInt(entry.getKey());
        entry.getValue().writeTo(out);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int left = in.readInt(); left > 0; left--) {
        DifferenceSums sums = new DifferenceSums();
        bySegment.put(in.readInt(), sums);
        sums.readFrom(in);
      }
    }
  }

  @Override
  public String title() {
    return "compare";
  }

  @Override
  public int units() {
    return segments.size();
  }

  @Override
  public long bytes(int unit) {
    Segment segment = segments.get(unit);
    Pair pair = pairs.get(segment.pair());
    return segment.elements() * (pair.base().dtype().bytes() + pair.tuned().dtype().bytes());
  }

  @Override
  public Parts nothing() {
    return new Parts();
  }

  @Override
  public long deskBytes() {
    return 2L * READ_BYTES;
  }

  @Override
  public Desk<Parts> desk(Arena arena) {
    InputBuffer base = new InputBuffer(arena, READ_BYTES);
    InputBuffer tuned = new InputBuffer(arena, READ_BYTES);
    return (unit, into) -> into.bySegment.put(unit, sum(segments.get(unit), base, tuned));
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
    }
    return sum;
  }
}
