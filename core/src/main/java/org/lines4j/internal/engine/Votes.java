package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.List;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Work;

/// The sum of the signs that all elements elect.
final class Votes implements Segments.Partial<Votes> {
  private final List<Float> thresholds;
  private final float[] elected = new float[Kernels.TILE];
  private long sum;

  private Votes(List<Float> thresholds) {
    this.thresholds = thresholds;
  }

  static long count(List<Work.Merge> merges, List<Float> thresholds, RunOptions options)
      throws IOException {
    return Segments.run(Segments.of(merges), () -> new Votes(thresholds), options).sum;
  }

  @Override
  public void add(Votes other) {
    sum += other.sum;
  }

  @Override
  public void measure(Segment segment, TensorMerger merger) throws IOException {
    if (!(segment.work().merge() instanceof TensorMerge.WholeModel merge)) {
      throw new IllegalArgumentException("no votes in " + segment);
    }
    TensorMerge.Elementwise votes = merge.votes(thresholds);
    merger
        .tiles()
        .read(
            segment.work(),
            segment.first(),
            segment.elements(),
            (first, base, models, count) -> {
              votes.merge(first, base, models, elected, count);
              sum += KernelChoice.taskVectors().votes(elected, count);
            });
  }
}
