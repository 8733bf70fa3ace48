package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;

/// A matrix that is read some rows at a time, so that it need not be in memory whole.
public interface Panelled {
  /// What is done with some of the rows.
  @FunctionalInterface
  interface Visitor {
    /// Sees rows.
    ///
    /// @param row the number of the first
    /// @param panel not to be changed; gone afterwards
    void visit(int row, Matrix panel);
  }

  int rows();

  int cols();

  /// How many rows are read at a time, at least 1.
  int height();

  /// Rows `from` to `to`, the latter left out; not to be changed.
  Matrix panel(Arena arena, int from, int to);

  /// The same, read once, if all rows are read at a time; for what is visited again and again.
  default Panelled atHand(Arena arena) {
    return height() < rows() ? this : panel(arena, 0, rows());
  }

  /// The smaller extent.
  default int least() {
    return Math.min(rows(), cols());
  }

  /// Visits all rows from `first` on, in order.
  default void each(int first, Visitor visitor) {
    for (int row = first; row < rows(); row += height()) {
      try (Arena arena = Arena.ofConfined()) {
        visitor.visit(row, panel(arena, row, Math.min(row + height(), rows())));
      }
    }
  }

  /// A copy in memory that shares nothing.
  default Matrix copy(Arena arena) {
    Matrix copy = Matrix.zeros(arena, rows(), cols());
    each(0, (row, panel) -> copy.rows(row, row + panel.rows()).put(panel));
    return copy;
  }

  /// The sum of the products of elements at the same places.
  default double dot(Matrix other) {
    double[] sum = {0};
    each(0, (row, panel) -> sum[0] += panel.dot(other.rows(row, row + panel.rows())));
    return sum[0];
  }
}
