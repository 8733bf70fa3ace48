package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// Singular directions of several matrices side by side.
///
/// @param u one column for each
/// @param s their singular values
/// @param vt one row for each
/// @param ends where each matrix's directions end
@SuppressWarnings("ArrayRecordComponent") // never compared
record Directions(Matrix u, double[] s, Matrix vt, int[] ends) {
  /// Where a matrix's directions begin.
  int from(int matrix) {
    return matrix == 0 ? 0 : ends[matrix - 1];
  }

  /// How many a matrix has.
  int size(int matrix) {
    return ends[matrix] - from(matrix);
  }

  /// A matrix's own columns of one that has a column for each direction, as [#u] has.
  Matrix columns(int matrix, Matrix of) {
    return of.columns(from(matrix), ends[matrix]);
  }

  /// A matrix's own rows of one that has a row for each direction, as [#vt] has.
  Matrix rows(int matrix, Matrix of) {
    return of.rows(from(matrix), ends[matrix]);
  }

  /// A matrix's own.
  Matrix u(int matrix) {
    return columns(matrix, u);
  }

  double[] s(int matrix) {
    return Arrays.copyOfRange(s, from(matrix), ends[matrix]);
  }

  Matrix vt(int matrix) {
    return rows(matrix, vt);
  }

  /// Collects directions, at most so many.
  static final class Stack {
    private final Matrix u;
    private final double[] s;
    private final Matrix vt;
    private final int[] ends;
    private int matrices;

    /// @param matrices how many will come
    Stack(Arena arena, int rows, int cols, int most, int matrices) {
      u = Matrix.zeros(arena, rows, most);
      s = new double[most];
      vt = Matrix.zeros(arena, most, cols);
      ends = new int[matrices];
    }

    /// Adds all directions of a matrix.
    void add(Svd svd) {
      int from = matrices == 0 ? 0 : ends[matrices - 1];
      int to = from + svd.s().length;
      u.columns(from, to).put(svd.u());
      System.arraycopy(svd.s(), 0, s, from, svd.s().length);
      vt.rows(from, to).put(svd.vt());
      ends[matrices++] = to;
    }

    /// All that came.
    Directions all() {
      int count = matrices == 0 ? 0 : ends[matrices - 1];
      return new Directions(
          u.columns(0, count),
          Arrays.copyOf(s, count),
          vt.rows(0, count),
          Arrays.copyOf(ends, matrices));
    }
  }

  /// The strongest directions of each update, as far as they carry something.
  static Directions strongest(Arena arena, Algebra algebra, Updates updates, int each) {
    int most = each * updates.count();
    Stack stack = new Stack(arena, updates.rows(), updates.cols(), most, updates.count());
    for (int i = 0; i < updates.count(); i++) {
      try (Arena scratch = Arena.ofConfined()) {
        stack.add(algebra.strongest(scratch, updates.update(i), each));
      }
    }
    return stack.all();
  }

  /// What [#strongest] allocates at most, in bytes.
  static long memory(long rows, long cols) {
    long least = Math.min(rows, cols);
    return Combining.bytes(least, rows + cols)
        + StoredUpdates.panels(rows, cols)
        + Algebra.strongestMemory(rows, cols);
  }
}
