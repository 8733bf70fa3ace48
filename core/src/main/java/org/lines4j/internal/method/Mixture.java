package org.lines4j.internal.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;

/// How sparse task vectors become one: Σ wᵢ·δᵢ, of all of them or, as TIES does, of those alone
/// that have the sign of that sum, divided where wanted by the sum of the weights that took part.
final class Mixture {
  private static final float LEAST_DIVISOR = 1e-8f;

  private final float[] weights;
  private final float[] shares; // what agreeing models count for where that is divided by
  private final boolean electsSigns;
  private final boolean normalizes;

  Mixture(List<Double> weights, boolean electsSigns, boolean normalizes) {
    this.weights = new float[weights.size()];
    for (int i = 0; i < this.weights.length; i++) {
      this.weights[i] = weights.get(i).floatValue();
    }
    this.shares = normalizes ? this.weights : new float[this.weights.length];
    this.electsSigns = electsSigns;
    this.normalizes = normalizes;
  }

  /// Mixes `count` elements of whole task vectors, where no signs are elected.
  void mixTaskVectors(float[] base, float[][] models, float[] out, int count) {
    Arrays.fill(out, 0, count, 0);
    for (int m = 0; m < weights.length; m++) {
      KernelChoice.taskVectors().addWeighted(base, models[m], weights[m], out, count);
    }
    if (normalizes) {
      divide(out, count);
    }
  }

  /// What each task vector counts for, where no signs are elected.
  List<Double> factors() {
    double divisor = normalizes ? divisor() : 1;
    List<Double> factors = new ArrayList<>();
    for (float weight : weights) {
      factors.add(weight / divisor);
    }
    return factors;
  }

  /// Whether there is a single task vector, and it is the result.
  boolean isIdentity() {
    return weights.length == 1 && weights[0] == 1;
  }

  /// Mixes `count` elements.
  ///
  /// @param deltas each model's sparse task vector; become scratch space
  void mix(float[][] deltas, float[] out, int count) {
    Arrays.fill(out, 0, count, 0);
    for (int m = 0; m < weights.length; m++) {
      addWeighted(deltas[m], weights[m], out, count);
    }
    if (electsSigns) { // a sum of exactly zero elects plus
      boolean _ = KernelChoice.taskVectors().elect(out, deltas, 1, shares, count);
    } else if (normalizes) {
      divide(out, count);
    }
  }

  private static void addWeighted(float[] delta, float weight, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      float weighted = delta[i] * weight;
      delta[i] = weighted;
      out[i] += weighted;
    }
  }

  private float divisor() {
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return Math.abs(sum) < LEAST_DIVISOR ? 1 : sum;
  }

  private void divide(float[] out, int count) {
    float divisor = divisor();
    for (int i = 0; i < count; i++) {
      out[i] /= divisor;
    }
  }
}
