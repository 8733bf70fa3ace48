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
import org.lines4j.method.PieceSums;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;

/// ‖Σ τᵢ‖₁ and ‖τ_mtl‖₁ over whole models, in double.
final class Norms implements Partial<Norms>, Majority.Counted {
  private static final int SUM = 0;
  private static final int MERGED = 1;

  private final PieceSums sums = new PieceSums(2);
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
    return sums.total(SUM);
  }

  /// ‖τ_mtl‖₁.
  double merged() {
    return sums.total(MERGED);
  }

  /// The first segment with a sum that is not finite.
  OptionalInt firstUndefined() {
    return sums.firstUndefined();
  }

  @Override
  public Ballot ballot() {
    return ballot;
  }

  @Override
  public void add(Norms other) {
    sums.add(other.sums);
    ballot.add(other.ballot);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    ballot.writeTo(out);
    sums.writeTo(out);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    ballot.readFrom(in);
    sums.readFrom(in);
  }

  private void measure(Segment segment, TensorMerger merger, OnDemand measured) throws IOException {
    int piece = segment.index();
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
                    addSum(piece, base, models, length);
                    TensorMerger.merge(
                        segment.work(), elementwise, first, base, models, tile, length, ballot);
                    addMerged(piece, elementwise, base, tile, length);
                  });
      case TensorMerge.WholeTensor whole ->
          merger.whole(
              segment,
              whole,
              (_, base, models, length) -> addSum(piece, base, models, length),
              (_, base, values, length) -> addMerged(piece, whole, base, values, length));
      case TensorMerge.Measured _, TensorMerge.WholeModel _, TensorMerge.MeasuredModel _ ->
          throw new IllegalStateException("what is measured comes before norms");
    }
  }

  private void addSum(int piece, float[] base, float[][] models, int length) {
    Arrays.fill(tile, 0, length, 0);
    for (float[] model : models) {
      KernelChoice.taskVectors().addWeighted(base, model, 1, tile, length);
    }
    sums.add(piece, SUM, KernelChoice.taskVectors().sumOfMagnitudes(tile, length));
  }

  private void addMerged(int piece, TensorMerge merge, float[] base, float[] values, int length) {
    if (!merge.givesTaskVector()) {
      for (int i = 0; i < length; i++) {
        values[i] -= base[i];
      }
    }
    sums.add(piece, MERGED, KernelChoice.taskVectors().sumOfMagnitudes(values, length));
  }
}
