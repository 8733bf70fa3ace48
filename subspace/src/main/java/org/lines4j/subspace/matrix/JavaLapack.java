package org.lines4j.subspace.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.netlib.blas.Dgemm;
import org.netlib.lapack.Dgesdd;
import org.netlib.lapack.Dgesvd;
import org.netlib.lapack.Dsyevd;
import org.netlib.util.intW;

/// The reference implementation in Java, as f2j made it from Fortran: the same bits everywhere,
/// about a tenth as fast as natives, and on the heap.
///
/// Fortran has matrices column by column, where a matrix of ours is its own transpose.
final class JavaLapack implements Lapack {
  @Override
  public String name() {
    return "LAPACK in Java (f2j)";
  }

  @Override
  public void multiply(double alpha, Factor a, Factor b, double beta, Matrix into) {
    double[] result = array(into);
    Dgemm.dgemm(
        letter(b),
        letter(a),
        into.cols(),
        into.rows(),
        a.cols(),
        alpha,
        array(b.matrix()),
        0,
        stride(b.matrix()),
        array(a.matrix()),
        0,
        stride(a.matrix()),
        beta,
        result,
        0,
        stride(into));
    put(result, into);
  }

  private static String letter(Factor factor) {
    return factor.transposed() ? "T" : "N";
  }

  private static int stride(Matrix matrix) {
    return Math.max(1, matrix.cols());
  }

  @Override
  public boolean divideAndConquer(Matrix a, double[] s, Matrix u, Matrix vt) {
    return decompose(
        a,
        u,
        vt,
        (m, n, values, left, right, work, length, info) ->
            Dgesdd.dgesdd(
                "S",
                m,
                n,
                values,
                0,
                m,
                s,
                0,
                left,
                0,
                m,
                right,
                0,
                Math.min(m, n),
                work,
                0,
                length,
                new int[8 * Math.min(m, n)],
                0,
                info));
  }

  @Override
  public boolean iterate(Matrix a, double[] s, Matrix u, Matrix vt) {
    return decompose(
        a,
        u,
        vt,
        (m, n, values, left, right, work, length, info) ->
            Dgesvd.dgesvd(
                "S",
                "S",
                m,
                n,
                values,
                0,
                m,
                s,
                0,
                left,
                0,
                m,
                right,
                0,
                Math.min(m, n),
                work,
                0,
                length,
                info));
  }

  @FunctionalInterface
  private interface Routine {
    void run(
        int m,
        int n,
        double[] values,
        double[] left,
        double[] right,
        double[] work,
        int length,
        intW info);
  }

  private static boolean decompose(Matrix a, Matrix u, Matrix vt, Routine routine) {
    int m = a.cols();
    int n = a.rows();
    double[] values = array(a);
    double[] left = array(vt);
    double[] right = array(u);
    double[] length = new double[1];
    intW info = new intW(0);
    routine.run(m, n, values, left, right, length, -1, info);
    int needed = (int) length[0];
    routine.run(m, n, values, left, right, new double[needed], needed, info);
    put(left, vt);
    put(right, u);
    return info.val == 0;
  }

  @Override
  public boolean eigen(Matrix a, double[] values) {
    int n = a.rows();
    double[] vectors = array(a);
    int length = Math.toIntExact(1 + 6L * n + 2L * n * n);
    int lengthOfInts = 3 + 5 * n;
    intW info = new intW(0);
    Dsyevd.dsyevd(
        "V",
        "L",
        n,
        vectors,
        0,
        n,
        values,
        0,
        new double[length],
        0,
        length,
        new int[lengthOfInts],
        0,
        lengthOfInts,
        info);
    put(vectors, a);
    return info.val == 0;
  }

  /// There is no gain here: most of the time goes to tridiagonal form.
  @Override
  public boolean largest(Matrix a, double[] values, Matrix vectors) {
    return false;
  }

  /// The elements without gaps.
  private static double[] array(Matrix matrix) {
    double[] array = new double[Math.multiplyExact(matrix.rows(), matrix.cols())];
    for (int row = 0; row < matrix.rows(); row++) {
      MemorySegment.copy(
          matrix.data(),
          ValueLayout.JAVA_DOUBLE,
          (long) row * matrix.stride() * Double.BYTES,
          array,
          row * matrix.cols(),
          matrix.cols());
    }
    return array;
  }

  private static void put(double[] array, Matrix matrix) {
    for (int row = 0; row < matrix.rows(); row++) {
      MemorySegment.copy(
          array,
          row * matrix.cols(),
          matrix.data(),
          ValueLayout.JAVA_DOUBLE,
          (long) row * matrix.stride() * Double.BYTES,
          matrix.cols());
    }
  }
}
