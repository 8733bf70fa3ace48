package org.lines4j.subspace.method;

import java.util.Arrays;
import org.lines4j.subspace.matrix.Matrix;

/// The largest magnitudes of a matrix.
final class Largest {
  private static final double ROUNDING = 1e-9;

  private final double[] values;
  private final int kept;
  private int count;
  private double least;

  private Largest(int kept) {
    this.kept = kept;
    this.values = new double[Math.multiplyExact(2, kept)];
  }

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

  /// The magnitude of rank `kept`; 0 where there are no more elements than that.
  private static double threshold(Matrix matrix, long kept) {
    if ((long) matrix.rows() * matrix.cols() <= kept) {
      return 0;
    }
    Largest largest = new Largest(Math.toIntExact(kept));
    double[] row = new double[matrix.cols()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.load(i, 0, row, row.length);
      for (double value : row) {
        largest.add(Math.abs(value));
      }
    }
    largest.cut();
    return largest.least;
  }

  private void add(double magnitude) {
    if (magnitude > least || count < kept) {
      values[count++] = magnitude;
      if (count == values.length) {
        cut();
      }
    }
  }

  /// Forgets all but the largest.
  private void cut() {
    Arrays.sort(values, 0, count);
    int dropped = Math.max(0, count - kept);
    System.arraycopy(values, dropped, values, 0, count - dropped);
    count -= dropped;
    least = values[0];
  }
}
