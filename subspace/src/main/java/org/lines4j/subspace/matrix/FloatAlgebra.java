package org.lines4j.subspace.matrix;

import java.util.Optional;

/// Products of matrices of float.
///
/// Every call runs on its caller's thread, as with [Algebra]. Safe for use by several threads.
public final class FloatAlgebra {
  private final FloatProducts products;

  private FloatAlgebra(FloatProducts products) {
    this.products = products;
  }

  private static final class Fastest {
    static final FloatAlgebra ALGEBRA = new FloatAlgebra(found());

    private static FloatProducts found() {
      Optional<OpenBlas> library = OpenBlas.shared();
      return library.isPresent() ? library.get() : new JavaFloatProducts();
    }
  }

  /// By OpenBLAS; in Java where there is none for this machine.
  public static FloatAlgebra fastest() {
    return Fastest.ALGEBRA;
  }

  /// In Java: slower, the same bits on every machine.
  public static FloatAlgebra inJava() {
    return new FloatAlgebra(new JavaFloatProducts());
  }

  /// into = factor·a·b.
  public void product(float factor, FloatMatrix a, FloatMatrix b, FloatMatrix into) {
    multiply(factor, a, b, false, into);
  }

  /// into = factor·a·bᵀ.
  public void productTransposed(float factor, FloatMatrix a, FloatMatrix b, FloatMatrix into) {
    multiply(factor, a, b, true, into);
  }

  private void multiply(
      float factor, FloatMatrix a, FloatMatrix b, boolean transposed, FloatMatrix into) {
    int inner = transposed ? b.cols() : b.rows();
    int cols = transposed ? b.rows() : b.cols();
    if (a.cols() != inner || a.rows() != into.rows() || cols != into.cols()) {
      throw new IllegalArgumentException(
          "matrices of %d × %d and %d × %d do not make one of %d × %d"
              .formatted(a.rows(), a.cols(), inner, cols, into.rows(), into.cols()));
    }
    if (into.rows() > 0 && cols > 0 && inner > 0) {
      products.multiply(factor, a, b, transposed, into);
    }
  }
}
