package org.lines4j.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrontierTest {
  private static final List<Score> PATH =
      List.of(score(1, 0.5), score(0.98, 0.7), score(0.9, 0.8), score(0.4, 1));

  private static Score score(double target, double control) {
    return new Score(0, 0, target, control);
  }

  @Test
  void controlIsReadOffTheLineBetweenTwoPoints() {
    assertEquals(0.6, Frontier.controlAt(PATH, 0.99), 1e-12);
    assertEquals(0.75, Frontier.controlAt(PATH, 0.94), 1e-12);
  }

  @Test
  void atAPointItIsThePoints() {
    assertEquals(0.7, Frontier.controlAt(PATH, 0.98), 1e-12);
    assertEquals(1, Frontier.controlAt(PATH, 0.3), 1e-12);
  }

  @Test
  void aPathThatTurnsCountsWhereItIsBest() {
    List<Score> turning = List.of(score(1, 0.5), score(0.98, 0.9), score(0.99, 0.6));
    assertEquals(0.8, Frontier.controlAt(turning, 0.985), 1e-12);
  }

  @Test
  void whatIsNeverKeptHasNoControl() {
    assertEquals(Double.NaN, Frontier.controlAt(PATH, 1.01));
  }
}
