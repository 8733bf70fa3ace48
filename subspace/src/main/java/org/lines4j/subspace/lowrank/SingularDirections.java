package org.lines4j.subspace.lowrank;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.Factors;
import org.lines4j.lowrank.LowRank;
import org.lines4j.lowrank.MatrixRows;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// The strongest singular directions, as factors: left = U·√S, right = √S·Vᵀ.
///
/// Of a product, the bases of both factors are found, and the small matrix between them is
/// decomposed; the matrix itself never is there. Of a matrix that is small, or of which most
/// directions are wanted, all is decomposed; of others, a [Sketch] finds the strongest.
public final class SingularDirections implements LowRank {
  /// Up to this smaller extent a whole decomposition takes no longer than a second or two.
  private static final int SMALL = 512;

  /// Directions that are looked for at first where only their energy is known.
  private static final int FIRST = 32;

  private final Algebra algebra;

  /// By the fastest algebra that there is.
  public SingularDirections() {
    this(Algebra.fastest());
  }

  SingularDirections(Algebra algebra) {
    this.algebra = algebra;
  }

  @Override
  public Factors nearest(DenseMatrix left, DenseMatrix right, RankChoice choice) {
    try (Arena arena = Arena.ofConfined()) {
      Svd first = algebra.svd(arena, matrix(arena, left));
      Svd second = algebra.svd(arena, matrix(arena, right));
      Matrix core = algebra.product(arena, first.vt(), second.u());
      core.scaleRows(first.s());
      core.scaleColumns(second.s());
      Svd inner = algebra.svd(arena, core);
      Svd whole =
          new Svd(
              algebra.product(arena, first.u(), inner.u()),
              inner.s(),
              algebra.product(arena, inner.vt(), second.vt()));
      return factors(whole, squares(inner.s(), inner.s().length), choice);
    }
  }

  @Override
  public Factors nearest(MatrixRows matrix, RankChoice choice) throws IOException {
    int least = Math.min(matrix.rows(), matrix.columns());
    Panels panels = new Panels(matrix);
    double total = panels.sumOfSquares();
    int wanted = choice instanceof RankChoice.Most(int rank) ? Math.min(rank, least) : FIRST;
    while (least > SMALL && wanted <= least / 4) {
      try (Arena arena = Arena.ofConfined()) {
        Svd found = new Sketch(algebra, panels, wanted, total).strongest(arena);
        if (choice instanceof RankChoice.Most || holds(found.s(), total, choice)) {
          return factors(found, total, choice);
        }
      }
      wanted *= 2;
    }
    try (Arena arena = Arena.ofConfined()) {
      return factors(algebra.svd(arena, panels.all(arena)), total, choice);
    }
  }

  /// A whole decomposition has the matrix, a copy that it destroys, and both factors; a sketch has
  /// panels and thin matrices. Where only the energy is known, it may come to the former.
  @Override
  public long memory(int rows, int columns, RankChoice choice) {
    int least = Math.min(rows, columns);
    if (choice instanceof RankChoice.Most(int rank) && least > SMALL && rank <= least / 4) {
      return Panels.memory(rows, columns) + Sketch.memory(rows, columns, rank);
    }
    return 4L * rows * columns * Double.BYTES;
  }

  private static boolean holds(double[] values, double total, RankChoice choice) {
    return choice instanceof RankChoice.Energy(double share)
        && squares(values, values.length) >= share * total;
  }

  private static double squares(double[] values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  /// @param total the sum of the squares of the matrix' elements
  private static Factors factors(Svd svd, double total, RankChoice choice) {
    int rank = rank(svd, total, choice);
    DenseMatrix left = DenseMatrix.zeros(svd.u().rows(), rank);
    DenseMatrix right = DenseMatrix.zeros(rank, svd.vt().cols());
    for (int k = 0; k < rank; k++) {
      double root = Math.sqrt(svd.s()[k]);
      for (int i = 0; i < left.rows(); i++) {
        left.set(i, k, (float) (svd.u().get(i, k) * root));
      }
      for (int j = 0; j < right.columns(); j++) {
        right.set(k, j, (float) (svd.vt().get(k, j) * root));
      }
    }
    double error = Math.sqrt(Math.max(0, total - squares(svd.s(), rank)));
    if (rank == svd.rank() && rank == svd.s().length && error * error < total * 1e-12) {
      error = 0; // nothing is left but the rounding of the sums
    }
    return new Factors(left, right, Math.sqrt(total), error);
  }

  /// At least 1, for a factor without rows is none.
  private static int rank(Svd svd, double total, RankChoice choice) {
    int most = Math.max(1, svd.rank());
    return switch (choice) {
      case RankChoice.Most(int rank) -> Math.min(rank, most);
      case RankChoice.Energy(double share) -> {
        int rank = 1;
        double sum = svd.s()[0] * svd.s()[0];
        while (rank < most && sum < share * total) {
          sum += svd.s()[rank] * svd.s()[rank];
          rank++;
        }
        yield rank;
      }
    };
  }

  private static Matrix matrix(Arena arena, DenseMatrix dense) {
    Matrix matrix = Matrix.zeros(arena, dense.rows(), dense.columns());
    matrix.put(dense.elements());
    return matrix;
  }
}
