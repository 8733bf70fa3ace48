package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.Pass;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Work;

/// ‖Σ τᵢ‖₁ and ‖τ_mtl‖₁ over whole models, in double: each segment's sums are kept by its number
/// and added in their order, so that threads change no bit.
final class Norms implements Segments.Partial<Norms> {
  private final double[] sums;
  private final double[] merged;
  private final Ballot ballot = new Ballot();
  private final float[] tile = new float[Kernels.TILE];

  private Norms(int segments) {
    this.sums = new double[segments];
    this.merged = new double[segments];
  }

  static Norms measure(List<Work.Merge> merges, RunOptions options) throws IOException {
    List<Segment> segments = Segments.of(merges);
    return Segments.pass(Pass.Kind.NORMS, segments, () -> new Norms(segments.size()), options);
  }

  /// ‖Σ τᵢ‖₁.
  double sum() {
    return Arrays.stream(sums).reduce(0, Double::sum);
  }

  /// ‖τ_mtl‖₁.
  double merged() {
    return Arrays.stream(merged).reduce(0, Double::sum);
  }

  /// The first segment with a sum that is not finite.
  OptionalInt firstUndefined() {
    return IntStream.range(0, sums.length)
        .filter(i -> !Double.isFinite(sums[i]) || !Double.isFinite(merged[i]))
        .findFirst();
  }

  /// The votes of all elements, where they elect.
  Ballot ballot() {
    return ballot;
  }

  /// Of each segment, one side has zeros.
  @Override
  public void add(Norms other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.sums[i];
      merged[i] += other.merged[i];
    }
    ballot.add(other.ballot);
  }

  @Override
  public void measure(Segment segment, TensorMerger merger) throws IOException {
    int index = segment.index();
    switch (segment.work().merge()) {
      case TensorMerge.Elementwise merge ->
          merger
              .tiles()
              .read(
                  segment.work(),
                  segment.first(),
                  segment.elements(),
                  (first, base, models, count) -> {
                    addSum(index, base, models, count);
                    TensorMerger.merge(
                        segment.work(), merge, first, base, models, tile, count, ballot);
                    addMerged(index, merge, base, tile, count);
                  });
      case TensorMerge.WholeTensor merge ->
          merger.whole(
              segment,
              merge,
              (_, base, models, count) -> addSum(index, base, models, count),
              (_, base, values, count) -> addMerged(index, merge, base, values, count));
      case TensorMerge.Measured _, TensorMerge.WholeModel _ ->
          throw new IllegalStateException("what is measured comes before norms");
    }
  }

  private void addSum(int index, float[] base, float[][] models, int count) {
    Arrays.fill(tile, 0, count, 0);
    for (float[] model : models) {
      KernelChoice.taskVectors().addWeighted(base, model, 1, tile, count);
    }
    sums[index] += KernelChoice.taskVectors().sumOfMagnitudes(tile, count);
  }

  private void addMerged(int index, TensorMerge merge, float[] base, float[] values, int count) {
    if (!merge.givesTaskVector()) {
      for (int i = 0; i < count; i++) {
        values[i] -= base[i];
      }
    }
    merged[index] += KernelChoice.taskVectors().sumOfMagnitudes(values, count);
  }
}
