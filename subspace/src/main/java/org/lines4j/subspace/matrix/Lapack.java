package org.lines4j.subspace.matrix;

/// The routines of BLAS and LAPACK that are used here, for matrices row by row.
interface Lapack {
  /// What it is called.
  String name();

  /// into = alpha·op(a)·op(b) + beta·into.
  void multiply(double alpha, Factor a, Factor b, double beta, Matrix into);

  /// into = alpha·op(a)·op(a)ᵀ + into, where nothing need be below the diagonal.
  default void square(double alpha, Factor a, Matrix into) {
    multiply(alpha, a, new Factor(a.matrix(), !a.transposed()), 1, into);
  }

  /// A thin singular value decomposition by divide and conquer.
  ///
  /// @param a overwritten
  /// @return whether it came to an end
  boolean divideAndConquer(Matrix a, double[] s, Matrix u, Matrix vt);

  /// The same by QR iterations: slower, and comes to an end where the other does not.
  boolean iterate(Matrix a, double[] s, Matrix u, Matrix vt);

  /// Replaces a symmetric matrix by its eigenvectors, one in each row, by rising value.
  ///
  /// @param a read on and above the diagonal alone
  /// @return whether it came to an end
  boolean eigen(Matrix a, double[] values);

  /// The largest eigenvalues of a symmetric matrix, as many as `values` and `vectors` have room
  /// for.
  ///
  /// @param a read on and above the diagonal alone; overwritten
  /// @param values rising
  /// @param vectors one row for each value
  /// @return whether it came to an end; `false` where all must be asked for, too
  boolean largest(Matrix a, double[] values, Matrix vectors);

  /// A matrix in a product, or its transpose.
  record Factor(Matrix matrix, boolean transposed) {
    int rows() {
      return transposed ? matrix.cols() : matrix.rows();
    }

    int cols() {
      return transposed ? matrix.rows() : matrix.cols();
    }
  }
}
