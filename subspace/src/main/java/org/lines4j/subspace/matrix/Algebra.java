package org.lines4j.subspace.matrix;

import java.lang.foreign.Arena;
import org.lines4j.subspace.matrix.Lapack.Factor;

/// Linear algebra in double: products, decompositions, polar factors.
///
/// Every call runs on its caller's thread, so the same matrices give the same bits on one machine,
/// whatever the number of threads. Natives differ in the last bits from one kind of processor to
/// another. Safe for use by several threads.
public final class Algebra {
  private final Lapack lapack;

  private Algebra(Lapack lapack) {
    this.lapack = lapack;
  }

  private static final class Fastest {
    static final Algebra ALGEBRA = OpenBlas.shared().map(Algebra::new).orElseGet(Algebra::inJava);
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

  /// Whether it works on copies on the heap, which has room for few.
  public boolean isOnHeap() {
    return lapack instanceof JavaLapack;
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

  /// Adds factor·a·bᵀ.
  public void addProductTransposed(double factor, Matrix a, Matrix b, Matrix into) {
    multiply(factor, new Factor(a, false), new Factor(b, true), into);
  }

  /// Adds factor·a·aᵀ, on and above the diagonal.
  public void addSquare(double factor, Matrix a, Matrix into) {
    addSquare(factor, new Factor(a, false), into);
  }

  /// Adds factor·aᵀ·a, on and above the diagonal.
  public void addTransposedSquare(double factor, Matrix a, Matrix into) {
    addSquare(factor, new Factor(a, true), into);
  }

  private void addSquare(double factor, Factor a, Matrix into) {
    if (a.rows() != into.rows() || a.rows() != into.cols()) {
      throw new IllegalArgumentException(
          "the square of %d rows is not %d × %d".formatted(a.rows(), into.rows(), into.cols()));
    }
    if (a.rows() > 0 && a.cols() > 0) {
      lapack.square(factor, a, into);
    }
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
  /// @param a of finite elements
  /// @param nothing singular values that are not larger carry nothing; nor do those that do not
  ///   beside the largest
  /// @throws ArithmeticException if it does not come to an end
  /// @see GramDirections
  public Svd strongest(Arena arena, Panelled a, int most, double nothing) {
    return new GramDirections(this, lapack).strongest(arena, a, most, nothing);
  }

  /// The strongest directions of a matrix that stands for itself.
  public Svd strongest(Arena arena, Panelled a, int most) {
    return strongest(arena, a, most, 0);
  }

  /// The polar factor U·Vᵀ over the directions that carry something: a partial isometry.
  public Matrix polar(Arena arena, Panelled a) {
    return new GramDirections(this, lapack).polar(arena, a);
  }

  /// What [#strongest] takes beside its argument at most, in bytes, its result among it.
  public static long strongestMemory(long rows, long cols) {
    long least = Math.min(rows, cols);
    long longest = Math.max(rows, cols);
    return least * (6 * least + 3 * longest) * Double.BYTES + svdMemory(rows, cols);
  }

  /// What [#svd] takes beside its argument, in bytes, its result among it.
  public static long svdMemory(long rows, long cols) {
    long least = Math.min(rows, cols);
    long elements = rows * cols + least * (rows + cols) + 5 * least * least + 64 * (rows + cols);
    return elements * Double.BYTES;
  }
}
