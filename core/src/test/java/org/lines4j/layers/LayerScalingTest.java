package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
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

  @Test
  void uniformIsTheSameEverywhere() {
    LayerScaling uniform = LayerScaling.uniform(0.4);
    assertEquals(0.4, uniform.lambda(new InLayer(STACK, 7)));
    assertEquals(0.4, uniform.lambda(BEFORE));
    assertEquals(0.4, uniform.lambda(AFTER));
  }
}
