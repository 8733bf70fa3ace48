package org.lines4j.subspace.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlgebraTest {
  private static final double CLOSE = 1e-12;

  static Stream<Algebra> algebras() {
    return Stream.of(Algebra.fastest(), Algebra.inJava());
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void aDecompositionMultipliesToItsMatrix(Algebra algebra) {
    int[][] shapes = {{1, 1}, {1, 7}, {7, 1}, {5, 5}, {48, 144}, {144, 48}, {65, 64}};
    for (int[] shape : shapes) {
      try (Arena arena = Arena.ofConfined()) {
        Matrix a = random(arena, shape[0], shape[1]);
        Svd svd = algebra.svd(arena, a);
        Matrix scaled = svd.u().copy(arena);
        scaled.scaleColumns(svd.s());
        assertClose(a, algebra.product(arena, scaled, svd.vt()));
        assertIdentity(algebra.transposedProduct(arena, svd.u(), svd.u()));
        assertIdentity(algebra.productTransposed(arena, svd.vt(), svd.vt()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void aPolarFactorLeavesOutWhatCarriesNothing(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = algebra.product(arena, random(arena, 12, 3), random(arena, 3, 9));
      Matrix polar = algebra.polar(arena, a);
      assertEquals(3, polar.sumOfSquares(), CLOSE);
      Matrix projection = algebra.productTransposed(arena, polar, polar);
      assertClose(a, algebra.product(arena, projection, a));
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void theStrongestDirectionsAreThoseOfTheWholeDecomposition(Algebra algebra) {
    for (int[] shape : new int[][] {{40, 25}, {25, 40}, {60, 60}}) {
      for (int most : new int[] {1, 5, 12, 25}) {
        try (Arena arena = Arena.ofConfined()) {
          Matrix a = random(arena, shape[0], shape[1]);
          Svd expected = algebra.svd(arena, a).first(most);
          Svd found = algebra.strongest(arena, a, most);
          assertArrayEquals(expected.s(), found.s(), CLOSE * 10);
          Matrix projection = algebra.productTransposed(arena, expected.u(), expected.u());
          assertClose(found.u(), algebra.product(arena, projection, found.u()));
          Matrix across = algebra.transposedProduct(arena, expected.vt(), expected.vt());
          assertClose(found.vt(), algebra.product(arena, found.vt(), across));
        }
      }
    }
  }

  /// Whatever the number of rows that are read at a time.
  @ParameterizedTest
  @MethodSource("algebras")
  void aMatrixNeedNotBeInMemoryWhole(Algebra algebra) {
    for (int[] shape : new int[][] {{40, 25}, {25, 40}, {30, 30}}) {
      try (Arena arena = Arena.ofConfined()) {
        Matrix weak =
            algebra.product(arena, random(arena, shape[0], 9), random(arena, 9, shape[1]));
        for (Matrix a : List.of(random(arena, shape[0], shape[1]), weak)) {
          Panelled panels = new Panels(a, 7);
          assertClose(algebra.polar(arena, a), algebra.polar(arena, panels));
          for (int most : new int[] {4, 25}) {
            Svd expected = algebra.strongest(arena, a, most);
            Svd found = algebra.strongest(arena, panels, most);
            assertArrayEquals(expected.s(), found.s(), CLOSE * 10);
            expected.u().scaleColumns(expected.s());
            found.u().scaleColumns(found.s());
            assertClose(
                algebra.product(arena, expected.u(), expected.vt()),
                algebra.product(arena, found.u(), found.vt()));
          }
          assertEquals(1, panels.dot(weak) / a.dot(weak), CLOSE);
          assertClose(a, panels.copy(arena));
        }
      }
    }
  }

  private record Panels(Matrix all, int height) implements Panelled {
    @Override
    public int rows() {
      return all.rows();
    }

    @Override
    public int cols() {
      return all.cols();
    }

    @Override
    public Matrix panel(Arena arena, int from, int to) {
      return all.rows(from, to).copy(arena);
    }
  }

  /// A Gram matrix alone would lose them: it squares singular values.
  @ParameterizedTest
  @MethodSource("algebras")
  void weakDirectionsAreFoundWhereTheyCarrySomething(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      Svd svd = algebra.svd(arena, random(arena, 12, 9));
      double[] values = {1, 0.5, 0.1, 1e-3, 1e-5, 1e-7, 1e-8, 1e-10, 1e-12};
      Matrix scaled = svd.u().copy(arena);
      scaled.scaleColumns(values);
      Svd found = algebra.strongest(arena, algebra.product(arena, scaled, svd.vt()), 9);
      assertEquals(7, found.s().length);
      assertEquals(1e-8, found.s()[6], 1e-14);
      assertEquals(
          4,
          algebra.strongest(arena, algebra.product(arena, scaled, svd.vt()), 9, 1e-4).s().length);
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void aPolarFactorOfZeroIsZero(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(0, algebra.polar(arena, Matrix.zeros(arena, 4, 6)).sumOfSquares());
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void eigenvectorsDiagonaliseASymmetricMatrix(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = random(arena, 30, 20);
      Matrix gram = algebra.transposedProduct(arena, a, a);
      Eigen eigen = algebra.eigen(gram.copy(arena));
      Matrix scaled = eigen.vectors().copy(arena);
      scaled.scaleRows(eigen.values());
      assertClose(gram, algebra.transposedProduct(arena, eigen.vectors(), scaled));
      for (int i = 1; i < 20; i++) {
        assertTrue(eigen.values()[i - 1] <= eigen.values()[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void someRowsAndColumnsAreMatricesToo(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = random(arena, 9, 11);
      Matrix part = a.rows(2, 7).columns(3, 8);
      Matrix other = random(arena, 5, 4);
      assertClose(
          algebra.product(arena, part.copy(arena), other), algebra.product(arena, part, other));
      Svd ofPart = algebra.svd(arena, part);
      Svd ofCopy = algebra.svd(arena, part.copy(arena));
      for (int i = 0; i < 5; i++) {
        assertEquals(ofCopy.s()[i], ofPart.s()[i], CLOSE);
      }
    }
  }

  /// Else all that is said of natives here would be said of Java.
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void nativesAreLoadedWhereThereAreSome() {
    assertEquals("OpenBLAS", Algebra.fastest().name());
  }

  @Test
  void nativesAndJavaAgree() {
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = random(arena, 96, 64);
      assertClose(Algebra.inJava().polar(arena, a), Algebra.fastest().polar(arena, a));
    }
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void theSameMatrixGivesTheSameBitsOnAnyThread(Algebra algebra) {
    long first = bitsOfPolar(algebra);
    assertTrue(
        Stream.generate(() -> algebra).limit(8).parallel().allMatch(a -> bitsOfPolar(a) == first));
  }

  private static long bitsOfPolar(Algebra algebra) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix polar = algebra.polar(arena, random(arena, 40, 70));
      long bits = 0;
      for (int row = 0; row < polar.rows(); row++) {
        for (int col = 0; col < polar.cols(); col++) {
          bits = bits * 31 + Double.doubleToRawLongBits(polar.get(row, col));
        }
      }
      return bits;
    }
  }

  private static Matrix random(Arena arena, int rows, int cols) {
    Random random = new Random(7L * rows + cols);
    double[] values = random.doubles((long) rows * cols, -1, 1).toArray();
    return Matrix.of(arena, rows, cols, values);
  }

  private static void assertIdentity(Matrix actual) {
    for (int row = 0; row < actual.rows(); row++) {
      for (int col = 0; col < actual.cols(); col++) {
        assertEquals(row == col ? 1 : 0, actual.get(row, col), CLOSE);
      }
    }
  }

  private static void assertClose(Matrix expected, Matrix actual) {
    assertEquals(expected.rows(), actual.rows());
    assertEquals(expected.cols(), actual.cols());
    for (int row = 0; row < expected.rows(); row++) {
      for (int col = 0; col < expected.cols(); col++) {
        assertEquals(expected.get(row, col), actual.get(row, col), CLOSE * 100);
      }
    }
  }
}
