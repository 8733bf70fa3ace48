package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.TokenSource;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;
import org.lines4j.merge.Setting;
import org.lines4j.tensor.DType;

class RecipeFileTest {
  private static final Path FILE = Path.of("a.yml");
  private static final String MODELS = "merge_method: linear\nmodels: [{model: x}]\n";

  private static RecipeFile file(String text) {
    return RecipeFile.parse(FILE, text);
  }

  private static Recipe recipe(String text) {
    return file(text).variants().getFirst().recipe();
  }

  private static String refusal(String text) {
    return String.valueOf(
        assertThrows(RequestException.class, () -> RecipeResolver.of(recipe(text), Methods.all()))
            .getMessage());
  }

  private static Object value(String yaml) {
    Setting setting = recipe(MODELS + "parameters: {p: " + yaml + "}").parameters().get("p");
    return setting == null ? "" : setting.cases().getFirst().values();
  }

  @Test
  void depthScalingIsRead() {
    assertEquals(
        Optional.of(new Lines(Optional.empty(), 0.3, Outside.ALPHA)),
        recipe(MODELS + "lines: {alpha: auto, beta: 0.3}").lines());
    assertEquals(
        Optional.of(new Lines(Optional.of(0.5), 0.5, Outside.DEPTH)),
        recipe(MODELS + "lines: {alpha: 0.5, beta: 0.5, outside: depth}").lines());
  }

  @Test
  void depthProfilesAreRead() {
    assertEquals(
        Optional.of(new Lines(Optional.of(0.1), 0.9, Outside.ALPHA, DepthProfile.QUADRATIC)),
        recipe(MODELS + "lines: {alpha: 0.1, beta: 0.9, profile: quadratic}").lines());
    assertEquals(
        Optional.of(new Lines(Optional.of(0.4), 0, Outside.ALPHA, DepthProfile.UNIFORM)),
        recipe(MODELS + "lines: {alpha: 0.4, profile: uniform}").lines());
    String refusal = refusal(MODELS + "lines: {alpha: 0.1, beta: 0.9, profile: cubic}");
    assertTrue(refusal.contains("lines, uniform, reverse, quadratic, sqrt, step"), refusal);
  }

  @Test
  void whatOnlyDepthGivesAMeaningIsRefusedWithoutDepth() {
    for (String more : List.of("beta: 0.5", "beta: 0, outside: depth")) {
      String refusal = refusal(MODELS + "lines: {alpha: 0.4, profile: uniform, " + more + "}");
      assertTrue(refusal.contains("has no effect with profile: uniform"), refusal);
    }
  }

  @Test
  void typesAreRead() {
    Recipe recipe = recipe(MODELS + "dtype: float16\nout_dtype: torch.bfloat16");
    assertEquals(Optional.of(DType.F16), recipe.dtype());
    assertEquals(Optional.of(DType.BF16), recipe.outDtype());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1|[1.0]", "2e-3|[0.002]", "-.5|[-0.5]", "0x10|[16.0]", "true|[true]", "yes|[yes]"})
  void scalarsAreAsInYaml12(String yaml, String wanted) {
    assertEquals(wanted, String.valueOf(value(yaml)));
  }

  @Test
  void aGradientAndFiltersAreRead() {
    assertEquals(List.of(0.0, 0.5), value("[0, 0.5]"));
    Setting filtered =
        recipe(MODELS + "parameters: {p: [{filter: mlp, value: [0, 1]}, {value: 2}]}")
            .parameters()
            .getOrDefault("p", Setting.of("none"));
    assertEquals(Optional.of(0.25), filtered.valueFor("h.0.mlp.w", 0.25));
    assertEquals(Optional.of(2.0), filtered.valueFor("h.0.attn.w", 0.25));
  }

  @Test
  void anchorsAndMergeKeysWork() {
    Recipe recipe =
        recipe(
            """
            merge_method: linear
            models:
            - &first {model: x, parameters: {weight: 1}}
            - {<<: *first, model: y}
            """);
    assertEquals("y", recipe.slices().getFirst().sources().get(1).model());
    assertTrue(recipe.slices().getFirst().sources().get(1).parameters().containsKey("weight"));
  }

  @Test
  void tokenizersAreRead() {
    assertEquals(
        Optional.of(Tokenizer.of(new TokenizerSource.Union())),
        recipe(MODELS + "tokenizer_source: union").tokenizer());
    Tokenizer tokenizer =
        recipe(
                MODELS
                    + """
                    tokenizer:
                      source: base
                      pad_to_multiple_of: 64
                      tokens:
                        <|im_end|>: {source: x, force: true}
                        <a>: {source: {kind: model_token, model: x, token: <b>}}
                        <z>: {source: {kind: zero}}
                    """)
            .tokenizer()
            .orElseThrow();
    assertEquals(new TokenizerSource.Base(), tokenizer.source());
    assertEquals(64, tokenizer.padToMultipleOf().orElseThrow());
    assertEquals(
        Map.of(
            "<|im_end|>", new TokenRule(new TokenSource.SameToken("x"), true),
            "<a>", new TokenRule(new TokenSource.OtherToken("x", "<b>"), false),
            "<z>", new TokenRule(new TokenSource.Zero(), false)),
        tokenizer.tokens());
  }

  @Test
  void aPathMakesOneRecipeForEachValue() {
    RecipeFile file =
        file(
            """
            merge_method: task_arithmetic
            base_model: b
            models:
            - {model: x, parameters: {weight: w}}
            - {model: y, parameters: {weight: 1 - w}}
            path:
              w: [0, 0.1 … 1]
            """);
    assertEquals(11, file.variants().size());
    assertEquals("w=0", file.variants().getFirst().label());
    assertEquals("w=0.3", file.variants().get(3).label());
    List<Recipe.ModelUse> models = file.variants().get(3).recipe().slices().getFirst().sources();
    assertEquals(Optional.of(0.3), weight(models.get(0)));
    assertEquals(Optional.of(0.7), weight(models.get(1)));
  }

  private static Optional<Object> weight(Recipe.ModelUse use) {
    return Objects.requireNonNull(use.parameters().get("weight")).valueFor("", 0);
  }

  @Test
  void aPathMayGoThroughDepthScaling() {
    RecipeFile file = file(MODELS + "lines: {alpha: auto, beta: b}\npath: {b: [0.1, 0.2 ... 1.5]}");
    assertEquals(15, file.variants().size());
    assertEquals(1.5, file.variants().getLast().recipe().lines().orElseThrow().beta(), 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "path: {w: []}|a.yml:3: path has no values",
        "path: {w: [0.1 … 1]}|needs a number before it",
        "path: {w: [0, 0.3 … 1]}|steps of 0.3 do not lead from 0.3 to 1",
        "path: {w: [0, 0 … 1]}|steps of 0 do not lead",
        "path: {w: [0, 1e-9 … 1]}|a path has at most 1000 values, found 1000000001",
        "path: {w: [0, 1 … 1000]}|at most 1000 values, found 1001",
        "path: {w: [0, 1 … 700, 701.5, 702 … 1000]}|at most 1000 values",
        "path:|path should be a mapping, found nothing",
        "lines:|lines should be a mapping, found nothing",
        "path: {w: [0, 1], v: [0]}|one variable",
        "path: {w: [0, x]}|numbers or 'a … b', found 'x'",
        "path: {w: [0, 1]}|no parameter is w or 1 - w",
        "path: {w: [1e999999999]}|too many digits",
        "path: {w: [0, 1]}\\nparameters:\\n  lambda: 2*w|a.yml:5: lambda should be a number, w or"
            + " 1 - w, found '2*w'",
        "path: {w: [0, 1]}\\nparameters: {p: w, lambda: [1 - 2w]}|a.yml:4: an item of lambda should"
            + " be a number, w or 1 - w, found '1 - 2w'",
        "path: {w: [0, 1]}\\n"
            + "lines: {alpha: w/2, beta: w}|a.yml:4: alpha should be a number, auto, w or 1 - w,"
            + " found 'w/2'",
        "path: {w: [0, 1]}\\nparameters: {p: w_2, q: new}|no parameter is w or 1 - w",
        "lines: {alpha: automatic, beta: 1}|a.yml:3: alpha should be a number or auto, found"
            + " 'automatic'",
        "lines: {alpha: auto, beta: auto}|a.yml:3: beta should be a number, found 'auto'",
        "lines: {alpha: 1e999, beta: 1}|a.yml:3: alpha should be a number or auto, found '1e999'"
      })
  void aPathThatLeadsNowhereIsRefused(String path, String message) {
    String refusal = refusal(MODELS + path.replace("\\n", "\n"));
    assertTrue(refusal.contains(message), refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "merge_metod: linear|a.yml:1: unknown key 'merge_metod' in the recipe; did you mean"
            + " 'merge_method'?",
        "merge_method: linear|has either models or slices, found neither",
        "models: [{model: x}]|the recipe needs 'merge_method'",
        "[1, 2]|the recipe should be a mapping, found a list",
        "x|the recipe should be a mapping, found 'x'",
        "--- # nothing|should be a mapping, found nothing",
        "{merge_method: linear, models: []}|models is empty",
        "{merge_method: linear, models: [{modle: x}]}|unknown key 'modle' in an item of models; did"
            + " you mean 'model'?",
        "{merge_method: linear, models: x}|models should be a list, found 'x'",
        "{merge_method: linaer, models: [{model: x}]}|there is no merge method 'linaer'; did you"
            + " mean 'linear'?",
        "{merge_method: linear, merge_method: ties}|stands twice in the recipe",
        "{merge_method: ties, models: [{model: x}]}|ties merges updates of a base model; name it"
            + " with base_model",
        "{merge_method: linear, dtype: float33, models: [{model: x}]}|dtype should be float32",
        "{merge_method: linear, modules: {}, models: [{model: x}]}|modules should be one module",
        "{merge_method: linear, modules: {a: {models: [{model: x}]}, b: {models: [{model:"
            + " x}]}}}|modules should be one module",
        "{merge_method: linear, slices: [{sources: [{model: x}]}]}|needs 'layer_range'",
        "{merge_method: linear, slices: [{sources: [{model: x, layer_range: [3, 1]}]}]}"
            + "|a.yml:1: layer_range should be [first, one past the last], counted from 0, found"
            + " [3, 1]",
        "{merge_method: linear, slices: [{sources: [{model: x, layer_range: [3]}]}]}"
            + "|layer_range should be [first, one past the last], counted from 0, found [3]",
        "{merge_method: linear, slices: [{sources: [{model: x, layer_range: [0, 1.5]}]}]}"
            + "|an item of layer_range should be a whole number ≥ 0, found '1.5'",
        "{merge_method: linear, slices: [{sources: [{model: x, layer_range: [-1, all]}]}]}"
            + "|an item of layer_range should be a whole number ≥ 0, found '-1'",
        "{merge_method: linear, slices: [{sources: [{model: x, layer_range: [0, all]}]}]}"
            + "|an item of layer_range should be a whole number ≥ 0, found 'all'",
        "{merge_method: [|a.yml:1: not YAML",
        "{merge_method: linear, tokenizer: {source: base}, tokenizer_source: base,"
            + " models: [{model: x}]}|not both"
      })
  void mistakesAreNamedWithTheirLine(String text, String message) {
    String refusal = refusal(text);
    assertTrue(refusal.contains(message), refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "densty: 1|a.yml:5: ties has no parameter 'densty'; did you mean 'density'?",
        "weight: heavy|a.yml:5: weight should be a number, found 'heavy'",
        "weight: [0, heavy]|a.yml:5: weight should be a number, found 'heavy'",
        "weight: {filter: mlp}|a.yml:5: weight needs 'value'",
        "weight: []|a.yml:5: weight is a gradient without values",
        "weight:|a.yml:5: weight should be a number or a word, found nothing",
        "weight: null|a.yml:5: weight should be a number or a word, found nothing",
        "{density: 1, weight: ~}|a.yml:5: weight should be a number or a word, found nothing",
        "weight: .inf|a.yml:5: weight should be a finite number, found '.inf'",
        "normalize: maybe|a.yml:5: normalize should be true or false, found 'maybe'",
        "density: 1.5|a.yml:5: density should be a number from 0 to 1, found 1.5",
        "density: [0.5, -1]|a.yml:5: density should be a number from 0 to 1, found -1.0",
        "trim_scope: modle|a.yml:5: trim_scope should be tensor or model, found 'modle'; did you"
            + " mean 'model'?",
        "aggregate: 3|a.yml:5: aggregate should be mean, sum or max, found 3.0",
        "normalize: true|''"
      })
  void parametersAreChecked(String parameter, String message) {
    String text =
        "merge_method: ties\nbase_model: b\nmodels: [{model: x}]\nparameters:\n  " + parameter;
    if (message.isEmpty()) {
      assertEquals("ties", recipe(text).method());
    } else {
      String refusal = refusal(text);
      assertTrue(refusal.contains(message), refusal);
    }
  }

  @Test
  void anEmptyValueIsNamedWithItsLineAndNoParametersAreAllowed() {
    assertTrue(
        refusal(MODELS + "parameters:\n  weight:\n  normalize: true")
            .contains("a.yml:4: weight should be a number or a word, found nothing"));
    assertEquals(Map.of(), recipe(MODELS + "parameters:").parameters());
  }

  @Test
  void aParameterOfTheWholeMergeIsNoModelsOwn() {
    String refusal =
        refusal(
            """
            merge_method: slerp
            base_model: x
            models:
            - model: y
              parameters:
                t: 1
            """);
    assertTrue(refusal.contains("a.yml:6: slerp takes one 't' for all models"), refusal);
  }

  @Test
  void depthScalingTakesTheBaseAndThePlaceOfLambda() {
    String lines = "lines: {alpha: auto, beta: 1}\n";
    assertTrue(
        refusal(MODELS.replace("linear", "karcher") + lines)
            .contains("karcher merges models as they are"));
    assertTrue(refusal(MODELS + lines).contains("name it with base_model"));
    String ties = "merge_method: ties\nbase_model: b\nmodels: [{model: x}]\n";
    String refusal = refusal(ties + lines + "parameters: {lambda: 1}");
    assertTrue(refusal.contains("takes the place of the parameter lambda"), refusal);
  }

  @Test
  void hostileTextIsRefusedQuickly() {
    assertTrue(
        refusal("# nothing")
            .contains("the recipe is empty; it should have merge_method and models"));
    assertTrue(refusal("[".repeat(100_000)).contains("no recipe: more than 32 levels"));
    StringBuilder bomb = new StringBuilder("merge_method: linear\nmodels:\n- {model: x}\n");
    bomb.append("- &a {parameters: {weight: [" + "1,".repeat(5_000) + "1]}, model: x}\n");
    bomb.append("- *a\n".repeat(100));
    assertTrue(refusal(bomb.toString()).contains("aliases stand for more than 200000 nodes"));
    StringBuilder laughs = new StringBuilder("a: &a [1,1,1,1,1,1,1,1,1]\n");
    for (char c = 'b'; c < 'k'; c++) {
      String before = "*" + (char) (c - 1) + ",";
      laughs.append("%c: &%c [%s1]\n".formatted(c, c, before.repeat(9)));
    }
    assertTrue(refusal(laughs.toString()).contains("unknown key 'a'"));
    assertTrue(refusal("&r [*r]").contains("*r names nothing that is complete"));
    assertTrue(refusal("models: &m {<<: *m}").contains("*m names nothing that is complete"));
  }

  @Test
  void aLongGradientIsNoBombOfAliases() {
    String weights = "0.5,".repeat(99_999) + "1";
    Setting weight =
        Objects.requireNonNull(
            recipe(
                    "merge_method: linear\nmodels:\n- model: x\n  parameters: {weight: [%s]}\n"
                        .formatted(weights))
                .slices()
                .getFirst()
                .sources()
                .getFirst()
                .parameters()
                .get("weight"));
    assertEquals(100_000, weight.cases().getFirst().values().size());
  }

  @Test
  void keysThatHoldAnchorsAlonePassUnread() {
    Recipe recipe =
        recipe(
            """
            x-defaults: &d {weight: 0.5}
            merge_method: linear
            models: [{model: x, parameters: *d}]
            """);
    assertEquals(
        List.of("weight"),
        List.copyOf(recipe.slices().getFirst().sources().getFirst().parameters().keySet()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: org/name, revision: main}|org/name@main",
        "{path: org/name, revision: null}|org/name",
        "{model: {path: org/name, revision: main}, lora: null, override_architecture:"
            + " null}|org/name@main",
        "{model: org/name}|org/name",
        "{model: {path: org/name}, lora: {path: own/lora}}|org/name+own/lora",
        "{path: pom.xml, revision: main}|pom.xml"
      })
  void modelsMayBeNamedAsMergekitWritesThemItself(String model, String name) {
    String text =
        "merge_method: ties\nbase_model: %s\nmodels: [{model: %s}]\n".formatted(model, model);
    assertEquals(name, recipe(text).slices().getFirst().sources().getFirst().model());
    assertEquals(Optional.of(name), recipe(text).baseModel());
    assertEquals(
        Optional.of(new TokenizerSource.OfModel(name)),
        recipe(text + "tokenizer_source: " + model).tokenizer().map(Tokenizer::source));
  }

  @Test
  void filesOfMergekitsOtherProgramsAreCalledWhatTheyAre() {
    String experts = "experts: [{source_model: a}]\n";
    assertTrue(
        refusal("base_model: b\ngate_mode: hidden\n" + experts)
            .contains(
                "(it has 'gate_mode'), not a recipe to merge by: that has merge_method, and models"
                    + " or slices"));
    assertTrue(refusal(experts).contains("a.yml:1: a file for mergekit-moe (it has 'experts')"));
    assertTrue(refusal("genome: {models: [a]}").contains("a file for mergekit-evolve"));
  }

  /// Of many cards of the Hub, whose recipes mergekit takes.
  @Test
  void whatStandsBesideParametersIsToldWhereItBelongs() {
    for (String key : List.of("normalize: true", "int8_mask: true", "weight: 0.5")) {
      String refusal = refusal(MODELS + key);
      assertTrue(refusal.contains("stands beside parameters, where mergekit passes over"), refusal);
      assertTrue(refusal.contains("leave it out or, to have it count, move it under"), refusal);
    }
  }

  @Test
  void keysForAnchorsAreToldHowToBegin() {
    String refusal = refusal("MODEL1: &m {parameters: {weight: 1}}\n" + MODELS);
    assertTrue(
        refusal.contains("a key that is there for its anchor alone begins with x-"), refusal);
  }

  @Test
  void aModelsCardIsCalledOne(@TempDir Path folder) throws IOException {
    Path card = folder.resolve("README.md");
    Files.writeString(card, "---\ntags: [merge]\n---\n# m\n\n```yaml\n" + MODELS + "```\n");
    RequestException e = assertThrows(RequestException.class, () -> RecipeFile.read(card));
    assertTrue(String.valueOf(e.getMessage()).contains("between its lines of ```"), e::toString);
  }

  @Test
  void aTokenizersModelMayBeNamedAsMergekitOnceHadIt() {
    assertEquals(
        Optional.of(new TokenizerSource.OfModel("org/name")),
        recipe(MODELS + "tokenizer_source: model:org/name").tokenizer().map(Tokenizer::source));
  }

  @Test
  void whatMergekitNoLongerKnowsPasses() {
    String text = "merge_method: slerp\nbase_model: x\nmodels: [{model: y}]\nrandom_seed: 0\n";
    Recipe recipe = recipe(text + "parameters: {t: 0.5, embed_slerp: true}");
    assertTrue(recipe.gives("random_seed"));
    assertEquals(Set.of("x", "y"), RecipeResolver.of(recipe, Methods.all()).modelNames());
  }
}
