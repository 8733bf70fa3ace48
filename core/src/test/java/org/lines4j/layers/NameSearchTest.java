package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

class NameSearchTest {
  private static final String LONG = "a".repeat(100_000) + "!";

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(a|a)*$", "(a|b)*$", "(?:a|aa)+$", "(.*)*!!", "a*a*a*a*a*b"})
  void aPatternThatTakesForEverIsRefused(String regex) {
    Pattern pattern = NameSearch.compile(regex);
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> new NameSearch().isFound(pattern, LONG))
                .getMessage());
    assertTrue(message.startsWith("the pattern '" + regex + "' takes too long"), message);
    assertTrue(message.length() < 500, message);
  }

  @Test
  void manyNamesThatEachTakeLongAreTooMuchToo() {
    Pattern pattern = NameSearch.compile(".*.*.*x");
    NameSearch search = new NameSearch();
    assertThrows(
        IllegalArgumentException.class,
        () -> {
          for (int i = 0; i < 1_000_000; i++) {
            search.isFound(pattern, "model.layers.self_attn.q_proj.weight" + i);
          }
        });
  }

  @Test
  void aPatternOfADeepNestOrManyRoundsIsRefused() {
    String nest = "(".repeat(50_000) + "a" + ")".repeat(50_000);
    assertThrows(PatternSyntaxException.class, () -> NameSearch.compile(nest));
    assertThrows(PatternSyntaxException.class, () -> NameSearch.compile("(){2000000000}"));
    assertThrows(PatternSyntaxException.class, () -> NameSearch.compile("((){9999}){9999}"));
  }

  @Test
  void usualPatternsWorkOnManyNames() {
    Pattern pattern = NameSearch.compile("^(?!vision).*layers\\.(?<layer>\\d+)\\.(?=mlp|self)");
    NameSearch search = new NameSearch();
    for (int i = 0; i < 100_000; i++) {
      assertTrue(
          search.isFound(pattern, "language_model.model.layers." + i + ".mlp.experts.7.w1.weight"));
      assertFalse(search.isFound(pattern, "vision_tower.layers." + i + ".mlp.weight"));
    }
  }

  @Test
  void layersAreFoundAsBefore() {
    TensorInfo info = new TensorInfo("x.7.w", DType.F32, Shape.of(1));
    LayerOptions options =
        new LayerOptions(
            StackMode.JOINED,
            java.util.Optional.of(NameSearch.compile("x\\.(\\d+)")),
            LayerRules.parse("rules", List.of("(a+)+$ outside before")));
    assertEquals("8/8", place(info, options));
    assertThrows(
        IllegalArgumentException.class,
        () -> LayerMap.detect(List.of(new TensorInfo(LONG, DType.F32, Shape.of(1))), options));
  }

  private static String place(TensorInfo info, LayerOptions options) {
    return switch (LayerMap.detect(List.of(info), options).place(info.name())) {
      case Place.InLayer(Stack stack, int layer) -> layer + "/" + stack.layers();
      case Place.Outside _ -> "outside";
    };
  }
}
