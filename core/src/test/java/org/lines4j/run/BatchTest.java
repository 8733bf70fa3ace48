package org.lines4j.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final long MEGABYTE = 1 << 20;

  private static void assertAllOnce(List<Batch> batches, int units) {
    int next = 0;
    for (Batch batch : batches) {
      assertEquals(next, batch.from());
      assertEquals(batch.to() - batch.from(), batch.units().length);
      next = batch.to();
    }
    assertEquals(units, next);
  }

  @Test
  void everyUnitIsInOneBatch() {
    for (int units : new int[] {0, 1, 2, 7, 1000}) {
      assertAllOnce(Batch.of(units, i -> (long) (i % 3) * MEGABYTE, 2), units);
      assertAllOnce(Batch.of(units, _ -> 0, 2), units);
    }
    assertArrayEquals(new int[] {0}, Batch.of(1, _ -> 5, 3).getFirst().units());
  }

  @Test
  void aSmallPassIsSharedByAll() {
    assertEquals(16, Batch.of(1000, _ -> MEGABYTE, 4).size());
  }

  @Test
  void aLargeUnitIsABatchByItself() {
    List<Batch> batches = Batch.of(4, i -> i == 2 ? 4000 * MEGABYTE : 1, 2);
    assertTrue(batches.stream().anyMatch(batch -> batch.to() == 3));
    assertAllOnce(batches, 4);
  }

  @Test
  void thereAreNoMoreBatchesForALargerModel() {
    assertTrue(Batch.of(1_000_000, _ -> 8 * MEGABYTE, 32).size() <= 64 * 32);
  }
}
