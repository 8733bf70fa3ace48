package org.lines4j.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private static double sum(List<Double> values) {
    ExactSum sum = new ExactSum();
    values.forEach(sum::add);
    return sum.value();
  }

  private static double exact(List<Double> values) {
    return values.stream()
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .doubleValue();
  }

  @Test
  void theSumIsTheNearestToTheExactOneInWhateverOrder() {
    Random random = new Random(3);
    for (int round = 0; round < 50; round++) {
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        long bits = random.nextLong() & Long.MAX_VALUE;
        double any = Double.longBitsToDouble(bits);
        values.add(round % 2 == 0 || !Double.isFinite(any) ? random.nextDouble() : any);
      }
      assertEquals(exact(values), sum(values));
      Collections.shuffle(values, random);
      assertEquals(exact(values), sum(values));
    }
  }

  @Test
  void theLeastAndTheLargestHaveRoom() {
    double least = Double.MIN_VALUE;
    double most = Double.MAX_VALUE;
    assertEquals(0, sum(List.of()));
    assertEquals(0, sum(List.of(-0.0, 0.0)));
    assertEquals(3 * least, sum(List.of(least, least, least)));
    assertEquals(Double.MIN_NORMAL, sum(List.of(Double.MIN_NORMAL - least, least)));
    assertEquals(most, sum(List.of(most, least)));
    assertEquals(Double.POSITIVE_INFINITY, sum(List.of(most, most)));
    assertEquals(1, sum(List.of(0.5, 0.5)));
    assertEquals(0x1p53, sum(List.of(0x1p53, 1.0)), "half to even");
    assertEquals(0x1p53 + 2, sum(List.of(0x1p53, 1.0, least)), "a little more than half");
  }

  @Test
  void whatIsNotFiniteStays() {
    double infinity = Double.POSITIVE_INFINITY;
    assertEquals(infinity, sum(List.of(1.0, infinity, 2.0)));
    assertTrue(Double.isNaN(sum(List.of(infinity, Double.NaN))));
    assertTrue(Double.isNaN(sum(List.of(Double.NaN, infinity))));
  }

  @Test
  void partsAddUpToTheWholeAndAreReadAsTheyWereWritten() throws IOException {
    Random random = new Random(5);
    List<Double> all = new ArrayList<>();
    ExactSum total = new ExactSum();
    for (int part = 0; part < 20; part++) {
      ExactSum sum = new ExactSum();
      for (int i = 0; i < part; i++) {
        all.add(Math.scalb(random.nextDouble(), random.nextInt(200) - 100));
        sum.add(all.getLast());
      }
      byte[] written = written(sum);
      ExactSum read = new ExactSum();
      read.readFrom(new DataInputStream(new ByteArrayInputStream(written)));
      assertArrayEquals(written, written(read));
      total.add(read);
    }
    assertEquals(exact(all), total.value());
  }

  private static byte[] written(ExactSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sum.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
