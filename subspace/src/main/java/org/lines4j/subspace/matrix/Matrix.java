package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.lines4j.files.LargeMemory;

/// A matrix of double, row by row, off the heap; or some rows or columns of one, which share its
/// memory.
///
/// @param stride from one row to the next, in elements
/// @param data begins with the first element
public record Matrix(int rows, int cols, int stride, MemorySegment data) implements Panelled {
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

  /// Rows and columns that are turned at a time: both fit the first-level cache.
  private static final int BLOCK = 32;

  /// @throws IllegalArgumentException if an extent is negative, or a row longer than the stride
  public Matrix {
    if (rows < 0 || cols < 0 || stride < cols) {
      throw new IllegalArgumentException(
          "no matrix: %d rows, %d columns, stride %d".formatted(rows, cols, stride));
    }
  }

  /// A matrix of zeros.
  public static Matrix zeros(Arena arena, int rows, int cols) {
    long bytes = Math.multiplyExact((long) rows * cols, Double.BYTES);
    return new Matrix(rows, cols, cols, LargeMemory.allocate(arena, bytes));
  }

  /// A matrix with the elements of `values`, row by row.
  public static Matrix of(Arena arena, int rows, int cols, double... values) {
    Matrix matrix = zeros(arena, rows, cols);
    MemorySegment.copy(values, 0, matrix.data, DOUBLE, 0, Math.multiplyExact(rows, cols));
    return matrix;
  }

  /// The element in row `row` and column `col`.
  public double get(int row, int col) {
    return data.get(DOUBLE, index(row, col));
  }

  /// Sets an element.
  public void set(int row, int col, double value) {
    data.set(DOUBLE, index(row, col), value);
  }

  private long index(int row, int col) {
    return ((long) row * stride + col) * Double.BYTES;
  }

  /// Copies the elements of a row from `col` on.
  public void load(int row, int col, double[] into, int count) {
    MemorySegment.copy(data, DOUBLE, index(row, col), into, 0, count);
  }

  /// Replaces the elements of a row from `col` on.
  public void store(double[] values, int row, int col, int count) {
    MemorySegment.copy(values, 0, data, DOUBLE, index(row, col), count);
  }

  /// Columns `from` to `to`, the latter left out.
  public Matrix columns(int from, int to) {
    return new Matrix(rows, to - from, stride, data.asSlice((long) from * Double.BYTES));
  }

  /// Rows `from` to `to`, the latter left out.
  public Matrix rows(int from, int to) {
    return new Matrix(to - from, cols, stride, data.asSlice(index(from, 0)));
  }

  /// All at once, for all is in memory.
  @Override
  public int height() {
    return Math.max(1, rows);
  }

  @Override
  public Matrix panel(Arena arena, int from, int to) {
    return rows(from, to);
  }

  /// Takes over what is above the diagonal of a square matrix below it.
  public void mirror() {
    double[] row = new double[rows];
    for (int i = 0; i < rows; i++) {
      load(i, 0, row, rows);
      for (int j = 0; j < i; j++) {
        row[j] = get(j, i);
      }
      store(row, i, 0, rows);
    }
  }

  @Override
  public Matrix copy(Arena arena) {
    Matrix copy = zeros(arena, rows, cols);
    copy.put(this);
    return copy;
  }

  /// Takes over the elements of another of the same extents.
  public void put(Matrix other) {
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(
          other.data, other.index(row, 0), data, index(row, 0), (long) cols * Double.BYTES);
    }
  }

  /// Takes over elements, row by row.
  public void put(float[] elements) {
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        values[col] = elements[row * cols + col];
      }
      store(values, row, 0, cols);
    }
  }

  /// Adds `factor` times another of the same extents.
  public void add(double factor, Matrix other) {
    double[] mine = new double[cols];
    double[] others = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(row, 0, mine, cols);
      other.load(row, 0, others, cols);
      for (int col = 0; col < cols; col++) {
        mine[col] += factor * others[col];
      }
      store(mine, row, 0, cols);
    }
  }

  /// Multiplies each row by its factor.
  public void scaleRows(double[] factors) {
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(row, 0, values, cols);
      for (int col = 0; col < cols; col++) {
        values[col] *= factors[row];
      }
      store(values, row, 0, cols);
    }
  }

  /// Multiplies each column by its factor.
  public void scaleColumns(double[] factors) {
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(row, 0, values, cols);
      for (int col = 0; col < cols; col++) {
        values[col] *= factors[col];
      }
      store(values, row, 0, cols);
    }
  }

  /// Multiplies all elements.
  public void scale(double factor) {
    double[] factors = new double[rows];
    Arrays.fill(factors, factor);
    scaleRows(factors);
  }

  /// The sum of the squares of all elements.
  public double sumOfSquares() {
    double[] values = new double[cols];
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      load(row, 0, values, cols);
      for (double value : values) {
        sum += value * value;
      }
    }
    return sum;
  }

  /// ‖·‖₂ of each row.
  public double[] rowNorms() {
    double[] norms = new double[rows];
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(row, 0, values, cols);
      double sum = 0;
      for (double value : values) {
        sum += value * value;
      }
      norms[row] = Math.sqrt(sum);
    }
    return norms;
  }

  /// ‖·‖₂ of each column.
  public double[] columnNorms() {
    double[] sums = new double[cols];
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(row, 0, values, cols);
      for (int col = 0; col < cols; col++) {
        sums[col] += values[col] * values[col];
      }
    }
    return Arrays.stream(sums).map(Math::sqrt).toArray();
  }

  @Override
  public double dot(Matrix other) {
    double[] mine = new double[cols];
    double[] others = new double[cols];
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      load(row, 0, mine, cols);
      other.load(row, 0, others, cols);
      for (int col = 0; col < cols; col++) {
        sum += mine[col] * others[col];
      }
    }
    return sum;
  }

  /// The transpose, which shares nothing.
  public Matrix transpose(Arena arena) {
    Matrix transpose = zeros(arena, cols, rows);
    double[][] block = new double[BLOCK][BLOCK];
    double[] line = new double[BLOCK];
    for (int row = 0; row < rows; row += BLOCK) {
      int height = Math.min(BLOCK, rows - row);
      for (int col = 0; col < cols; col += BLOCK) {
        int width = Math.min(BLOCK, cols - col);
        for (int i = 0; i < height; i++) {
          load(row + i, col, block[i], width);
        }
        for (int j = 0; j < width; j++) {
          for (int i = 0; i < height; i++) {
            line[i] = block[i][j];
          }
          transpose.store(line, col + j, row, height);
        }
      }
    }
    return transpose;
  }
}
