package org.lines4j.subspace.method;

import java.util.Arrays;
import org.lines4j.subspace.matrix.Matrix;

/// The largest magnitudes of a matrix.
final class Largest {
  private static final double ROUNDING = 1e-9;

  /// Bits of a magnitude that are looked at in one pass over the matrix.
  private static final int DIGIT = 16;

  private Largest() {}

  /// Sets all but the `kept` largest elements to zero. Where several are as large but for rounding,
  /// as with two models that are the same, the first ones by place count.
  static void keep(Matrix matrix, long kept) {
    double least = threshold(matrix, kept);
    double surely = least * (1 + ROUNDING);
    double perhaps = least * (1 - ROUNDING);
    long left = kept - above(matrix, surely);
    double[] row = new double[matrix.cols()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.load(i, 0, row, row.length);
      for (int j = 0; j < row.length; j++) {
        double magnitude = Math.abs(row[j]);
        boolean isKept = magnitude > surely || (magnitude >= perhaps && left-- > 0);
        row[j] = isKept ? row[j] : 0;
      }
      matrix.store(row, i, 0, row.length);
    }
  }

  private static long above(Matrix matrix, double limit) {
    double[] row = new double[matrix.cols()];
    long count = 0;
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.load(i, 0, row, row.length);
      count += Arrays.stream(row).filter(value -> Math.abs(value) > limit).count();
    }
    return count;
  }

  /// The magnitude of rank `kept`; 0 where there are no more elements than that. Found digit by
  /// digit, since magnitudes lie in the order of their bits.
  private static double threshold(Matrix matrix, long kept) {
    if ((long) matrix.rows() * matrix.cols() <= kept) {
      return 0;
    }
    long found = 0;
    long left = kept;
    for (int shift = Long.SIZE - DIGIT; shift >= 0; shift -= DIGIT) {
      long[] counts = digits(matrix, found, shift);
      int digit = counts.length - 1;
      while (counts[digit] < left) {
        left -= counts[digit--];
      }
      found = found << DIGIT | digit;
    }
    return Double.longBitsToDouble(found);
  }

  /// How often each digit comes next in magnitudes that begin with `found`.
  private static long[] digits(Matrix matrix, long found, int shift) {
    long[] counts = new long[1 << DIGIT];
    double[] row = new double[matrix.cols()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.load(i, 0, row, row.length);
      for (double value : row) {
        long digits = Double.doubleToRawLongBits(Math.abs(value)) >>> shift;
        if (digits >>> DIGIT == found) {
          counts[(int) digits & (counts.length - 1)]++;
        }
      }
    }
    return counts;
  }
}
