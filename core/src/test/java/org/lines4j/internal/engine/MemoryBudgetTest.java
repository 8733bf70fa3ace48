package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lines4j.internal.engine.MemoryBudget.Held;

class MemoryBudgetTest {
  private static final long MB = 1L << 20;
  private static final long GB = 1L << 30;

  @Test
  void longMergesShareHalfOfWhatIsFree() {
    MemoryBudget budget = new MemoryBudget(64, () -> 20 * GB);
    assertTrue(budget.fits(10 * GB, true));
    assertFalse(budget.fits(10 * GB + 1, true));
    try (Held _ = budget.acquire(6 * GB, true)) {
      assertTrue(budget.fits(4 * GB, true));
      assertFalse(budget.fits(4 * GB + 1, true));
    }
    assertTrue(budget.fits(10 * GB, true), "what was held is given back");
  }

  @Test
  void longMergesHave2GbWhereLittleIsFreeOrNobodyKnowsHowMuch() {
    MemoryBudget budget = new MemoryBudget(64, () -> 0);
    assertTrue(budget.fits(2 * GB, true));
    assertFalse(budget.fits(2 * GB + 1, true));
  }

  @Test
  void noMoreMergesTakeLongThanThereAreProcessors() {
    MemoryBudget budget = new MemoryBudget(2, () -> 20 * GB);
    try (Held _ = budget.acquire(MB, true);
        Held _ = budget.acquire(MB, true)) {
      assertFalse(budget.fits(MB, true));
      assertTrue(budget.fits(MB, false), "others go on");
    }
    assertTrue(budget.fits(MB, true));
  }

  @Test
  void othersShare256Mb() {
    MemoryBudget budget = new MemoryBudget(64, () -> 20 * GB);
    try (Held _ = budget.acquire(200 * MB, false)) {
      assertTrue(budget.fits(56 * MB, false));
      assertFalse(budget.fits(57 * MB, false));
    }
  }

  @Test
  void whatIsTooLargeByItselfGoesAlone() {
    MemoryBudget budget = new MemoryBudget(64, () -> 0);
    try (Held _ = budget.acquire(100 * GB, true)) {
      assertFalse(budget.fits(1, false));
      assertFalse(budget.fits(1, true));
    }
  }
}
