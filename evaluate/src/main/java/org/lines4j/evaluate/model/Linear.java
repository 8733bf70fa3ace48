package org.lines4j.evaluate.model;

import java.util.Optional;
import org.lines4j.subspace.matrix.FloatAlgebra;
import org.lines4j.subspace.matrix.FloatMatrix;

/// x·Wᵀ + b, or x·W + b where the weights are stored the other way.
///
/// @param inToOut whether rows of the weights are inputs, as GPT-2 has them
record Linear(FloatMatrix weight, boolean inToOut, Optional<float[]> bias) {
  int outputs() {
    return inToOut ? weight.cols() : weight.rows();
  }

  void apply(FloatAlgebra algebra, FloatMatrix from, FloatMatrix into) {
    if (inToOut) {
      algebra.product(1, from, weight, into);
    } else {
      algebra.productTransposed(1, from, weight, into);
    }
    if (bias.isEmpty()) {
      return;
    }
    float[] added = bias.get();
    float[] row = new float[added.length];
    for (int i = 0; i < into.rows(); i++) {
      into.load(i, 0, row, row.length);
      for (int j = 0; j < row.length; j++) {
        row[j] += added[j];
      }
      into.store(row, i, 0, row.length);
    }
  }
}
