package org.lines4j.subspace.lowrank;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.lines4j.lowrank.MatrixRows;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// A matrix some rows at a time, so that it never is in memory whole.
final class Panels {
  private static final int ELEMENTS = 1 << 21;

  private final MatrixRows source;
  private final int height;
  private final float[] buffer;

  Panels(MatrixRows source) {
    this.source = source;
    this.height = height(source.rows(), source.columns());
    this.buffer = new float[Math.multiplyExact(height, source.columns())];
  }

  private static int height(int rows, int columns) {
    return Math.clamp(ELEMENTS / Math.max(1, columns), 1, rows);
  }

  /// How many bytes a panel takes, as it is read and as it is computed with.
  static long memory(int rows, int columns) {
    return (long) height(rows, columns) * columns * (Float.BYTES + Double.BYTES);
  }

  int rows() {
    return source.rows();
  }

  int columns() {
    return source.columns();
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(int row, Matrix panel);
  }

  private void each(Visitor visitor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Matrix panel = Matrix.zeros(arena, height, columns());
      for (int row = 0; row < rows(); row += height) {
        int count = Math.min(height, rows() - row);
        load(row, count, panel);
        visitor.visit(row, panel.rows(0, count));
      }
    }
  }

  private void load(int row, int count, Matrix panel) throws IOException {
    source.read(row, count, buffer);
    double[] values = new double[columns()];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < values.length; j++) {
        values[j] = buffer[i * values.length + j];
        if (!Double.isFinite(values[j])) {
          throw new ArithmeticException("element (%d, %d) is not finite".formatted(row + i, j));
        }
      }
      panel.store(values, i, 0, values.length);
    }
  }

  double sumOfSquares() throws IOException {
    double[] sum = {0};
    each((_, panel) -> sum[0] += panel.sumOfSquares());
    return sum[0];
  }

  /// All of it.
  Matrix all(Arena arena) throws IOException {
    Matrix all = Matrix.zeros(arena, rows(), columns());
    each((row, panel) -> all.rows(row, row + panel.rows()).put(panel));
    return all;
  }

  /// M·x.
  Matrix times(Algebra algebra, Arena arena, Matrix x) throws IOException {
    Matrix product = Matrix.zeros(arena, rows(), x.cols());
    each((row, panel) -> algebra.addProduct(1, panel, x, product.rows(row, row + panel.rows())));
    return product;
  }

  /// Mᵀ·x.
  Matrix transposedTimes(Algebra algebra, Arena arena, Matrix x) throws IOException {
    Matrix product = Matrix.zeros(arena, columns(), x.cols());
    each(
        (row, panel) ->
            algebra.addTransposedProduct(1, panel, x.rows(row, row + panel.rows()), product));
    return product;
  }
}
