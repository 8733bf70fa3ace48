package org.lines4j.subspace.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FloatAlgebraTest {
  static Stream<FloatAlgebra> algebras() {
    return Stream.of(FloatAlgebra.fastest(), FloatAlgebra.inJava());
  }

  private static FloatMatrix random(Arena arena, int rows, int cols) {
    FloatMatrix matrix = FloatMatrix.zeros(arena, rows, cols + 3).columns(2, cols + 2);
    Random random = new Random(rows * 31L + cols);
    float[] row = new float[cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        row[j] = (float) random.nextGaussian();
      }
      matrix.store(row, i, 0, cols);
    }
    return matrix;
  }

  private static float at(FloatMatrix matrix, int row, int col) {
    float[] value = new float[1];
    matrix.load(row, col, value, 1);
    return value[0];
  }

  @ParameterizedTest
  @MethodSource("algebras")
  void productsAreThoseOfTheirElements(FloatAlgebra algebra) {
    int[][] shapes = {{1, 1, 1}, {1, 5, 7}, {7, 3, 1}, {5, 64, 65}, {33, 17, 130}};
    for (int[] shape : shapes) {
      try (Arena arena = Arena.ofConfined()) {
        FloatMatrix a = random(arena, shape[0], shape[1]);
        FloatMatrix b = random(arena, shape[1], shape[2]);
        FloatMatrix turned = random(arena, shape[2], shape[1]);
        FloatMatrix plain = random(arena, shape[0], shape[2]);
        FloatMatrix other = random(arena, shape[0], shape[2]);
        algebra.product(0.5f, a, b, plain);
        algebra.productTransposed(2, a, turned, other);
        for (int i = 0; i < shape[0]; i++) {
          for (int j = 0; j < shape[2]; j++) {
            double sum = 0;
            double turnedSum = 0;
            for (int k = 0; k < shape[1]; k++) {
              sum += 0.5 * at(a, i, k) * at(b, k, j);
              turnedSum += 2.0 * at(a, i, k) * at(turned, j, k);
            }
            assertEquals(sum, at(plain, i, j), 1e-4);
            assertEquals(turnedSum, at(other, i, j), 1e-4);
          }
        }
      }
    }
  }

  @Test
  void matricesThatDoNotFitAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      FloatMatrix a = FloatMatrix.zeros(arena, 2, 3);
      FloatMatrix into = FloatMatrix.zeros(arena, 2, 2);
      assertThrows(
          IllegalArgumentException.class, () -> FloatAlgebra.inJava().product(1, a, a, into));
    }
  }
}
