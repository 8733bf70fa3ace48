package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.lines4j.files.LargeMemory;

/// A matrix of float, row by row, off the heap; or some rows or columns of one, which share its
/// memory.
///
/// @param stride from one row to the next, in elements
/// @param data begins with the first element
public record FloatMatrix(int rows, int cols, int stride, MemorySegment data) {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /// @throws IllegalArgumentException if an extent is negative, or a row longer than the stride
  public FloatMatrix {
    if (rows < 0 || cols < 0 || stride < cols) {
      throw new IllegalArgumentException(
          "no matrix: %d rows, %d columns, stride %d".formatted(rows, cols, stride));
    }
  }

  /// A matrix of zeros.
  public static FloatMatrix zeros(Arena arena, int rows, int cols) {
    long bytes = Math.multiplyExact((long) rows * cols, Float.BYTES);
    return new FloatMatrix(rows, cols, cols, LargeMemory.allocate(arena, bytes));
  }

  /// A matrix with the elements of `values`, row by row.
  public static FloatMatrix of(Arena arena, int rows, int cols, float... values) {
    FloatMatrix matrix = zeros(arena, rows, cols);
    MemorySegment.copy(values, 0, matrix.data, FLOAT, 0, Math.multiplyExact(rows, cols));
    return matrix;
  }

  private long index(int row, int col) {
    return ((long) row * stride + col) * Float.BYTES;
  }

  /// Copies the elements of a row from `col` on.
  public void load(int row, int col, float[] into, int count) {
    MemorySegment.copy(data, FLOAT, index(row, col), into, 0, count);
  }

  /// Replaces the elements of a row from `col` on.
  public void store(float[] values, int row, int col, int count) {
    MemorySegment.copy(values, 0, data, FLOAT, index(row, col), count);
  }

  /// Columns `from` to `to`, the latter left out.
  public FloatMatrix columns(int from, int to) {
    return new FloatMatrix(rows, to - from, stride, data.asSlice((long) from * Float.BYTES));
  }

  /// Rows `from` to `to`, the latter left out.
  public FloatMatrix rows(int from, int to) {
    return new FloatMatrix(to - from, cols, stride, data.asSlice(index(from, 0)));
  }
}
