package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.error.RequestException;

class ChoicesTest {
  private static final List<String> KNOWN = List.of("letters", "scripts");

  private static void refused(String message, Runnable asked) {
    RequestException refused = assertThrows(RequestException.class, asked::run);
    assertEquals(message, refused.getMessage());
  }

  @Test
  void aTaskThatThereIsNotIsRefusedBeforeAnythingIsFetched() {
    refused(
        "--tasks: there is no 'leters'; there are letters, scripts",
        () -> Choices.among("--tasks", List.of("letters", "leters"), KNOWN));
    refused(
        "--tasks: letters is given twice",
        () -> Choices.among("--tasks", List.of("letters", "letters"), KNOWN));
    assertDoesNotThrow(() -> Choices.among("--tasks", null, KNOWN));
  }

  @Test
  void aRateThatNothingLearnsAtIsRefused() {
    for (double rate : new double[] {0, -1e-3, Double.NaN, 3}) {
      assertThrows(RequestException.class, () -> Choices.rates("--rates", List.of(rate)));
    }
    refused("--rates: 0.001 is given twice", () -> Choices.rates("--rates", List.of(1e-3, 0.001)));
    assertDoesNotThrow(() -> Choices.rates("--rates", List.of(6e-4, 2e-3)));
  }
}
