package org.lines4j.internal.kernel;

import org.lines4j.internal.kernel.WarmUp.Operation;

/// The vector kernels, each from the moment that it is fast, as [WarmingKernels] has them.
final class WarmingTaskVectors implements TaskVectorKernels {
  private final TaskVectorKernels scalar = new ScalarTaskVectors();

  /// Made when they are first of use.
  private static final class Vectors {
    static final TaskVectorKernels KERNELS = new VectorTaskVectors();
  }

  @Override
  public void addWeighted(float[] base, float[] model, float weight, float[] sum, int count) {
    scalar.addWeighted(base, model, weight, sum, count);
  }

  @Override
  public void addScaled(float[] base, float[] values, float lambda, int count) {
    scalar.addScaled(base, values, lambda, count);
  }

  @Override
  public void trim(
      float[] base, float[] model, float weight, float threshold, float[] sum, int count) {
    kernels(Operation.TRIM).trim(base, model, weight, threshold, sum, count);
  }

  @Override
  public long votes(float[] sum, int count) {
    return scalar.votes(sum, count);
  }

  @Override
  public boolean elect(float[] sum, float[][] models, float tie, float[] shares, int count) {
    return kernels(Operation.ELECT).elect(sum, models, tie, shares, count);
  }

  @Override
  public void keepMagnitudes(float[] values, int low, int high, int from, int to) {
    kernels(Operation.KEEP_MAGNITUDES).keepMagnitudes(values, low, high, from, to);
  }

  @Override
  public void countMagnitudes(float[] base, float[] model, MagnitudeCounts counts, int count) {
    TaskVectorKernels kernels = counts.shift == 0 ? kernels(Operation.COUNT_MAGNITUDES) : scalar;
    kernels.countMagnitudes(base, model, counts, count);
  }

  @Override
  public double sumOfMagnitudes(float[] values, int count) {
    return kernels(Operation.SUM_OF_MAGNITUDES).sumOfMagnitudes(values, count);
  }

  private TaskVectorKernels kernels(Operation operation) {
    return WarmUp.isWarm(operation) ? Vectors.KERNELS : scalar;
  }
}
