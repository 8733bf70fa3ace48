package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.lines4j.layers.LayerRule.Target.ToLayer;
import org.lines4j.layers.LayerRule.Target.ToOutside;

class LayerRulesTest {
  @Test
  void linesAreRegexStackAndLayer() {
    List<LayerRule> rules =
        LayerRules.parse(
            "rules.txt",
            List.of(
                "# a comment",
                "",
                "^a\\.(\\d+)\\.   text  $1+1",
                "b c\\.(\\d)      text  $1",
                "  d              text  7  ",
                "^lm_head outside after",
                "^wte     outside before"));
    assertEquals(
        List.of("^a\\.(\\d+)\\.", "b c\\.(\\d)", "d", "^lm_head", "^wte"),
        rules.stream().map(rule -> rule.pattern().pattern()).toList());
    assertEquals(
        List.of(
            new ToLayer("text", OptionalInt.of(1), 1),
            new ToLayer("text", OptionalInt.of(1), 0),
            new ToLayer("text", OptionalInt.empty(), 7),
            new ToOutside(Place.Side.AFTER),
            new ToOutside(Place.Side.BEFORE)),
        rules.stream().map(LayerRule::target).toList());
  }

  private static String mistake(String line) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> LayerRules.parse("rules.txt", List.of("# first", line)));
    return String.valueOf(e.getMessage());
  }

  @Test
  void mistakesNameFileLineExpectedAndFound() {
    assertEquals(
        "rules.txt:2: expected REGEX STACK LAYER or REGEX outside before|after, found: ^head after",
        mistake("^head after"));
    assertEquals("rules.txt:2: expected before or after, found: up", mistake("head outside up"));
    assertEquals(
        "rules.txt:2: expected a layer: a number, $N or $N+k, found: $x", mistake("head text $x"));
    assertEquals(
        "rules.txt:2: expected a layer: a number, $N or $N+k, found: -1", mistake("head text -1"));
    assertEquals("rules.txt:2: $1 needs a group 1, but head has 0", mistake("head text $1"));
    assertEquals(
        "rules.txt:2: expected a regular expression (Unclosed group), found: (head",
        mistake("(head text 1"));
  }
}
