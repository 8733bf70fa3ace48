package org.lines4j.internal.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.method.MagnitudeBand.Ranks;
import org.lines4j.method.InMemoryScan;
import org.lines4j.method.TensorScan;

/// Which magnitudes are kept, against sorting them.
class MagnitudeBandTest {
  private static final int COUNT = 3 * Kernels.TILE + 17;

  @Test
  void theElementsOfSomeRanksAreKept() throws IOException {
    Random random = new Random(1);
    check(values(COUNT, random::nextGaussian));
  }

  @Test
  void amongEqualMagnitudesTheEarlierOnesAreTheLarger() throws IOException {
    Random random = new Random(2);
    check(values(COUNT, () -> random.nextInt(5) - 2));
    check(values(COUNT, () -> 0));
    check(values(1, () -> -3));
  }

  @Test
  void specialValuesHaveTheirPlace() throws IOException {
    Random random = new Random(3);
    float[] special = {0, -0f, 1, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.NaN};
    check(values(COUNT, () -> special[random.nextInt(special.length)]));
  }

  /// Long enough for a sample, and for ties in several blocks.
  @Test
  void longTensorsAreSampled() throws IOException {
    Random random = new Random(4);
    float[] values = values(17 * TensorScan.BLOCK + 5, () -> (float) random.nextGaussian() * 1e-3);
    int k = values.length / 5;
    float[] kept = values.clone();
    band(values, Ranks.largest(k, values.length)).prune(0, kept, kept.length);
    float[] ascending = new float[values.length];
    for (int i = 0; i < ascending.length; i++) {
      ascending[i] = Math.abs(values[i]);
    }
    Arrays.sort(ascending);
    float least = ascending[ascending.length - k];
    int equal = 0; // how many of that magnitude are kept
    while (equal < k && ascending[ascending.length - k + equal] == least) {
      equal++;
    }
    float[] expected = new float[values.length];
    for (int i = 0; i < expected.length; i++) {
      float magnitude = Math.abs(values[i]);
      boolean keep = magnitude > least || (magnitude == least && equal-- > 0);
      expected[i] = keep ? values[i] : 0;
    }
    assertArrayEquals(expected, kept);
  }

  private static void check(float[] values) throws IOException {
    int n = values.length;
    for (int low : new int[] {0, n / 7, n / 2, n - 1, n}) {
      for (int high : new int[] {0, n / 2, n / 2 + 1, n - n / 9, n}) {
        float[] kept = values.clone();
        MagnitudeBand band = band(values, new Ranks(low, high));
        int piece = 1000; // no multiple of a tile
        for (int first = 0; first < n; first += piece) {
          int count = Math.min(piece, n - first);
          float[] part = Arrays.copyOfRange(kept, first, first + count);
          band.prune(first, part, count);
          System.arraycopy(part, 0, kept, first, count);
        }
        assertArrayEquals(expected(values, low, high), kept);
      }
    }
  }

  private static MagnitudeBand band(float[] values, Ranks ranks) throws IOException {
    return MagnitudeBand.find(InMemoryScan.of(values), (_, _, models, _) -> models, List.of(ranks))
        .getFirst();
  }

  private static float[] expected(float[] values, int low, int high) {
    Comparator<Integer> bySize = Comparator.comparingDouble(i -> Math.abs(values[i]));
    int[] ascending =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(bySize.thenComparing(Comparator.reverseOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] kept = new float[values.length];
    for (int rank = low; rank < high; rank++) {
      kept[ascending[rank]] = values[ascending[rank]];
    }
    return kept;
  }

  private static float[] values(int count, DoubleSupplier next) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) next.getAsDouble();
    }
    return values;
  }
}
