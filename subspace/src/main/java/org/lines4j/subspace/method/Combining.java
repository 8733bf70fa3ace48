package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// How one matrix of merged updates is made. Keeps no state, and is used by several threads.
interface Combining {
  /// The merged update.
  ///
  /// @param updates at least one, all finite
  /// @param arena for the result and for what it takes to make it
  Matrix combine(Arena arena, Algebra algebra, Updates updates);

  /// What [#combine] allocates at most, in bytes, its result among it.
  long memory(long rows, long cols, int models);

  /// What a matrix of double takes.
  static long bytes(long rows, long cols) {
    return Math.multiplyExact(Math.multiplyExact(rows, cols), Double.BYTES);
  }
}
