package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Place.InLayer;
import org.lines4j.layers.Place.Side;

class LayerScalingTest {
  private static final Stack STACK = new Stack("blocks", 12);
  private static final Place BEFORE = new Place.Outside(Side.BEFORE);
  private static final Place AFTER = new Place.Outside(Side.AFTER);

  @Test
  void lambdaGrowsFromAlphaToAlphaPlusBeta() {
    LayerScaling lines = LayerScaling.lines(0.1, 0.9, Outside.ALPHA);
    assertEquals(0.1, lines.lambda(new InLayer(STACK, 1)));
    assertEquals(0.1 + 0.9 * (5 / 11.0), lines.lambda(new InLayer(STACK, 6)));
    assertEquals(0.1 + 0.9, lines.lambda(new InLayer(STACK, 12)));
  }

  @Test
  void aSingleLayerGetsAlpha() {
    assertEquals(0.3, LayerScaling.lines(0.3, 0.7, Outside.DEPTH).atDepth(1, 1));
  }

  @Test
  void outsideGetsAlphaOrWhatDepthSuggests() {
    LayerScaling alpha = LayerScaling.lines(0.2, 0.8, Outside.ALPHA);
    assertEquals(0.2, alpha.lambda(BEFORE));
    assertEquals(0.2, alpha.lambda(AFTER));
    LayerScaling depth = LayerScaling.lines(0.2, 0.8, Outside.DEPTH);
    assertEquals(0.2, depth.lambda(BEFORE));
    assertEquals(1.0, depth.lambda(AFTER));
  }

  @ParameterizedTest
  @CsvSource({
    "LINES,     0.1 0.3  0.5 0.7  0.9",
    "UNIFORM,   0.1 0.1  0.1 0.1  0.1",
    "REVERSE,   0.9 0.7  0.5 0.3  0.1",
    "QUADRATIC, 0.1 0.15 0.3 0.55 0.9",
    "SQRT,      0.1 0.5  0.6656854249492381 0.7928203230275509 0.9",
    "STEP,      0.1 0.1  0.9 0.9  0.9"
  })
  void profilesGoFromAlphaToAlphaPlusBetaInTheirWay(DepthProfile profile, String lambdas) {
    LayerScaling scaling = profile.between(0.1, 0.8, Outside.ALPHA);
    List<String> wanted = List.of(lambdas.split(" +", -1));
    for (int layer = 1; layer <= 5; layer++) {
      assertEquals(Double.parseDouble(wanted.get(layer - 1)), scaling.atDepth(layer, 5), 1e-15);
    }
    assertEquals(0.1, scaling.atDepth(1, 1));
    assertEquals(0.1, scaling.lambda(BEFORE));
    assertEquals(0.1, scaling.lambda(AFTER));
  }

  @ParameterizedTest
  @EnumSource(DepthProfile.class)
  void outsideByDepthIsWhatTheNearerEndHas(DepthProfile profile) {
    LayerScaling scaling = profile.between(0.1, 0.8, Outside.DEPTH);
    assertEquals(scaling.atDepth(1, 9), scaling.lambda(BEFORE));
    assertEquals(scaling.atDepth(9, 9), scaling.lambda(AFTER));
  }

  @Test
  void theProfileLinesIsLinesItself() {
    assertEquals(
        LayerScaling.lines(0.1, 0.9, Outside.DEPTH),
        DepthProfile.LINES.between(0.1, 0.9, Outside.DEPTH));
    assertEquals(Optional.of(DepthProfile.SQRT), DepthProfile.ofTitle("sqrt"));
    assertEquals(Optional.empty(), DepthProfile.ofTitle("cubic"));
  }

  @Test
  void uniformIsTheSameEverywhere() {
    LayerScaling uniform = LayerScaling.uniform(0.4);
    assertEquals(0.4, uniform.lambda(new InLayer(STACK, 7)));
    assertEquals(0.4, uniform.lambda(BEFORE));
    assertEquals(0.4, uniform.lambda(AFTER));
  }

  /// As cards show it.
  @Test
  void inWords() {
    assertEquals(
        "alpha 0.1, beta 0.9, outside depth",
        LayerScaling.lines(0.1, 0.9, Outside.DEPTH).toString());
    assertEquals("lambda 0.5 everywhere", LayerScaling.uniform(0.5).toString());
  }
}
