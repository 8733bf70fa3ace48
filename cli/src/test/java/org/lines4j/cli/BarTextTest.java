package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.cli.ProgressDisplay.Unit;

class BarTextTest {
  private static final long MB = 1_000_000;
  private final BarText bar = new BarText(Unit.MEGABYTES);

  @Test
  void aWideTerminalShowsEverything() {
    assertEquals(
        "write  50% [===============>              ] 500/1,000 MB, 250 MB/s, 2 s left",
        bar.text("write", 500 * MB, 1000 * MB, 2, 78));
  }

  @Test
  void aNarrowTerminalLeavesOutTheBarAndThenTheAmounts() {
    assertEquals(
        "write  50% 500/1,000 MB, 250 MB/s, 2 s left",
        bar.text("write", 500 * MB, 1000 * MB, 2, 50));
    assertEquals("write  50% 250 MB/s, 2 s left", bar.text("write", 500 * MB, 1000 * MB, 2, 30));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 12, 20, 25, 30, 40, 49, 50, 60, 78, 200})
  void nothingIsWiderThanTheTerminal(int width) {
    for (long done : new long[] {0, 1, 499 * MB, 1_000_000 * MB}) {
      String text = bar.text("a phase with a long name", done, 1_000_000 * MB, 0.7, width);
      assertTrue(text.length() <= width, text);
    }
  }

  @Test
  void nothingStaysOfALongerLine() {
    String longer = bar.covering(bar.text("write", 999 * MB, 1000 * MB, 2, 78));
    String last = bar.covering(bar.text("write", 1000 * MB, 1000 * MB, 2, 78));
    assertEquals(longer.length(), last.length());
    assertTrue(last.endsWith("] 1,000/1,000 MB, 500 MB/s" + " ".repeat(8)), last);
    assertEquals("write", bar.covering("write").strip());
  }

  @Test
  void whileNothingIsKnownNoSpeedIsShown() {
    assertEquals(
        "write   0% [>                             ] 0/1,000 MB",
        bar.text("write", 0, 1000 * MB, 0, 78));
    assertEquals("write   0% [>  ", bar.text("write", 0, 0, 0, 78).substring(0, 15));
  }
}
