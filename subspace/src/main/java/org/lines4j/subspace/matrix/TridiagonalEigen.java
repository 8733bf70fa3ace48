package org.lines4j.subspace.matrix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// Some eigenvectors of a symmetric matrix, by OpenBLAS: what all would take, but for the vectors
/// that nobody wants. Tridiagonal form, its largest eigenvalues by relatively robust
/// representations, and their vectors back.
@SuppressWarnings("restricted") // native code is what this class is for
final class TridiagonalEigen {
  private static final int COLUMN_BY_COLUMN = 102;
  private static final byte LOWER = 'L';

  /// Columns that LAPACK takes at a time.
  private static final int BLOCK = 64;

  private final MethodHandle dsytrd;
  private final MethodHandle dstemr;
  private final MethodHandle dormtr;

  TridiagonalEigen(SymbolLookup library) {
    dsytrd =
        OpenBlas.lapack(
            library,
            "LAPACKE_dsytrd_work",
            JAVA_BYTE,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT);
    dstemr =
        OpenBlas.lapack(
            library,
            "LAPACKE_dstemr_work",
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_DOUBLE,
            JAVA_DOUBLE,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
    dormtr =
        OpenBlas.lapack(
            library,
            "LAPACKE_dormtr_work",
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
  }

  /// As [Lapack#largest].
  boolean largest(Matrix a, double[] values, Matrix vectors) {
    int n = a.rows();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment diagonal = arena.allocate(JAVA_DOUBLE, n);
      MemorySegment beside = arena.allocate(JAVA_DOUBLE, n);
      MemorySegment tau = arena.allocate(JAVA_DOUBLE, n);
      int length = Math.multiplyExact(BLOCK, Math.max(n, values.length));
      MemorySegment work = arena.allocate(JAVA_DOUBLE, length);
      int info =
          OpenBlas.call(
              () ->
                  (int)
                      dsytrd.invokeExact(
                          COLUMN_BY_COLUMN,
                          LOWER,
                          n,
                          a.data(),
                          a.stride(),
                          diagonal,
                          beside,
                          tau,
                          work,
                          length));
      return info == 0
          && ofTridiagonal(arena, n, diagonal, beside, values, vectors)
          && back(a, tau, vectors, work, length);
    }
  }

  private boolean ofTridiagonal(
      Arena arena,
      int n,
      MemorySegment diagonal,
      MemorySegment beside,
      double[] values,
      Matrix vectors) {
    int count = values.length;
    MemorySegment found = arena.allocate(JAVA_INT);
    MemorySegment isRelative = arena.allocate(JAVA_INT);
    isRelative.set(JAVA_INT, 0, 1);
    MemorySegment all = arena.allocate(JAVA_DOUBLE, n);
    MemorySegment support = arena.allocate(JAVA_INT, 2L * count);
    int length = Math.multiplyExact(18, n);
    int lengthOfInts = Math.multiplyExact(10, n);
    MemorySegment work = arena.allocate(JAVA_DOUBLE, length);
    MemorySegment integers = arena.allocate(JAVA_INT, lengthOfInts);
    int info =
        OpenBlas.call(
            () ->
                (int)
                    dstemr.invokeExact(
                        COLUMN_BY_COLUMN,
                        (byte) 'V',
                        (byte) 'I',
                        n,
                        diagonal,
                        beside,
                        0.0,
                        0.0,
                        n - count + 1,
                        n,
                        found,
                        all,
                        vectors.data(),
                        vectors.stride(),
                        count,
                        support,
                        isRelative,
                        work,
                        length,
                        integers,
                        lengthOfInts));
    MemorySegment.copy(all, JAVA_DOUBLE, 0, values, 0, count);
    return info == 0 && found.get(JAVA_INT, 0) == count;
  }

  /// From the tridiagonal form's vectors to the matrix's.
  private boolean back(
      Matrix reflectors, MemorySegment tau, Matrix vectors, MemorySegment work, int length) {
    return OpenBlas.call(
            () ->
                (int)
                    dormtr.invokeExact(
                        COLUMN_BY_COLUMN,
                        (byte) 'L',
                        LOWER,
                        (byte) 'N',
                        vectors.cols(),
                        vectors.rows(),
                        reflectors.data(),
                        reflectors.stride(),
                        tau,
                        vectors.data(),
                        vectors.stride(),
                        work,
                        length))
        == 0;
  }
}
