package org.lines4j.subspace.matrix;

import java.util.Arrays;

/// In Java, on arrays, so that the compiler makes vectors of the innermost loop.
final class JavaFloatProducts implements FloatProducts {
  /// Columns of the result that are computed together.
  private static final int PANEL = 64;

  @Override
  public void multiply(
      float factor, FloatMatrix a, FloatMatrix b, boolean transposed, FloatMatrix into) {
    int inner = a.cols();
    float[][] panel = new float[inner][PANEL];
    float[] left = new float[inner];
    float[] sums = new float[PANEL];
    for (int col = 0; col < into.cols(); col += PANEL) {
      int width = Math.min(PANEL, into.cols() - col);
      fill(panel, b, transposed, col, width);
      for (int row = 0; row < into.rows(); row++) {
        a.load(row, 0, left, inner);
        Arrays.fill(sums, 0);
        for (int k = 0; k < inner; k++) {
          add(left[k], panel[k], sums);
        }
        for (int j = 0; j < width; j++) {
          sums[j] *= factor;
        }
        into.store(sums, row, col, width);
      }
    }
  }

  /// Columns of op(b), row by row.
  private static void fill(float[][] panel, FloatMatrix b, boolean transposed, int col, int width) {
    int inner = panel.length;
    if (!transposed) {
      for (int k = 0; k < inner; k++) {
        b.load(k, col, panel[k], width);
      }
      return;
    }
    float[] line = new float[inner];
    for (int j = 0; j < width; j++) {
      b.load(col + j, 0, line, inner);
      for (int k = 0; k < inner; k++) {
        panel[k][j] = line[k];
      }
    }
  }

  private static void add(float factor, float[] values, float[] sums) {
    for (int j = 0; j < PANEL; j++) {
      sums[j] += factor * values[j];
    }
  }
}
