package org.lines4j.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// [VectorTaskVectors] give what [ScalarTaskVectors] give, bit for bit but for the payloads of
/// NaNs, and neither touches an element behind the last. Run at every vector width, as
/// [KernelAgreementTest] is.
@Tag("vector-width")
class TaskVectorAgreementTest {
  private static final int BEHIND = 40;
  private static final float[] NUMBERS = {
    0, -0f, 0.3f, 1, -2.75f, 1e-30f, 3e38f, Float.POSITIVE_INFINITY, Float.NaN
  };

  private static final float[] ONES = {1, 1};

  private final TaskVectorKernels scalar = new ScalarTaskVectors();
  private final TaskVectorKernels vector = new VectorTaskVectors();

  static IntStream counts() {
    IntStream around = IntStream.of(4, 8, 16, 32).flatMap(w -> IntStream.rangeClosed(w - 1, w + 1));
    IntStream whole = IntStream.of(0, 1, 2, Kernels.TILE - 3, Kernels.TILE - 1, Kernels.TILE);
    return IntStream.concat(around, whole);
  }

  @ParameterizedTest
  @MethodSource("counts")
  void weightedTaskVectorsAreAddedAlike(int count) {
    for (float weight : NUMBERS) {
      Inputs expected = new Inputs(count);
      Inputs actual = new Inputs(count);
      scalar.addWeighted(expected.base, expected.models[0], weight, expected.sum, count);
      vector.addWeighted(actual.base, actual.models[0], weight, actual.sum, count);
      expected.assertSame(actual, count);
      scalar.addScaled(expected.base, expected.sum, weight, count);
      vector.addScaled(actual.base, actual.sum, weight, count);
      expected.assertSame(actual, count);
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void trimmingKeepsTheSameEntries(int count) {
    for (float threshold : NUMBERS) {
      for (float weight : NUMBERS) {
        Inputs expected = new Inputs(count);
        Inputs actual = new Inputs(count);
        scalar.trim(expected.base, expected.models[0], weight, threshold, expected.sum, count);
        vector.trim(actual.base, actual.models[0], weight, threshold, actual.sum, count);
        expected.assertSame(actual, count);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void theSameSignsAreElected(int count) {
    for (float tie : new float[] {-1, 0, 1}) {
      for (float[] shares : new float[][] {{0, 0, 0}, {1, 1, 1}, {0.3f, -0.3f, 2}}) {
        Inputs expected = new Inputs(count);
        Inputs actual = new Inputs(count);
        assertEquals(scalar.votes(expected.sum, count), vector.votes(actual.sum, count));
        assertEquals(
            scalar.elect(expected.sum, expected.models, tie, shares, count),
            vector.elect(actual.sum, actual.models, tie, shares, count));
        expected.assertSame(actual, count);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void theSameMagnitudesAreKept(int count) {
    for (int low : new int[] {0, 1, 0x3f80_0000, 0x7f80_0000, 0x7fc0_0000}) {
      for (int high : new int[] {-1, 0, 0x3f80_0000, 0x7f80_0000, 0x7fc0_0000, 0x7fff_ffff}) {
        for (int from : new int[] {0, Math.min(count, 3)}) {
          Inputs expected = new Inputs(count);
          Inputs actual = new Inputs(count);
          scalar.keepMagnitudes(expected.sum, low, high, from, count);
          vector.keepMagnitudes(actual.sum, low, high, from, count);
          expected.assertSame(actual, count);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void magnitudesAreCountedInTheSameBins(int count) {
    Inputs inputs = new Inputs(count);
    for (int low : new int[] {0, 1, 0x3f80_0000, 0x7f80_0000, 0x7fc0_0000}) {
      for (int shift : new int[] {0, 15}) {
        MagnitudeCounts expected = new MagnitudeCounts(low, shift, 1 << 16);
        MagnitudeCounts actual = new MagnitudeCounts(low, shift, 1 << 16);
        for (float[] model : inputs.models) { // counts add up
          scalar.countMagnitudes(inputs.base, model, expected, count);
          vector.countMagnitudes(inputs.base, model, actual, count);
        }
        assertEquals(expected.below, actual.below);
        assertArrayEquals(expected.bins, actual.bins);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void magnitudesHaveTheSameSum(int count) {
    float[] special = new Inputs(count).sum;
    float[] weights = Samples.weights(count + BEHIND, count);
    for (float[] values : new float[][] {special, weights}) {
      assertEquals(
          scalar.sumOfMagnitudes(values, count), vector.sumOfMagnitudes(values, count), 0.0);
    }
  }

  @Test
  void signsAreElectedAsByHand() {
    for (TaskVectorKernels kernels : new TaskVectorKernels[] {scalar, vector}) {
      // by column: plus wins; minus wins; a tie, for minus here; nothing was kept
      float[][] models = new float[3][32];
      System.arraycopy(new float[] {3, -4, 2, 0}, 0, models[0], 0, 4);
      System.arraycopy(new float[] {1, 1, -2, 0}, 0, models[1], 0, 4);
      System.arraycopy(new float[] {-2, 0, 0, 0}, 0, models[2], 0, 4);
      float[] sum = Arrays.copyOf(new float[] {2, -3, 0, 0}, 32);
      assertEquals(0, kernels.votes(sum, 32));
      assertTrue(kernels.elect(sum, models, -1, new float[] {1, 1, 1}, 32));
      assertArrayEquals(new float[] {2, -4, -2, 0}, Arrays.copyOf(sum, 4));
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void aTieIsFoundWhereverItIs(int count) {
    for (TaskVectorKernels kernels : new TaskVectorKernels[] {scalar, vector}) {
      float[][] models = new float[2][count + 1];
      assertFalse(kernels.elect(new float[count + 1], models, 1, ONES, count), "nothing was kept");
      for (int at : new int[] {0, count / 2, count - 1, count}) {
        if (at >= 0) {
          models = new float[2][count + 1];
          models[0][at] = 2;
          models[1][at] = -2;
          float[] sum = new float[count + 1];
          assertEquals(at < count, kernels.elect(sum, models, 1, ONES, count));
        }
      }
    }
  }

  @Test
  void magnitudesAreCountedAsByHand() {
    for (TaskVectorKernels kernels : new TaskVectorKernels[] {scalar, vector}) {
      float[] base = new float[32];
      float[] model = new float[32]; // its zeros are below
      model[3] = -1;
      model[4] = Math.nextUp(1f);
      model[20] = 2;
      model[31] = Float.NaN;
      MagnitudeCounts counts = new MagnitudeCounts(Float.floatToIntBits(1), 0, 2);
      kernels.countMagnitudes(base, model, counts, 32);
      assertEquals(28, counts.below);
      assertArrayEquals(new long[] {1, 1}, counts.bins);
    }
  }

  /// Inputs of every kind, the same each time, and what lies behind them.
  private static final class Inputs {
    private final float[] base;
    private final float[][] models = new float[3][];
    private final float[] sum;

    private Inputs(int count) {
      Random random = new Random(count);
      base = Samples.floats(count + BEHIND, random.nextLong());
      for (int m = 0; m < models.length; m++) {
        models[m] = Samples.floats(count + BEHIND, random.nextLong());
        // task vectors of exactly zero, and of the size that weights have
        System.arraycopy(base, 0, models[m], 0, count / 8);
      }
      sum = Samples.floats(count + BEHIND, random.nextLong());
    }

    private void assertSame(Inputs other, int count) {
      Inputs untouched = new Inputs(count);
      assertArrayEquals(bits(base), bits(other.base));
      assertArrayEquals(bits(sum), bits(other.sum));
      assertBehind(untouched.sum, sum, count);
      for (int m = 0; m < models.length; m++) {
        assertArrayEquals(bits(models[m]), bits(other.models[m]));
        assertBehind(untouched.models[m], models[m], count);
      }
    }

    private static void assertBehind(float[] expected, float[] actual, int count) {
      assertArrayEquals(
          bits(Arrays.copyOfRange(expected, count, expected.length)),
          bits(Arrays.copyOfRange(actual, count, actual.length)));
    }

    private static int[] bits(float[] floats) {
      return IntStream.range(0, floats.length).map(i -> Float.floatToIntBits(floats[i])).toArray();
    }
  }
}
