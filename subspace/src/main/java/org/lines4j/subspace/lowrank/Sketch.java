package org.lines4j.subspace.lowrank;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Random;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// The strongest directions of a large matrix by subspace iteration from a start drawn by a fixed
/// seed, with some more directions than are wanted (Halko, Martinsson, Tropp, arXiv 0909.4061,
/// algorithm 4.4), until what they leave shrinks no more.
final class Sketch {
  private static final int MORE = 16;
  private static final int MOST_ROUNDS = 32;

  /// By which share of it a round must lessen what the wanted directions leave for another to
  /// follow. Where few directions hold nearly all, what they hold would tell nothing of the others.
  private static final double LESS = 1e-4;

  private static final long SEED = 20_241_017;

  private final Algebra algebra;
  private final Panels matrix;
  private final int wanted;
  private final double total;

  /// @param total the sum of the matrix's squares
  Sketch(Algebra algebra, Panels matrix, int wanted, double total) {
    this.algebra = algebra;
    this.matrix = matrix;
    this.wanted = wanted;
    this.total = total;
  }

  /// About how many bytes the thin matrices of a search take.
  static long memory(int rows, int columns, int wanted) {
    return 4L * ((long) rows + columns) * width(wanted) * Double.BYTES;
  }

  private static int width(int wanted) {
    return wanted + Math.max(MORE, wanted / 2);
  }

  /// The directions, as many as are wanted.
  Svd strongest(Arena arena) throws IOException {
    int width = width(wanted);
    Matrix start = Matrix.zeros(arena, matrix.columns(), width);
    Random random = new Random(SEED);
    for (int i = 0; i < start.rows(); i++) {
      for (int j = 0; j < width; j++) {
        start.set(i, j, random.nextGaussian());
      }
    }
    double left = Double.MAX_VALUE;
    Matrix right = start;
    for (int round = 0; ; round++) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix basis = basis(scratch, matrix.times(algebra, scratch, right));
        Svd found = algebra.svd(scratch, matrix.transposedTimes(algebra, scratch, basis));
        double now = total - held(found);
        if (round == MOST_ROUNDS || now >= left * (1 - LESS)) {
          return whole(arena, scratch, basis, found);
        }
        left = now;
        right.put(found.u()); // the next round's directions, orthonormal
      }
    }
  }

  /// The matrix is left·(V·S·Wᵀ)ᵀ in the directions found, where the inner one is decomposed.
  private Svd whole(Arena arena, Arena scratch, Matrix left, Svd found) {
    Matrix turned = algebra.productTransposed(scratch, left, found.vt());
    Svd all = new Svd(turned, found.s(), found.u().transpose(scratch));
    return all.first(Math.min(wanted, found.s().length)).copy(arena);
  }

  private Matrix basis(Arena arena, Matrix columns) {
    return algebra.svd(arena, columns).u();
  }

  private double held(Svd found) {
    double sum = 0;
    for (int i = 0; i < Math.min(wanted, found.s().length); i++) {
      sum += found.s()[i] * found.s()[i];
    }
    return sum;
  }
}
