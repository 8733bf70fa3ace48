package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
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

/// ‖Σ τᵢ‖₁ and ‖τ_mtl‖₁ over whole models, in double: the sums of segments are added exactly and
/// rounded once, so that neither threads nor machines change a bit.
final class Norms implements Partial<Norms>, Majority.Counted {
  private final ExactSum sums = new ExactSum();
  private final ExactSum merged = new ExactSum();
  private final Ballot ballot = new Ballot();
  private int firstUndefined = Integer.MAX_VALUE;

  private final float[] tile = new float[Kernels.TILE];
  private double segmentSum;
  private double segmentMerged;

  /// The pass that measures them.
  ///
  /// @param facts that `merges` were settled with
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
    return sums.value();
  }

  /// ‖τ_mtl‖₁.
  double merged() {
    return merged.value();
  }

  /// The first segment with a sum that is not finite.
  OptionalInt firstUndefined() {
    return firstUndefined == Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of(firstUndefined);
  }

  @Override
  public Ballot ballot() {
    return ballot;
  }

  @Override
  public void add(Norms other) {
    sums.add(other.sums);
    merged.add(other.merged);
    ballot.add(other.ballot);
    firstUndefined = Math.min(firstUndefined, other.firstUndefined);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    sums.writeTo(out);
    merged.writeTo(out);
    ballot.writeTo(out);
    out.writeInt(firstUndefined);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    sums.readFrom(in);
    merged.readFrom(in);
    ballot.readFrom(in);
    firstUndefined = in.readInt();
  }

  private void measure(Segment segment, TensorMerger merger, OnDemand measured) throws IOException {
    segmentSum = 0;
    segmentMerged = 0;
    read(segment, merger, measured);
    sums.add(segmentSum);
    merged.add(segmentMerged);
    if (!Double.isFinite(segmentSum) || !Double.isFinite(segmentMerged)) {
      firstUndefined = Math.min(firstUndefined, segment.index());
    }
  }

  private void read(Segment segment, TensorMerger merger, OnDemand measured) throws IOException {
    TensorMerge merge = measured.settled(segment.work(), merger);
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

  private void addSum(float[] base, float[][] models, int length) {
    Arrays.fill(tile, 0, length, 0);
    for (float[] model : models) {
      KernelChoice.taskVectors().addWeighted(base, model, 1, tile, length);
    }
    segmentSum += KernelChoice.taskVectors().sumOfMagnitudes(tile, length);
  }

  private void addMerged(TensorMerge merge, float[] base, float[] values, int length) {
    if (!merge.givesTaskVector()) {
      for (int i = 0; i < length; i++) {
        values[i] -= base[i];
      }
    }
    segmentMerged += KernelChoice.taskVectors().sumOfMagnitudes(values, length);
  }
}
