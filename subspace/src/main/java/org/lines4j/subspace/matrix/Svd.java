package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import java.util.Arrays;

/// A thin singular value decomposition, A = U·diag(s)·Vᵀ, or its first directions.
///
/// @param u one column for each direction
/// @param s the singular values, falling
/// @param vt one row for each direction
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Svd(Matrix u, double[] s, Matrix vt) {
  /// Of the largest singular value; directions with less carry nothing but rounding.
  public static final double LEAST_SHARE = 1e-9;

  /// How many directions carry something.
  public int rank() {
    return rank(0);
  }

  /// How many directions carry something.
  ///
  /// @param nothing singular values that are not larger do not
  public int rank(double nothing) {
    double limit = Math.max(nothing, s.length == 0 ? 0 : LEAST_SHARE * s[0]);
    return (int) Arrays.stream(s).takeWhile(value -> value > limit).count();
  }

  /// The first directions, in the same memory.
  public Svd first(int count) {
    return new Svd(u.columns(0, count), Arrays.copyOf(s, count), vt.rows(0, count));
  }

  /// A copy that shares nothing.
  public Svd copy(Arena arena) {
    return new Svd(u.copy(arena), s.clone(), vt.copy(arena));
  }

  /// The sum of the singular values.
  public double sum() {
    double sum = 0;
    for (double value : s) {
      sum += value;
    }
    return sum;
  }
}
