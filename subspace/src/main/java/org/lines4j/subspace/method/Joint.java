package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.lines4j.error.RequestException;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// Updates in the directions that all of them together have, as far as these carry something: τᵢ =
/// U·Cᵢ.
///
/// @param u left singular directions of all updates side by side, one in each column
/// @param parts Cᵢ = Uᵀ·τᵢ
record Joint(Matrix u, List<Matrix> parts) {
  /// Directions that are weaker carry nothing.
  private static final double NOTHING = 1e-5;

  /// How many directions are looked for at first.
  private static final int FIRST = 128;

  /// Up to this smaller extent all is decomposed where there are many.
  private static final int SMALL = 1024;

  private static final long SEED = 20_241_019;

  /// Finds the directions: few of them, as adapters have, among all that a few random mixtures of
  /// columns span; many by decomposing all.
  ///
  /// @throws RequestException if there are many, and the matrix is large
  static Joint of(Arena arena, Algebra algebra, Updates updates) {
    int least = Math.min(updates.rows(), Math.multiplyExact(updates.cols(), updates.count()));
    for (int width = FIRST; width <= least / 2; width *= 2) {
      try (Arena scratch = Arena.ofConfined()) {
        Joint joint = spanned(scratch, algebra, updates, width);
        if (joint.u.cols() <= width / 2) {
          return joint.copy(arena);
        }
      }
    }
    if (least > SMALL) {
      throw new RequestException(
              "knots is for adapters: the updates of a matrix of %d × %d have more than %d directions together"
                  .formatted(updates.rows(), updates.cols(), least / 4))
          .withRemedy("merge them by tsv_m or ties, or leave such matrices out (exclude)");
    }
    try (Arena scratch = Arena.ofConfined()) {
      Matrix all = Matrix.zeros(scratch, updates.rows(), updates.cols() * updates.count());
      for (int i = 0; i < updates.count(); i++) {
        try (Arena one = Arena.ofConfined()) {
          all.columns(i * updates.cols(), (i + 1) * updates.cols()).put(updates.get(one, i));
        }
      }
      return of(scratch, algebra, algebra.strongest(scratch, all, least, NOTHING).u(), all, updates)
          .copy(arena);
    }
  }

  private static Joint of(Arena arena, Algebra algebra, Matrix u, Matrix all, Updates updates) {
    Matrix together = algebra.transposedProduct(arena, u, all);
    List<Matrix> parts = new ArrayList<>();
    for (int i = 0; i < updates.count(); i++) {
      parts.add(together.columns(i * updates.cols(), (i + 1) * updates.cols()));
    }
    return new Joint(u, parts);
  }

  private Joint copy(Arena arena) {
    return new Joint(u.copy(arena), parts.stream().map(part -> part.copy(arena)).toList());
  }

  /// The directions among those that random mixtures of columns span, once more through all updates
  /// (Halko, Martinsson, Tropp, arXiv 0909.4061, algorithm 4.4, one round).
  private static Joint spanned(Arena arena, Algebra algebra, Updates updates, int width) {
    Random random = new Random(SEED);
    Matrix span = Matrix.zeros(arena, updates.rows(), width);
    for (int i = 0; i < updates.count(); i++) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix mixtures = gaussian(scratch, updates.cols(), width, random);
        algebra.addProduct(1, updates.get(scratch, i), mixtures, span);
      }
    }
    Matrix first = basis(arena, algebra, span);
    Matrix again = Matrix.zeros(arena, updates.rows(), first.cols());
    for (int i = 0; i < updates.count(); i++) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix update = updates.get(scratch, i);
        algebra.addProduct(1, update, algebra.transposedProduct(scratch, update, first), again);
      }
    }
    Matrix basis = basis(arena, algebra, again);
    Matrix inside = Matrix.zeros(arena, basis.cols(), updates.cols() * updates.count());
    for (int i = 0; i < updates.count(); i++) {
      try (Arena scratch = Arena.ofConfined()) {
        algebra.addTransposedProduct(
            1,
            basis,
            updates.get(scratch, i),
            inside.columns(i * updates.cols(), (i + 1) * updates.cols()));
      }
    }
    Matrix directions = algebra.strongest(arena, inside, inside.least(), NOTHING).u();
    Joint joint = of(arena, algebra, directions, inside, updates);
    return new Joint(algebra.product(arena, basis, directions), joint.parts);
  }

  private static Matrix gaussian(Arena arena, int rows, int cols, Random random) {
    Matrix matrix = Matrix.zeros(arena, rows, cols);
    double[] row = new double[cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        row[j] = random.nextGaussian();
      }
      matrix.store(row, i, 0, cols);
    }
    return matrix;
  }

  private static Matrix basis(Arena arena, Algebra algebra, Matrix columns) {
    Svd svd = algebra.svd(arena, columns);
    return svd.first(svd.rank()).u();
  }

  /// What [#of] allocates at most, in bytes.
  static long memory(long rows, long cols, int models) {
    long all = Math.multiplyExact(cols, (long) models);
    long least = Math.min(rows, all);
    long width = least <= SMALL ? least : least / 2;
    return 3 * Combining.bytes(width, all)
        + 4 * Combining.bytes(rows, width)
        + 2 * Combining.bytes(rows, cols)
        + Algebra.strongestMemory(width, all)
        + (least <= SMALL ? Combining.bytes(rows, all) : Algebra.svdMemory(rows, width));
  }
}
