package org.lines4j.subspace.matrix;

/// What multiplies matrices of float.
interface FloatProducts {
  /// into = factor·a·op(b), of matrices that fit and are not empty.
  void multiply(float factor, FloatMatrix a, FloatMatrix b, boolean transposed, FloatMatrix into);
}
