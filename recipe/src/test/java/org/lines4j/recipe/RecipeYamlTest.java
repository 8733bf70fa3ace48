package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.TokenizerSource;

class RecipeYamlTest {
  private static final Path FILE = Path.of("a.yml");

  private static Recipe read(String text) {
    return RecipeFile.parse(FILE, text).variants().getFirst().recipe();
  }

  private static String write(Recipe recipe) {
    return RecipeYaml.of(recipe, UnaryOperator.identity(), List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        merge_method: ties
        base_model: base
        models:
        - model: a
          parameters: {density: [0.2, 0.5], weight: 1e-7}
        - model: "with \\"quotes\\", \\\\ and: # ☃ \\n\\t\\u2028"
        parameters:
          trim_scope: model
          normalize: true
          word: "1.5"
        lines: {alpha: auto, beta: 0.30000000000000004, outside: depth, profile: step}
        dtype: float16
        out_dtype: bfloat16
        """,
        """
        merge_method: passthrough
        slices:
        - sources: [{model: a, layer_range: [0, 2], parameters: {scale: [{filter: mlp, value: 2}, {value: 1}]}}]
        - sources: [{model: b, layer_range: [1, 3]}]
          base_model: c
          parameters: {p: {filter: attn, value: [0, 1]}}
        chat_template: "{{ a }}\\n"
        """,
        """
        merge_method: passthrough
        modules:
          "vision: x":
            slices:
            - sources: [{model: a, layer_range: [0, 2], parameters: {scale: 2}}]
            - sources: [{model: b, layer_range: [1, 3]}]
              base_model: c
        """,
        """
        merge_method: linear
        base_model: base
        models: [{model: a}]
        lines: {alpha: 0.4, beta: 0, profile: uniform}
        tokenizer:
          source: a
          pad_to_multiple_of: 8
          tokens:
            <s>: {source: {kind: zero}}
            "x: y": {source: a, force: true}
            z: {source: {kind: model_token, model: a, token: q}}
            w: {source: {kind: model_token, model: a, token_id: 7}}
            v: {force: true}
        """
      })
  void whatIsWrittenIsReadAgain(String text) {
    Recipe recipe = read(text);

    String written = write(recipe);

    assertEquals(withoutLines(recipe), withoutLines(read(written)), written);
  }

  /// Line numbers, which messages need, move.
  private static String withoutLines(Recipe recipe) {
    return recipe.toString().replaceAll("line=\\d+", "");
  }

  @Test
  void allModelsAreRenamed() {
    Recipe recipe =
        read(
            """
            merge_method: task_arithmetic
            base_model: base
            models: [{model: a}]
            tokenizer: {source: b, tokens: {x: {source: c}, y: {source: {kind: model_token, model: d, token_id: 1}}}}
            """);

    Recipe renamed = read(RecipeYaml.of(recipe, name -> "/models/" + name, List.of()));

    assertEquals("/models/base", renamed.baseModel().orElseThrow());
    assertEquals("/models/a", renamed.slices().getFirst().sources().getFirst().model());
    assertEquals(
        new TokenizerSource.OfModel("/models/b"), renamed.tokenizer().orElseThrow().source());
    String rules = renamed.tokenizer().orElseThrow().tokens().toString();
    assertTrue(rules.contains("/models/c") && rules.contains("/models/d"), rules);
  }

  @Test
  void commentsComeFirst() {
    Recipe recipe = read("merge_method: linear\nmodels: [{model: a}]");

    String written = RecipeYaml.of(recipe, UnaryOperator.identity(), List.of("one\ntwo", "three"));

    assertTrue(written.startsWith("# one two\n# three\nmerge_method"), written);
    assertEquals(recipe.method(), read(written).method());
  }
}
