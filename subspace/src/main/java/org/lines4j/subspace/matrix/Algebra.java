package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import org.lines4j.subspace.matrix.Lapack.Factor;

/// Linear algebra in double: products, decompositions, polar factors.
///
/// Every call runs on its caller's thread, so the same matrices give the same bits on one machine,
/// whatever the number of threads. Natives differ in the last bits from one kind of processor to
/// another. Safe for use by several threads.
public final class Algebra {
  /// Down to which share of the largest singular value eigenvectors of a Gram matrix are good to
  /// some 1e-8: it squares what they are computed from.
  private static final double RELIABLE = 1e-4;

  private final Lapack lapack;

  private Algebra(Lapack lapack) {
    this.lapack = lapack;
  }

  private static final class Fastest {
    static final Algebra ALGEBRA = OpenBlas.load().map(Algebra::new).orElseGet(Algebra::inJava);
  }

  /// By OpenBLAS; in Java where there is none for this machine.
  public static Algebra fastest() {
    return Fastest.ALGEBRA;
  }

  /// In Java: slow, on the heap, the same bits on every machine.
  public static Algebra inJava() {
    return new Algebra(new JavaLapack());
  }

  /// What does the work.
  public String name() {
    return lapack.name();
  }

  /// a·b.
  public Matrix product(Arena arena, Matrix a, Matrix b) {
    return product(arena, new Factor(a, false), new Factor(b, false));
  }

  /// aᵀ·b.
  public Matrix transposedProduct(Arena arena, Matrix a, Matrix b) {
    return product(arena, new Factor(a, true), new Factor(b, false));
  }

  /// a·bᵀ.
  public Matrix productTransposed(Arena arena, Matrix a, Matrix b) {
    return product(arena, new Factor(a, false), new Factor(b, true));
  }

  private Matrix product(Arena arena, Factor a, Factor b) {
    Matrix into = Matrix.zeros(arena, a.rows(), b.cols());
    multiply(1, a, b, into);
    return into;
  }

  /// Adds factor·a·b.
  public void addProduct(double factor, Matrix a, Matrix b, Matrix into) {
    multiply(factor, new Factor(a, false), new Factor(b, false), into);
  }

  /// Adds factor·aᵀ·b.
  public void addTransposedProduct(double factor, Matrix a, Matrix b, Matrix into) {
    multiply(factor, new Factor(a, true), new Factor(b, false), into);
  }

  private void multiply(double factor, Factor a, Factor b, Matrix into) {
    if (a.cols() != b.rows() || a.rows() != into.rows() || b.cols() != into.cols()) {
      throw new IllegalArgumentException(
          "matrices of %d × %d and %d × %d do not make one of %d × %d"
              .formatted(a.rows(), a.cols(), b.rows(), b.cols(), into.rows(), into.cols()));
    }
    if (into.rows() > 0 && into.cols() > 0 && a.cols() > 0) {
      lapack.multiply(factor, a, b, 1, into);
    }
  }

  /// The thin singular value decomposition.
  ///
  /// @param a keeps its elements, which are finite
  /// @throws ArithmeticException if it does not come to an end
  public Svd svd(Arena arena, Matrix a) {
    int least = a.least();
    Svd svd =
        new Svd(
            Matrix.zeros(arena, a.rows(), least),
            new double[least],
            Matrix.zeros(arena, least, a.cols()));
    if (least == 0) {
      return svd;
    }
    try (Arena scratch = Arena.ofConfined()) {
      if (!lapack.divideAndConquer(a.copy(scratch), svd.s(), svd.u(), svd.vt())
          && !lapack.iterate(a.copy(scratch), svd.s(), svd.u(), svd.vt())) {
        throw new ArithmeticException("no singular values found");
      }
    }
    return svd;
  }

  /// The eigenvalues and eigenvectors of a symmetric matrix.
  ///
  /// @param a replaced by its eigenvectors
  /// @throws ArithmeticException if it does not come to an end
  public Eigen eigen(Matrix a) {
    double[] values = new double[a.rows()];
    if (a.rows() > 0 && !lapack.eigen(a, values)) {
      throw new ArithmeticException("no eigenvalues found");
    }
    return new Eigen(values, a);
  }

  /// The strongest directions, as many as `most` or as carry something, whichever are fewer.
  ///
  /// Found by the eigenvectors of a·aᵀ or aᵀ·a, whichever is smaller. That squares singular values,
  /// so what is weaker than [#RELIABLE] of the strongest is looked at: if it carries nothing, it is
  /// left out; if it does, and is asked for, all is decomposed as [#svd] does.
  ///
  /// @param a keeps its elements, which are finite
  /// @param nothing singular values that are not larger carry nothing; nor do those that do not
  ///   beside the largest
  /// @throws ArithmeticException if it does not come to an end
  public Svd strongest(Arena arena, Matrix a, int most, double nothing) {
    try (Arena scratch = Arena.ofConfined()) {
      int wanted = Math.min(most, a.least());
      Optional<Eigen> some = some(scratch, a, wanted).filter(Algebra::areReliable);
      Svd found =
          some.isPresent()
              ? along(scratch, a, some.get().vectors(), wanted)
              : fromAll(scratch, a, wanted, nothing);
      return found.first(Math.min(wanted, found.rank(nothing))).copy(arena);
    }
  }

  /// The largest eigenvalues of the Gram matrix, where they are so few that the others are not
  /// needed for them.
  private Optional<Eigen> some(Arena arena, Matrix a, int count) {
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

  private static boolean areReliable(Eigen some) {
    return strong(some.values()) == some.values().length;
  }

  /// From all eigenvectors of the Gram matrix or, where these cannot tell, from the matrix itself.
  private Svd fromAll(Arena arena, Matrix a, int wanted, double nothing) {
    Eigen eigen = eigen(gram(arena, a));
    int strong = strong(eigen.values());
    Matrix weak = eigen.vectors().rows(0, a.least() - strong);
    double limit = Math.max(nothing, Svd.LEAST_SHARE * Math.sqrt(eigen.largest()));
    return strong < wanted && norm(a, weak) > limit
        ? svd(arena, a)
        : along(arena, a, eigen.vectors(), Math.min(wanted, strong));
  }

  private Matrix gram(Arena arena, Matrix a) {
    return isWide(a) ? productTransposed(arena, a, a) : transposedProduct(arena, a, a);
  }

  private static boolean isWide(Matrix a) {
    return a.rows() < a.cols();
  }

  /// The strongest directions of a matrix that stands for itself.
  public Svd strongest(Arena arena, Matrix a, int most) {
    return strongest(arena, a, most, 0);
  }

  private static int strong(double[] rising) {
    double largest = rising.length == 0 ? 0 : rising[rising.length - 1];
    int strong = 0;
    while (strong < rising.length
        && rising[rising.length - 1 - strong] > RELIABLE * RELIABLE * largest) {
      strong++;
    }
    return strong;
  }

  /// ‖·‖_F of what a matrix does along some directions of its smaller side, which bounds its
  /// singular values there.
  ///
  /// @param directions one in each row
  private double norm(Matrix a, Matrix directions) {
    try (Arena scratch = Arena.ofConfined()) {
      Matrix part =
          isWide(a) ? product(scratch, directions, a) : productTransposed(scratch, a, directions);
      return Math.sqrt(part.sumOfSquares());
    }
  }

  /// The decomposition whose directions on the smaller side are the last of these, which rise.
  private Svd along(Arena arena, Matrix a, Matrix rising, int count) {
    Matrix falling = Matrix.zeros(arena, count, rising.cols());
    for (int i = 0; i < count; i++) {
      int last = rising.rows() - 1 - i;
      falling.rows(i, i + 1).put(rising.rows(last, last + 1));
    }
    if (isWide(a)) {
      Matrix vt = product(arena, falling, a);
      double[] s = vt.rowNorms();
      vt.scaleRows(inverse(s));
      return new Svd(falling.transpose(arena), s, vt);
    }
    Matrix u = productTransposed(arena, a, falling);
    double[] s = u.columnNorms();
    u.scaleColumns(inverse(s));
    return new Svd(u, s, falling);
  }

  private static double[] inverse(double[] values) {
    return Arrays.stream(values).map(value -> 1 / value).toArray();
  }

  /// The polar factor U·Vᵀ over the directions that carry something: a partial isometry.
  public Matrix polar(Arena arena, Matrix a) {
    try (Arena scratch = Arena.ofConfined()) {
      Svd svd = strongest(scratch, a, a.least());
      return product(arena, svd.u(), svd.vt());
    }
  }

  /// What [#strongest] takes beside its argument at most, in bytes, its result among it.
  public static long strongestMemory(long rows, long cols) {
    long least = Math.min(rows, cols);
    return least * (3 * least + rows + cols) * Double.BYTES + svdMemory(rows, cols);
  }

  /// What [#svd] takes beside its argument, in bytes, its result among it.
  public static long svdMemory(long rows, long cols) {
    long least = Math.min(rows, cols);
    long elements = rows * cols + least * (rows + cols) + 5 * least * least + 64 * (rows + cols);
    return elements * Double.BYTES;
  }
}
