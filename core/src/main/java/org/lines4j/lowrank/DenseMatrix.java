package org.lines4j.lowrank;

/// A matrix in memory, row by row.
///
/// @param elements `rows` · `columns` of them
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DenseMatrix(int rows, int columns, float[] elements) {
  /// @throws IllegalArgumentException if there are not as many elements as the extents say
  public DenseMatrix {
    if (rows < 0 || columns < 0 || (long) rows * columns != elements.length) {
      throw new IllegalArgumentException(
          "no matrix: %d rows, %d columns, %d elements".formatted(rows, columns, elements.length));
    }
  }

  /// A matrix of zeros.
  ///
  /// @throws ArithmeticException if it is too large for one array
  public static DenseMatrix zeros(int rows, int columns) {
    return new DenseMatrix(rows, columns, new float[Math.multiplyExact(rows, columns)]);
  }

  /// The element in row `row` and column `column`.
  public float get(int row, int column) {
    return elements[row * columns + column];
  }

  /// Sets an element.
  public void set(int row, int column, float value) {
    elements[row * columns + column] = value;
  }

  /// This with zeros behind its rows and columns.
  public DenseMatrix padded(int moreRows, int moreColumns) {
    DenseMatrix padded = zeros(rows + moreRows, columns + moreColumns);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(elements, row * columns, padded.elements, row * padded.columns, columns);
    }
    return padded;
  }
}
