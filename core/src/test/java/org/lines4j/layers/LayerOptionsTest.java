package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lines4j.layers.Place.InLayer;
import org.lines4j.layers.Place.Outside;
import org.lines4j.layers.Place.Side;
import org.lines4j.tensor.TensorInfo;

/// What the user says goes before what is detected.
class LayerOptionsTest {
  private static final List<TensorInfo> TENSORS =
      ModelNames.ofLines(
          "embed.weight",
          "text.layers.{0-3}.mlp.{0-4}.weight",
          "vision.layers.{0-1}.mlp.{0-4}.weight",
          "bridge.weight",
          "head.weight");

  private static LayerMap withLayers(String regex) {
    return LayerMap.detect(TENSORS, LayerOptions.defaults().withLayers(Pattern.compile(regex)));
  }

  private static LayerMap withRules(String... lines) {
    List<LayerRule> rules = LayerRules.parse("rules.txt", List.of(lines));
    return LayerMap.detect(TENSORS, LayerOptions.defaults().withRules(rules));
  }

  @Test
  void thePatternsFirstGroupIsTheNumberFromZero() {
    LayerMap map = withLayers("text\\.layers\\.(\\d+)\\.");
    Stack stack = new Stack("text\\.layers\\.(\\d+)\\.", 4);
    assertEquals(List.of(stack), map.stacks());
    assertEquals(new InLayer(stack, 4), map.place("text.layers.3.mlp.0.weight"));
    assertEquals(new Outside(Side.AFTER), map.place("vision.layers.0.mlp.0.weight"));
    assertEquals(new Outside(Side.BEFORE), map.place("embed.weight"));
  }

  @Test
  void groupsMayBeNamed() {
    LayerMap map = withLayers("^(?<stack>\\w+)\\.layers\\.(?<layer>\\d+)\\.");
    assertEquals(List.of(new Stack("text", 4), new Stack("vision", 2)), map.stacks());
  }

  @Test
  void aStackGroupAloneLeavesTheOtherGroupToTheNumber() {
    LayerMap map = withLayers("^(?<stack>\\w+)\\.layers\\.(\\d+)\\.");
    assertEquals(List.of(new Stack("text", 4), new Stack("vision", 2)), map.stacks());
  }

  @Test
  void aPatternWithoutAGroupIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> withLayers("layers"));
    assertThrows(IllegalArgumentException.class, () -> withLayers("(?<stack>layers)"));
  }

  @Test
  void aPatternThatCapturesNoNumberIsRefusedByTensor() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> withLayers("^(\\w+)\\."));
    assertTrue(String.valueOf(e.getMessage()).contains("bridge.weight"), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("\"bridge\""), e.getMessage());
  }

  @Test
  void rulesAreExceptionsToDetection() {
    LayerMap map = withRules("^bridge\\. text.layers 3", "^text\\.layers\\.0\\. outside before");
    Stack stack = new Stack("text.layers", 4);
    assertEquals(new InLayer(stack, 3), map.place("bridge.weight"));
    assertEquals(new Outside(Side.BEFORE), map.place("text.layers.0.mlp.0.weight"));
    assertEquals(new InLayer(stack, 2), map.place("text.layers.1.mlp.0.weight"));
    assertEquals(List.of(stack, new Stack("vision.layers", 2)), map.stacks());
  }

  @Test
  void rulesMayMakeAStack() {
    LayerMap map =
        withRules("^vision\\.layers\\.(\\d+)\\. all $1+1", "^text\\.layers\\.(\\d+)\\. all $1+3");
    Stack stack = new Stack("all", 6);
    assertEquals(List.of(stack), map.stacks());
    assertEquals(new InLayer(stack, 6), map.place("text.layers.3.mlp.0.weight"));
    assertEquals(new InLayer(stack, 1), map.place("vision.layers.0.mlp.0.weight"));
  }

  @Test
  void theFirstRuleThatMatchesWins() {
    LayerMap map = withRules("head outside before", "head text.layers 1");
    assertEquals(new Outside(Side.BEFORE), map.place("head.weight"));
  }

  @Test
  void aRuleMayNotGiveLayerZero() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> withRules("^text\\.layers\\.(\\d+)\\. t $1"));
    assertTrue(String.valueOf(e.getMessage()).contains("layer 0"), e.getMessage());
  }
}
