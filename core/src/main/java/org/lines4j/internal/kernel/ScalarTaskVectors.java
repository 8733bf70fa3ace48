package org.lines4j.internal.kernel;

/// In plain Java: the specification of what [VectorTaskVectors] must give.
final class ScalarTaskVectors implements TaskVectorKernels {
  private static final int MAGNITUDE = 0x7fff_ffff;

  @Override
  public void addWeighted(float[] base, float[] model, float weight, float[] sum, int count) {
    for (int i = 0; i < count; i++) {
      float tau = model[i] - base[i];
      float weighted = tau * weight;
      sum[i] += weighted;
    }
  }

  @Override
  public void addScaled(float[] base, float[] values, float lambda, int count) {
    for (int i = 0; i < count; i++) {
      float scaled = values[i] * lambda;
      values[i] = base[i] + scaled;
    }
  }

  @Override
  public void trim(
      float[] base, float[] model, float weight, float threshold, float[] sum, int count) {
    trim(base, model, weight, threshold, sum, 0, count);
  }

  static void trim(
      float[] base,
      float[] model,
      float weight,
      float threshold,
      float[] sum,
      int from,
      int count) {
    for (int i = from; i < count; i++) {
      float tau = model[i] - base[i];
      float kept = Math.abs(tau) < threshold ? 0 : tau * weight;
      model[i] = kept;
      sum[i] += kept;
    }
  }

  @Override
  public long votes(float[] sum, int count) {
    int votes = 0;
    for (int i = 0; i < count; i++) {
      votes += (int) Math.signum(sum[i]); // of NaN: 0
    }
    return votes;
  }

  @Override
  public boolean elect(float[] sum, float[][] models, float tie, float[] shares, int count) {
    return elect(sum, models, tie, shares, 0, count);
  }

  static boolean elect(
      float[] sum, float[][] models, float tie, float[] shares, int from, int count) {
    boolean tied = false;
    for (int i = from; i < count; i++) {
      boolean positive = (sum[i] == 0 ? tie : sum[i]) > 0;
      float agreed = 0;
      float divisor = 0;
      boolean empty = true;
      for (int m = 0; m < models.length; m++) {
        float x = models[m][i];
        empty &= x == 0;
        boolean agrees = positive ? x > 0 : x < 0;
        agreed += agrees ? x : 0;
        divisor += agrees ? shares[m] : 0;
      }
      tied |= sum[i] == 0 && !empty;
      float elected = divisor == 0 ? agreed : agreed / divisor;
      sum[i] = Float.isNaN(sum[i]) ? Float.NaN : elected;
    }
    return tied;
  }

  @Override
  public void keepMagnitudes(float[] values, int low, int high, int from, int to) {
    keep(values, low, high, from, to);
  }

  static void keep(float[] values, int low, int high, int from, int to) {
    for (int i = from; i < to; i++) {
      int magnitude = Float.floatToIntBits(values[i]) & MAGNITUDE;
      values[i] = magnitude < low || magnitude > high ? 0 : values[i];
    }
  }

  @Override
  public void countMagnitudes(float[] base, float[] model, MagnitudeCounts counts, int count) {
    countMagnitudes(base, model, counts, 0, count);
  }

  static void countMagnitudes(
      float[] base, float[] model, MagnitudeCounts counts, int from, int count) {
    int low = counts.low;
    int shift = counts.shift;
    long[] bins = counts.bins;
    int below = 0;
    for (int i = from; i < count; i++) {
      int distance = (Float.floatToIntBits(model[i] - base[i]) & MAGNITUDE) - low;
      int bin = distance >> shift;
      if (bin < 0) {
        below++;
      } else if (bin < bins.length) {
        bins[bin]++;
      }
    }
    counts.below += below;
  }

  @Override
  public double sumOfMagnitudes(float[] values, int count) {
    int whole = count - count % DifferenceSums.LANES;
    double[] lanes = new double[DifferenceSums.LANES];
    for (int i = 0; i < whole; i += DifferenceSums.LANES) {
      for (int lane = 0; lane < DifferenceSums.LANES; lane++) {
        lanes[lane] += Math.abs(values[i + lane]);
      }
    }
    return sumOfMagnitudes(lanes, values, whole, count);
  }

  /// Adds the elements from `from`, a multiple of the number of lanes, to the lanes, and sums them.
  static double sumOfMagnitudes(double[] lanes, float[] values, int from, int count) {
    for (int i = from; i < count; i++) {
      lanes[i - from] += Math.abs(values[i]);
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }
}
