package org.lines4j.internal.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lines4j.method.InMemoryScan;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// Streamed, against holding all of it.
class ArceeFusionTest {
  private final Random random = new Random(5);

  /// Rows that no block holds whole, one of them longer than a block, and a sample.
  @Test
  void rowsMayCrossBlocks() throws IOException {
    check(3, 700_001, 0.01f);
    check(1, 2 * TensorScan.BLOCK + 3, 0.01f);
  }

  @Test
  void rowsMayBeShorterThanTiles() throws IOException {
    check(1000, 7, 0.1f);
    check(900, 1, 0.1f);
  }

  /// Where models hardly differ, rounding errors are larger than what is measured.
  @Test
  void divergencesMayBeNegative() throws IOException {
    float[] divergences = check(200, 64, 1e-8f);
    int negative = 0;
    for (float divergence : divergences) {
      negative += divergence < 0 ? 1 : 0;
    }
    assertTrue(negative > 20, negative + " are negative");
  }

  private float[] check(int rows, int length, float difference) throws IOException {
    float[] base = new float[rows * length];
    float[] model = new float[base.length];
    for (int i = 0; i < base.length; i++) {
      base[i] = (float) random.nextGaussian();
      model[i] = base[i] + (float) random.nextGaussian() * difference;
    }
    InMemoryScan scan = new InMemoryScan(Shape.of(rows, length), base, List.of(model));
    float[] divergences = SoftmaxDivergences.measure(scan);
    assertArrayEquals(divergences(base, model, length), divergences);
    float[] merged = new float[base.length];
    new ArceeFusion()
        .given(scan)
        .merge(0, base, new float[][] {model.clone()}, merged, merged.length);
    assertArrayEquals(expected(base, model, divergences, length), merged);
    return divergences;
  }

  private static float[] divergences(float[] base, float[] model, int length) {
    float[] divergences = new float[base.length / length];
    for (int row = 0; row < divergences.length; row++) {
      double[] p = softmax(Arrays.copyOfRange(model, row * length, (row + 1) * length));
      double[] q = softmax(Arrays.copyOfRange(base, row * length, (row + 1) * length));
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += (p[i] + 1e-8) * Math.log((p[i] + 1e-8) / (q[i] + 1e-8));
      }
      divergences[row] = (float) sum;
    }
    return divergences;
  }

  private static double[] softmax(float[] values) {
    double[] result = new double[values.length];
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      result[i] = Math.exp((double) values[i] - largest);
      sum += result[i];
    }
    for (int i = 0; i < values.length; i++) {
      result[i] /= sum;
    }
    return result;
  }

  private static float[] expected(float[] base, float[] model, float[] divergences, int length) {
    float[] importance = new float[base.length];
    for (int i = 0; i < base.length; i++) {
      importance[i] = Math.abs(model[i] - base[i]) * divergences[i / length];
    }
    float[] sorted = importance.clone();
    Arrays.sort(sorted);
    float spread = quantile(sorted, 0.75f) - quantile(sorted, 0.25f);
    float threshold = quantile(sorted, 0.5f) + 1.5f * spread;
    float[] expected = new float[base.length];
    for (int i = 0; i < base.length; i++) {
      expected[i] = importance[i] >= threshold ? model[i] : base[i];
    }
    return expected;
  }

  private static float quantile(float[] sorted, float fraction) {
    return sorted[(int) (fraction * (sorted.length - 1))];
  }
}
