package org.lines4j.subspace.matrix;

/// The eigenvalues and eigenvectors of a symmetric matrix.
///
/// @param values rising
/// @param vectors one row for each value
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Eigen(double[] values, Matrix vectors) {
  /// The largest eigenvalue, if it is positive; else 0.
  public double largest() {
    return values.length == 0 ? 0 : Math.max(0, values[values.length - 1]);
  }
}
