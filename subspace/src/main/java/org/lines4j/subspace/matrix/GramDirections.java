package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;

/// The strongest singular directions of a matrix, by the eigenvectors of its smaller Gram matrix: a
/// few times faster than a decomposition of the matrix itself.
///
/// A Gram matrix squares singular values, so what is weaker than [#RELIABLE] of the strongest is
/// lost in its rounding. Where such directions are asked for, the matrix's own part along them,
/// from which the strong ones are taken out, is decomposed: mostly a few rows.
record GramDirections(Algebra algebra, Lapack lapack) {
  /// Down to which share of the largest singular value the eigenvectors are good to some 1e-8.
  private static final double RELIABLE = 1e-4;

  /// Some directions of the smaller side, and what the matrix makes of them.
  ///
  /// @param own one in each row
  /// @param s singular values
  /// @param images of length 1, one in each row
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Found(Matrix own, double[] s, Matrix images) {
    Svd svd(Arena arena, boolean isWide) {
      return isWide
          ? new Svd(own.transpose(arena), s, images.copy(arena))
          : new Svd(images.transpose(arena), s, own.copy(arena));
    }
  }

  /// See [Algebra#strongest(Arena, Panelled, int, double)].
  Svd strongest(Arena arena, Panelled a, int most, double nothing) {
    int wanted = Math.min(most, a.least());
    try (Arena scratch = Arena.ofConfined()) {
      return strongest(arena, scratch, a.atHand(scratch), wanted, nothing);
    }
  }

  private Svd strongest(Arena arena, Arena scratch, Panelled a, int wanted, double nothing) {
    Optional<Eigen> some = some(scratch, a, wanted);
    if (some.isPresent() && strong(some.get().values()) == wanted) {
      return cut(along(scratch, a, some.get().vectors()), wanted, nothing, arena, a);
    }
    return fromAll(arena, a, algebra.eigen(gram(scratch, a)), wanted, nothing);
  }

  private Svd fromAll(Arena arena, Panelled a, Eigen all, int wanted, double nothing) {
    int strong = strong(all.values());
    int weak = a.least() - strong;
    Matrix directions = all.vectors();
    try (Arena scratch = Arena.ofConfined()) {
      if (strong >= wanted) {
        Found found = along(scratch, a, directions.rows(a.least() - wanted, a.least()));
        return cut(found, wanted, nothing, arena, a);
      }
      Found found = along(scratch, a, directions.rows(weak, a.least()));
      Matrix images = images(scratch, a, directions.rows(0, weak));
      double limit = Math.max(nothing, Svd.LEAST_SHARE * Math.sqrt(all.largest()));
      return Math.sqrt(images.sumOfSquares()) > limit
          ? cut(joined(scratch, found, directions.rows(0, weak), images), wanted, nothing, arena, a)
          : cut(found, wanted, nothing, arena, a);
    }
  }

  /// The polar factor over the directions that carry something: where all are strong,
  /// a·(aᵀ·a)^(-½).
  Matrix polar(Arena arena, Panelled a) {
    try (Arena scratch = Arena.ofConfined()) {
      Eigen all = algebra.eigen(gram(scratch, a));
      if (strong(all.values()) < a.least()) {
        Svd svd = fromAll(scratch, a, all, a.least(), 0);
        return algebra.product(arena, svd.u(), svd.vt());
      }
      Matrix halves = all.vectors();
      halves.scaleRows(Arrays.stream(all.values()).map(v -> Math.pow(v, -0.25)).toArray());
      Matrix inverseRoot = algebra.transposedProduct(scratch, halves, halves);
      return isWide(a) ? images(arena, a, inverseRoot) : times(arena, a, inverseRoot);
    }
  }

  private static Svd cut(Found found, int wanted, double nothing, Arena arena, Panelled a) {
    Svd svd = found.svd(arena, isWide(a));
    return svd.first(Math.min(wanted, svd.rank(nothing)));
  }

  /// The largest eigenvalues of the Gram matrix, where they are so few that the others would cost
  /// more than they are worth.
  private Optional<Eigen> some(Arena arena, Panelled a, int count) {
    if (count == 0 || count > a.least() / 2) {
      return Optional.empty();
    }
    Eigen some = new Eigen(new double[count], Matrix.zeros(arena, count, a.least()));
    try (Arena scratch = Arena.ofConfined()) {
      return lapack.largest(gram(scratch, a), some.values(), some.vectors())
          ? Optional.of(some)
          : Optional.empty();
    }
  }

  /// The smaller Gram matrix, on and above the diagonal, as the sum of what some rows at a time add
  /// to it, or of such rows by such.
  private Matrix gram(Arena arena, Panelled a) {
    Matrix gram = Matrix.zeros(arena, a.least(), a.least());
    if (isWide(a)) {
      a.each(0, (row, panel) -> addRows(a, row, panel, gram));
    } else {
      a.each(0, (_, panel) -> algebra.addTransposedSquare(1, panel, gram));
    }
    return gram;
  }

  private void addRows(Panelled a, int row, Matrix panel, Matrix gram) {
    int next = row + panel.rows();
    Matrix across = gram.rows(row, next);
    algebra.addSquare(1, panel, across.columns(row, next));
    a.each(
        next,
        (later, other) ->
            algebra.addProductTransposed(
                1, panel, other, across.columns(later, later + other.rows())));
  }

  /// a·b.
  private Matrix times(Arena arena, Panelled a, Matrix b) {
    Matrix product = Matrix.zeros(arena, a.rows(), b.cols());
    a.each(
        0, (row, panel) -> algebra.addProduct(1, panel, b, product.rows(row, row + panel.rows())));
    return product;
  }

  private static boolean isWide(Panelled a) {
    return a.rows() < a.cols();
  }

  /// How many of these are so large that rounding does not matter.
  private static int strong(double[] rising) {
    double largest = rising.length == 0 ? 0 : rising[rising.length - 1];
    return (int) Arrays.stream(rising).filter(v -> v > RELIABLE * RELIABLE * largest).count();
  }

  /// What the matrix makes of directions of its smaller side.
  private Matrix images(Arena arena, Panelled a, Matrix directions) {
    if (isWide(a)) {
      Matrix images = Matrix.zeros(arena, directions.rows(), a.cols());
      a.each(
          0,
          (row, panel) ->
              algebra.addProduct(1, directions.columns(row, row + panel.rows()), panel, images));
      return images;
    }
    Matrix images = Matrix.zeros(arena, directions.rows(), a.rows());
    a.each(
        0,
        (row, panel) ->
            algebra.addProductTransposed(
                1, directions, panel, images.columns(row, row + panel.rows())));
    return images;
  }

  /// @param rising directions, the strongest last
  private Found along(Arena arena, Panelled a, Matrix rising) {
    Matrix own = Matrix.zeros(arena, rising.rows(), rising.cols());
    for (int i = 0; i < own.rows(); i++) {
      int last = own.rows() - 1 - i;
      own.rows(i, i + 1).put(rising.rows(last, last + 1));
    }
    Matrix images = images(arena, a, own);
    double[] s = images.rowNorms();
    images.scaleRows(Arrays.stream(s).map(value -> 1 / value).toArray());
    return new Found(own, s, images);
  }

  /// Strong directions, and those that weak ones' images, without what is along the strong ones',
  /// come to.
  private Found joined(Arena arena, Found strong, Matrix weak, Matrix images) {
    Matrix shared = algebra.productTransposed(arena, images, strong.images);
    algebra.addProduct(-1, shared, strong.images, images);
    Svd rest = algebra.svd(arena, images);
    int count = strong.s.length + rest.s().length;
    Matrix own = Matrix.zeros(arena, count, weak.cols());
    own.rows(0, strong.s.length).put(strong.own);
    own.rows(strong.s.length, count).put(algebra.transposedProduct(arena, rest.u(), weak));
    Matrix all = Matrix.zeros(arena, count, images.cols());
    all.rows(0, strong.s.length).put(strong.images);
    all.rows(strong.s.length, count).put(rest.vt());
    double[] s = Arrays.copyOf(strong.s, count);
    System.arraycopy(rest.s(), 0, s, strong.s.length, rest.s().length);
    return new Found(own, s, all);
  }
}
