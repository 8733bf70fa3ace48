package org.lines4j.subspace.method;

import java.util.List;
import org.lines4j.method.TensorMerge;

/// The mean of the updates: of what is no matrix, or left out. Values are added by size, so that
/// the order of the models changes nothing.
record Mean(List<Double> weights) implements TensorMerge.Elementwise {
  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    sum(weights, models.length, base, models, out, count);
  }

  /// The sum of the updates over `divisor`.
  static void sum(
      List<Double> weights, int divisor, float[] base, float[][] models, float[] out, int count) {
    double[] updates = new double[models.length];
    for (int i = 0; i < count; i++) {
      for (int m = 0; m < models.length; m++) {
        insert(weights.get(m) * ((double) models[m][i] - base[i]), updates, m);
      }
      double sum = 0;
      for (double update : updates) {
        sum += update;
      }
      out[i] = (float) (sum / divisor);
    }
  }

  /// Keeps the first `count + 1` in order.
  private static void insert(double value, double[] sorted, int count) {
    int at = count;
    while (at > 0 && Double.compare(sorted[at - 1], value) > 0) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
  }
}
