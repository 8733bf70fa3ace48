package org.lines4j.lowrank;

import java.io.IOException;

/// A matrix that is read some rows at a time, as often as it takes, because it may be too large for
/// memory.
public interface MatrixRows {
  /// How many rows there are.
  int rows();

  /// How many columns there are.
  int columns();

  /// Sets the first `count` · [#columns()] elements of `into` to the rows from `row` on.
  ///
  /// @throws IOException if reading fails
  void read(int row, int count, float[] into) throws IOException;
}
