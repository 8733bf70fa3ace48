package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.Work;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;

/// ‖Σ τᵢ‖₁ and ‖τ_mtl‖₁ over whole models, in double: the sums of each segment that was measured
/// are kept with its number, and added in the order of the numbers, so that threads change no bit.
final class Norms implements Partial<Norms>, Majority.Counted {
  private static final int FIRST_ROOM = 16;

  private int count;
  private int[] segments = new int[FIRST_ROOM];
  private double[] sums = new double[FIRST_ROOM];
  private double[] merged = new double[FIRST_ROOM];
  private final Ballot ballot = new Ballot();
  private final float[] tile = new float[Kernels.TILE];

  /// The pass that measures them.
  ///
  /// @param facts that `merges` are given
  static Pass<Norms> pass(List<Work.Merge> merges, Facts facts) {
    PlannedPass.Kind kind = PlannedPass.Kind.NORMS;
    OnDemand measured = new OnDemand();
    return new SegmentPass<>(
        kind.title(),
        Segments.of(merges),
        Norms::new,
        (segment, merger, into) -> into.measure(segment, merger, measured),
        out -> WrittenPass.write(kind, facts, out));
  }

  /// ‖Σ τᵢ‖₁.
  double sum() {
    return inOrder().mapToDouble(i -> sums[i]).reduce(0, Double::sum);
  }

  /// ‖τ_mtl‖₁.
  double merged() {
    return inOrder().mapToDouble(i -> merged[i]).reduce(0, Double::sum);
  }

  /// The first segment with a sum that is not finite.
  OptionalInt firstUndefined() {
    return inOrder()
        .filter(i -> !Double.isFinite(sums[i]) || !Double.isFinite(merged[i]))
        .map(i -> segments[i])
        .findFirst();
  }

  /// Where the sums are, in the order of the segments.
  private IntStream inOrder() {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingInt(i -> segments[i]))
        .mapToInt(i -> i);
  }

  @Override
  public Ballot ballot() {
    return ballot;
  }

  @Override
  public void add(Norms other) {
    for (int i = 0; i < other.count; i++) {
      append(other.segments[i], other.sums[i], other.merged[i]);
    }
    ballot.add(other.ballot);
  }

  private void append(int segment, double sum, double mergedSum) {
    if (count == segments.length) {
      segments = Arrays.copyOf(segments, 2 * count);
      sums = Arrays.copyOf(sums, 2 * count);
      merged = Arrays.copyOf(merged, 2 * count);
    }
    segments[count] = segment;
    sums[count] = sum;
    merged[count] = mergedSum;
    count++;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    ballot.writeTo(out);
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      out.writeInt(segments[i]);
      out.writeDouble(sums[i]);
      out.writeDouble(merged[i]);
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    ballot.readFrom(in);
    for (int left = in.readInt(); left > 0; left--) {
      append(in.readInt(), in.readDouble(), in.readDouble());
    }
  }

  private void measure(Segment segment, TensorMerger merger, OnDemand measured) throws IOException {
    append(segment.index(), 0, 0);
    TensorMerge merge = measured.known(segment.work(), merger);
    switch (merge) {
      case TensorMerge.Elementwise elementwise ->
          merger
              .tiles()
              .read(
                  segment.work(),
                  segment.first(),
                  segment.elements(),
                  (first, base, models, length) -> {
                    addSum(base, models, length);
                    TensorMerger.merge(
                        segment.work(), elementwise, first, base, models, tile, length, ballot);
                    addMerged(elementwise, base, tile, length);
                  });
      case TensorMerge.WholeTensor whole ->
          merger.whole(
              segment,
              whole,
              (_, base, models, length) -> addSum(base, models, length),
              (_, base, values, length) -> addMerged(whole, base, values, length));
      case TensorMerge.Measured _, TensorMerge.WholeModel _ ->
          throw new IllegalStateException("what is measured comes before norms");
    }
  }

  /// To the last segment.
  private void addSum(float[] base, float[][] models, int length) {
    Arrays.fill(tile, 0, length, 0);
    for (float[] model : models) {
      KernelChoice.taskVectors().addWeighted(base, model, 1, tile, length);
    }
    sums[count - 1] += KernelChoice.taskVectors().sumOfMagnitudes(tile, length);
  }

  private void addMerged(TensorMerge merge, float[] base, float[] values, int length) {
    if (!merge.givesTaskVector()) {
      for (int i = 0; i < length; i++) {
        values[i] -= base[i];
      }
    }
    merged[count - 1] += KernelChoice.taskVectors().sumOfMagnitudes(values, length);
  }
}
