package org.lines4j.evaluate.model;

import java.util.Optional;
import org.lines4j.subspace.matrix.FloatMatrix;

/// A normalisation of rows.
///
/// @param weight each element is multiplied by its own
/// @param bias added after that; none for RMSNorm, which takes no mean away either
@SuppressWarnings("ArrayRecordComponent") // never compared
record Norm(float[] weight, Optional<float[]> bias, double epsilon) {
  /// Normalises `weight.length` values.
  void apply(float[] values, int from) {
    int count = weight.length;
    double mean = 0;
    if (bias.isPresent()) {
      for (int i = 0; i < count; i++) {
        mean += values[from + i];
      }
      mean /= count;
    }
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double distance = values[from + i] - mean;
      squares += distance * distance;
    }
    float factor = (float) (1 / Math.sqrt(squares / count + epsilon));
    float centre = (float) mean;
    for (int i = 0; i < count; i++) {
      values[from + i] = (values[from + i] - centre) * factor * weight[i];
    }
    if (bias.isPresent()) {
      float[] added = bias.get();
      for (int i = 0; i < count; i++) {
        values[from + i] += added[i];
      }
    }
  }

  /// Normalises each row.
  void apply(FloatMatrix from, FloatMatrix into) {
    float[] row = new float[from.cols()];
    for (int i = 0; i < from.rows(); i++) {
      from.load(i, 0, row, row.length);
      apply(row, 0);
      into.store(row, i, 0, row.length);
    }
  }
}
