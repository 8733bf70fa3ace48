package org.lines4j.internal.method;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// Each model's task vector made sparse, then all mixed.
///
/// @param pruners one for each model
/// @param factors what each sparse task vector is multiplied by
record SparseTaskVectors(List<Pruner> pruners, List<Float> factors, Mixture mixture)
    implements TensorMerge.Elementwise {
  private static final double LEAST_NORM = 1e-7;

  /// Sets some elements of a task vector to zero.
  @FunctionalInterface
  interface Pruner {
    /// Prunes in place.
    ///
    /// @param first the index in the tensor of the first element
    void prune(long first, float[] delta, int count);
  }

  SparseTaskVectors {
    pruners = List.copyOf(pruners);
    factors = List.copyOf(factors);
  }

  /// Without factors.
  static SparseTaskVectors of(List<? extends Pruner> pruners, Mixture mixture) {
    return new SparseTaskVectors(
        List.copyOf(pruners), Collections.nCopies(pruners.size(), 1f), mixture);
  }

  /// With factors that give each sparse task vector the ‖·‖₁ that it had before.
  static SparseTaskVectors preservingNorm(
      TensorScan scan, List<? extends Pruner> pruners, Mixture mixture) throws IOException {
    Norms norms = scan.measure(() -> new Norms(scan, pruners));
    List<Float> factors = new ArrayList<>();
    for (int m = 0; m < pruners.size(); m++) {
      factors.add(restoring(norms.sums.total(2 * m), norms.sums.total(2 * m + 1)));
    }
    return new SparseTaskVectors(List.copyOf(pruners), factors, mixture);
  }

  /// What a pruned task vector is multiplied by to have the ‖·‖₁ that it had before.
  static float restoring(double before, double after) {
    return before >= LEAST_NORM && after >= LEAST_NORM ? (float) (before / after) : 1;
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    Span.UPDATES.vectors(base, models, count);
    for (int m = 0; m < models.length; m++) {
      pruners.get(m).prune(first, models[m], count);
      scale(models[m], factors.get(m), count);
    }
    mixture.mix(models, out, count);
  }

  private static void scale(float[] values, float factor, int count) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        values[i] *= factor;
      }
    }
  }

  /// ‖·‖₁ of each task vector before and after it is pruned.
  private static final class Norms extends TileSums<Norms> {
    private final List<? extends Pruner> pruners;

    Norms(TensorScan scan, List<? extends Pruner> pruners) {
      super(scan.shape(), 2 * pruners.size());
      this.pruners = pruners;
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      Span.UPDATES.vectors(base, models, count);
      for (int m = 0; m < models.length; m++) {
        sums.add(first, 2 * m, KernelChoice.taskVectors().sumOfMagnitudes(models[m], count));
        pruners.get(m).prune(first, models[m], count);
        sums.add(first, 2 * m + 1, KernelChoice.taskVectors().sumOfMagnitudes(models[m], count));
      }
    }
  }
}
