package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.subspace.matrix.Matrix;

class LargestTest {
  private static final int ROWS = 13;
  private static final int COLS = 17;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50, 110, ROWS * COLS - 1, ROWS * COLS, ROWS * COLS + 1})
  void whatIsKeptAreTheLargestAsSortingFindsThem(int kept) {
    Random random = new Random(kept);
    double[] values = random.doubles(ROWS * COLS, -1, 1).map(x -> Math.pow(x, 9) * 1e-3).toArray();
    double[] magnitudes = Arrays.stream(values).map(Math::abs).sorted().toArray();
    int last = Math.max(0, magnitudes.length - kept);
    double[] expected =
        Arrays.stream(values).map(x -> Math.abs(x) >= magnitudes[last] ? x : 0).toArray();
    check(values, kept, expected);
  }

  @Test
  void ofThoseThatAreAsLargeTheFirstOnesCount() {
    double[] values = new double[ROWS * COLS];
    double[] expected = new double[ROWS * COLS];
    Arrays.fill(values, -2);
    Arrays.fill(expected, 0, 40, -2);
    check(values, 40, expected);
  }

  @Test
  void zerosAreAsSmallAsNumbersGet() {
    double[] values = new double[ROWS * COLS];
    values[7] = Double.MIN_VALUE;
    values[8] = -Double.MIN_NORMAL;
    check(values.clone(), 1, only(values, 8));
    check(values.clone(), 100, values);
  }

  private static double[] only(double[] values, int index) {
    double[] one = new double[values.length];
    one[index] = values[index];
    return one;
  }

  private static void check(double[] values, int kept, double[] expected) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix matrix = Matrix.of(arena, ROWS, COLS, values);
      Largest.keep(matrix, kept);
      double[] row = new double[COLS];
      for (int i = 0; i < ROWS; i++) {
        matrix.load(i, 0, row, COLS);
        for (int j = 0; j < COLS; j++) {
          assertEquals(expected[i * COLS + j], row[j], "row " + i + ", column " + j);
        }
      }
    }
  }
}
