package org.lines4j.internal.codes;

import org.lines4j.tensor.Shape;

/// Which elements of a tensor have a scale in common: blocks of each of its matrices, ragged at the
/// ends of rows and columns.
///
/// ```
/// rows 5, columns 7, blocks 2 × 3    0 0 0 1 1 1 2
///                                    0 0 0 1 1 1 2
///                                    3 3 3 4 4 4 5
///                                    3 3 3 4 4 4 5
///                                    6 6 6 7 7 7 8
/// ```
///
/// @param matrices how many there are, one behind another, ≥ 1
/// @param rows of each, ≥ 1
/// @param columns of each, ≥ 1
/// @param blockRows of a block, from 1 to `rows`
/// @param blockColumns of a block, from 1 to `columns`
public record Grid(long matrices, long rows, long columns, long blockRows, long blockColumns) {
  /// The grid of a tensor whose last two extents are rows and columns; a single row where it has
  /// but one. Blocks are cut to the matrices' size.
  public static Grid of(Shape shape, long blockRows, long blockColumns) {
    int rank = shape.rank();
    long columns = rank == 0 ? 1 : shape.dims().getLast();
    long rows = rank < 2 ? 1 : shape.dims().get(rank - 2);
    return new Grid(
        shape.elements() / rows / columns,
        rows,
        columns,
        Math.min(blockRows, rows),
        Math.min(blockColumns, columns));
  }

  /// One scale for all of a tensor.
  public static Grid whole(Shape shape) {
    long columns = shape.rank() == 0 ? 1 : shape.dims().getLast();
    long rows = shape.elements() / columns;
    return new Grid(1, rows, columns, rows, columns);
  }

  /// How many blocks lie one below another in a matrix.
  public long down() {
    return Math.ceilDiv(rows, blockRows);
  }

  /// How many blocks lie side by side.
  public long across() {
    return Math.ceilDiv(columns, blockColumns);
  }

  /// What is done with elements of a row that have their scale in common.
  @FunctionalInterface
  interface Piece {
    /// Takes some.
    ///
    /// @param block its number in the row
    /// @param start the first of them, counted from where was begun
    /// @param end behind the last
    void take(int block, int start, int end);
  }

  /// How many of `count` elements of a row, from a column on, have the first one's scale.
  int run(long column, int count) {
    return (int) Math.min(count, blockColumns - column % blockColumns);
  }

  /// Cuts `count` elements of a row, from a column on, where blocks end.
  void pieces(long column, int count, Piece piece) {
    for (int done = 0; done < count; ) {
      int end = done + run(column + done, count - done);
      piece.take((int) ((column + done) / blockColumns), done, end);
      done = end;
    }
  }

  /// How many scales there are.
  public long count() {
    return Math.multiplyExact(matrices, down() * across());
  }

  /// How many rows, counted over all matrices, are a band: a row of blocks or, where the last of
  /// several matrices' rows of blocks are ragged, a matrix.
  long bandRows() {
    return matrices == 1 || rows % blockRows == 0 ? blockRows : rows;
  }

  /// The number of the first scale of a row, counted over all matrices.
  long scale(long row) {
    return (row / rows * down() + row % rows / blockRows) * across();
  }

  /// The row behind the last that has the same scales as a row does.
  long blockEnd(long row) {
    long matrix = row / rows * rows;
    return Math.min(matrix + rows, row + blockRows - (row - matrix) % blockRows);
  }
}
