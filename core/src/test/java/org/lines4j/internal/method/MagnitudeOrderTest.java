package org.lines4j.internal.method;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagnitudeOrderTest {
  private static final float[] SPECIAL = {
    0, -0f, 1, -1, Float.MIN_VALUE, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN
  };

  /// One order for all, as a tensor's rows have.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 5000})
  void isThatOfSorting(int length) {
    Random random = new Random(length);
    MagnitudeOrder order = new MagnitudeOrder(length);
    for (int row = 0; row < 3; row++) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        boolean isSpecial = random.nextInt(4) == 0;
        values[i] = isSpecial ? SPECIAL[random.nextInt(8)] : (float) random.nextGaussian();
      }
      order.sort(values);
      List<Integer> expected =
          IntStream.range(0, length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> Math.abs(values[i])))
              .toList();
      assertEquals(expected, IntStream.range(0, length).map(order::index).boxed().toList());
    }
  }
}
