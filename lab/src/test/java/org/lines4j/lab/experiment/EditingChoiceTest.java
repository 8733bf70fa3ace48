package org.lines4j.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lines4j.lab.experiment.Editing.Point;
import org.lines4j.lab.experiment.Editing.Trace;

class EditingChoiceTest {
  private static Point point(double at, double target, double control) {
    Score validation = new Score(0, 0, target, control);
    return new Point(at, validation, new Score(0, 0, 9, 9), Map.of());
  }

  @Test
  void theChoiceWeighsTheTargetTwice() {
    Trace trace = new Trace(List.of(point(1, 1, 0.5), point(0.5, 0.95, 0.59), point(0, 0.9, 0.71)));
    assertEquals(0, trace.chosen().at());
  }

  @Test
  void ofEqualsTheOneNearestToTheFineTunedModelIsChosen() {
    Trace trace = new Trace(List.of(point(1, 1, 0.5), point(0.5, 0.875, 0.75)));
    assertEquals(1, trace.chosen().at());
  }

  @Test
  void aGroupOfBlocksIsKeptAndTheRestIsTheBase() {
    BlockGroup second = new BlockGroup(1, 4);
    double[] lambdas = new double[8];
    for (int layer = 1; layer <= 8; layer++) {
      lambdas[layer - 1] = second.atDepth(layer, 8);
    }
    assertEquals("[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]", java.util.Arrays.toString(lambdas));
    assertEquals(0, second.before() + second.after());
  }

  @Test
  void theSpreadIsThatOfASample() {
    Spread spread = Spread.of(List.of(1.0, 2.0, 3.0));
    assertEquals(2, spread.mean());
    assertEquals(1, spread.deviation());
    assertEquals(Double.NaN, Spread.of(List.of(1.0)).deviation());
  }
}
