package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.tensor.Shape;

/// What a recipe makes of models that are not all alike.
class ModelsTest {
  private static final String TASK = "merge_method: task_arithmetic\nbase_model: a.safetensors\n";

  @TempDir private Path folder;

  /// Writes a model of float32 matrices, each filled with one number and counting up.
  private void model(String name, Map<String, Integer> tensors) throws IOException {
    model(name, tensors, Map.of());
  }

  /// @param rows of those that have other than two
  private void model(String name, Map<String, Integer> tensors, Map<String, Integer> rows)
      throws IOException {
    StringBuilder header = new StringBuilder("{");
    ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    new TreeMap<>(tensors)
        .forEach(
            (tensor, first) -> {
              int start = data.position();
              int height = rows.getOrDefault(tensor, 2);
              for (int i = 0; i < 2 * height; i++) {
                data.putFloat(first + i);
              }
              header.append(header.length() == 1 ? "" : ",");
              header.append(
                  "\"%s\":{\"dtype\":\"F32\",\"shape\":[%d,2],\"data_offsets\":[%d,%d]}"
                      .formatted(tensor, height, start, data.position()));
            });
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + data.position()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text).put(data.flip());
    Files.write(folder.resolve(name + ".safetensors"), file.array());
  }

  private static Map<String, Integer> blocks(int seed) {
    Map<String, Integer> tensors = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      tensors.put("layers." + i + ".w", seed + 10 * i);
      tensors.put("layers." + i + ".v", seed + 10 * i + 5);
    }
    return tensors;
  }

  private static Map<String, Integer> with(Map<String, Integer> tensors, String name, int value) {
    Map<String, Integer> more = new TreeMap<>(tensors);
    more.put(name, value);
    return more;
  }

  private ResolvedTensors resolve(String text) throws IOException {
    return resolve(text, OnMismatch.REFUSE);
  }

  private ResolvedTensors resolve(String text, OnMismatch mismatch) throws IOException {
    RecipeFile file = RecipeFile.parse(folder.resolve("r.yml"), text);
    RecipeResolver resolver = RecipeResolver.of(file.variants().getFirst().recipe(), Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), file.folder())) {
      return ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults(), mismatch));
    }
  }

  private String misfit(String text) {
    return String.valueOf(assertThrows(InputException.class, () -> resolve(text)).getMessage());
  }

  private static String use(String... models) {
    List<String> items = new ArrayList<>();
    for (String model : models) {
      items.add("{model: %s.safetensors}".formatted(model));
    }
    return "models: " + items + "\n";
  }

  /// The first two layers of each model, on top of each other.
  private static String stack(String... models) {
    StringBuilder text = new StringBuilder("merge_method: passthrough\nslices:\n");
    for (String model : models) {
      text.append("- sources: [{model: %s, layer_range: [0, 2]}]\n".formatted(model));
    }
    return text.toString();
  }

  private static Map<String, Integer> embedded(int seed) {
    return with(blocks(seed), "embed_tokens.weight", seed + 50);
  }

  @Test
  void everyMissingTensorIsListed() throws IOException {
    model("a", blocks(0));
    model("b", with(blocks(100), "extra.w", 7));
    Map<String, Integer> fewer = blocks(200);
    fewer.remove("layers.1.w");
    model("c", fewer);
    String message = misfit(TASK + use("b", "c"));
    assertTrue(message.contains("2 of 7 tensors"), message);
    assertTrue(message.contains("layers.1.w: missing in c.safetensors"), message);
    assertTrue(message.contains("extra.w: missing in c.safetensors, a.safetensors"), message);
  }

  private static Map<String, Integer> behind(String prefix, Map<String, Integer> model) {
    Map<String, Integer> behind = new TreeMap<>();
    model.forEach((name, value) -> behind.put(prefix + name, value));
    return behind;
  }

  @Test
  void aCommonPrefixIsLeftOut() throws IOException {
    model("a", blocks(0));
    model("b", behind("module.", blocks(100)));
    ResolvedTensors merge = resolve(TASK + use("b"));
    assertEquals(
        blocks(0).keySet().stream().toList(),
        merge.tensors().stream().map(MergeTensor::name).sorted().toList());
    assertTrue(
        merge.notices().getFirst().contains("'module.' left out"), merge.notices()::toString);
  }

  @Test
  void aHeadThatOneModelStoresIsTheEmbeddingOfTheOthers() throws IOException {
    model("a", embedded(0));
    model("b", with(embedded(100), "lm_head.weight", 70));
    ResolvedTensors merge = resolve(TASK + use("b"));
    MergeTensor head =
        merge.tensors().stream()
            .filter(tensor -> tensor.name().equals("lm_head.weight"))
            .findFirst()
            .orElseThrow();
    assertEquals("lm_head.weight", head.base().orElseThrow().name());
    assertTrue(merge.notices().getFirst().contains("its head is its embedding"));
  }

  /// Images, and what predicts tokens further ahead, which transformers does not save.
  @ParameterizedTest
  @ValueSource(
      strings = {"vision_tower.w", "mtp.layers.0.w", "language_model.layers.9.eh_proj.weight"})
  void partsOfOneModelAreItsOwn(String part) throws IOException {
    model("a", with(behind("language_model.", blocks(0)), part, 77));
    model("b", blocks(100));
    ResolvedTensors merge = resolve(TASK + use("b"));
    MergeTensor own =
        merge.tensors().stream()
            .filter(tensor -> tensor.name().equals(part))
            .findFirst()
            .orElseThrow();
    assertTrue(own.isKept());
    assertEquals(merge.tensors().size(), blocks(0).size() + 1);
    assertTrue(merge.notices().toString().contains(part + ": not all models have"));
  }

  /// Half of each layer would be merged, or some of the layers.
  @ParameterizedTest
  @ValueSource(strings = {"visual.layers.1.u", "visual.layers.3.w"})
  void whatCommonLayersForImagesLackIsRefused(String name) throws IOException {
    Map<String, Integer> base = new TreeMap<>(blocks(0));
    base.putAll(behind("visual.", blocks(50)));
    Map<String, Integer> tuned = new TreeMap<>(blocks(100));
    tuned.putAll(behind("visual.", blocks(150)));
    for (boolean isBases : List.of(true, false)) {
      model("a", isBases ? with(base, name, 77) : base);
      model("b", isBases ? tuned : with(tuned, name, 77));
      String message = misfit(TASK + use("b"));
      assertTrue(message.contains(name + ": missing in"), message);
    }
  }

  @Test
  void aTowerThatMayHaveTwoNamesIsRefused() throws IOException {
    for (String name : List.of("a", "b")) {
      Map<String, Integer> model = new TreeMap<>(blocks(0));
      for (int i = 0; i < 3; i++) {
        model.put(name.equals("a") ? "vision." + i + ".w" : "visual.blocks." + i + ".x", 70 + i);
      }
      model(name, model);
    }
    String message = misfit(TASK + use("b"));
    assertTrue(message.contains("vision.0.w: missing in b.safetensors"), message);
  }

  @Test
  void aTensorThatOneModelStoresUnderItsTiedNameIsFound() throws IOException {
    model("a", with(blocks(0), "embed_tokens.weight", 50));
    model("b", with(with(blocks(100), "embed_tokens.weight", 70), "lm_head.weight", 70));
    ResolvedTensors merge = resolve(TASK + use("b"));
    MergeTensor head =
        merge.tensors().stream()
            .filter(tensor -> tensor.name().equals("lm_head.weight"))
            .findFirst()
            .orElseThrow();
    assertEquals("embed_tokens.weight", head.base().orElseThrow().name());
    assertEquals("lm_head.weight", head.models().getFirst().name());
  }

  @Test
  void tiedTensorsGetTheSameParameters() throws IOException {
    for (String name : List.of("a", "b")) {
      int seed = name.charAt(0);
      model(
          name,
          with(with(blocks(seed), "embed_tokens.weight", 7 * seed), "lm_head.weight", 7 * seed));
    }
    ResolvedTensors merge =
        resolve(
            TASK
                + "models:\n- model: b.safetensors\n  parameters:\n"
                + "    weight: [{filter: lm_head, value: 0.5}, {value: 0.25}]\n");
    for (MergeTensor tensor : merge.tensors()) {
      assertEquals(0.25, tensor.modelParameters().getFirst().get("weight"), tensor.name());
    }
  }

  @Test
  void theSameModelUnderTwoNamesIsOpenedOnce() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    ResolvedTensors merge =
        resolve(TASK + "models: [{model: ./a.safetensors}, {model: b.safetensors}]");
    assertEquals(2, merge.inputs().size());
    assertEquals(1, merge.modelCount(), "the base is no merged model under any name");
  }

  @Test
  void aListedBaseIsAveragedWithTheOthers() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String linear = "merge_method: linear\nbase_model: a.safetensors\n";
    assertEquals(2, resolve(linear + use("a", "b")).modelCount());
    assertEquals(1, resolve(linear + use("b")).modelCount());
    assertTrue(resolve(linear + use("b")).tensors().getFirst().base().isPresent());
  }

  @Test
  void methodsSayHowManyModelsTheyTake() throws IOException {
    model("a", blocks(0));
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> resolve(TASK + use("a"))).getMessage());
    assertTrue(message.contains("the base not counted, should be 1 or more, found 0"), message);
    model("b", blocks(100));
    String twice = TASK.replace("task_arithmetic", "passthrough") + use("b");
    message =
        String.valueOf(assertThrows(RequestException.class, () -> resolve(twice)).getMessage());
    assertTrue(
        message.endsWith("should be 1, found 2; it has no base, so base_model is one of them"),
        message);
  }

  @Test
  void parametersOfTheBaseAreNoted() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String weighted = "models:\n- {model: a.safetensors, parameters: {weight: 2}}\n";
    String other = "- {model: b.safetensors}\n";
    List<String> notices = resolve(TASK + weighted + other).notices();
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(
        notices.getFirst().contains("r.yml:4: the parameters of a.safetensors have no effect"),
        notices.toString());
    String linear = TASK.replace("task_arithmetic", "linear");
    assertEquals(List.of(), resolve(linear + weighted + other).notices());
  }

  @Test
  void aParameterThatCountsNowhereIsNoted() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String ties = TASK.replace("task_arithmetic", "ties") + use("b");
    assertEquals(List.of(), resolve(ties).notices());
    assertEquals(
        List.of("aggregate has no effect: it counts only where trim_scope: model"),
        resolve(ties + "parameters: {aggregate: sum, normalize: true}").notices());
    assertEquals(
        List.of("normalize has no effect: it counts only where trim_scope: tensor"),
        resolve(ties + "parameters: {trim_scope: model, aggregate: sum, normalize: true}")
            .notices());
    String somewhere = "trim_scope: [{filter: layers.1.w, value: model}, {value: tensor}]";
    assertEquals(
        List.of(), resolve(ties + "parameters:\n  aggregate: sum\n  " + somewhere).notices());
  }

  private List<String> notices(String text) throws IOException {
    return resolve(text).notices().stream()
        .map(notice -> notice.replace(folder + java.io.File.separator, ""))
        .toList();
  }

  @Test
  void aFilterThatFitsNoTensorIsNoted() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String weight = TASK + use("b") + "parameters:\n  weight:\n";
    assertEquals(List.of(), notices(weight + "  - {filter: .v, value: 3}\n  - value: 1"));
    assertEquals(
        List.of(
            "r.yml:6: no tensor's name contains 'mlpp'",
            "r.yml:7: no tensor's name contains 'layers.*.v'; filters are plain text, not"
                + " patterns"),
        notices(
            weight
                + "  - {filter: mlpp, value: 3}\n  - {filter: layers.*.v, value: 2}\n"
                + "  - {filter: mlpp, value: 4}\n  - {filter: '*', value: 1}"));
  }

  @Test
  void aFilterIsForTheNamesThatItsOwnModelHas() throws IOException {
    model("a", blocks(0));
    String slices =
        """
        merge_method: passthrough
        slices:
        - sources: [{model: a.safetensors, layer_range: [0, 1]}]
        - sources:
          - model: a.safetensors
            layer_range: [2, 3]
            parameters: {scale: [{filter: layers.%d, value: 2}, {value: 1}]}
        """;
    assertEquals(List.of(), notices(slices.formatted(2)));
    assertEquals(
        List.of("r.yml:7: no tensor's name contains 'layers.1'"), notices(slices.formatted(1)));
  }

  @Test
  void aFilterOfATiedTensorIsNoted() throws IOException {
    for (String name : List.of("a", "b")) {
      int seed = name.charAt(0);
      model(name, with(with(blocks(seed), "embed_tokens.w", seed), "lm_head.w", seed));
    }
    assertEquals(
        List.of(
            "r.yml:4: the filter 'lm_head' has no effect: lm_head.w is tied to embed_tokens.w and"
                + " takes its parameters"),
        notices(
            TASK
                + use("b")
                + "parameters: {weight: [{filter: lm_head, value: 0.5}, {value: 0.25}]}"));
  }

  @Test
  void itemsBehindOneThatFitsEveryTensorAreNoted() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String weight = TASK + use("b") + "parameters:\n  weight:\n";
    assertEquals(
        List.of("r.yml:7: the items of weight after the one without filter are never reached"),
        notices(weight + "  - value: 1\n  - {filter: mlpp, value: 2}\n  - value: 3"));
    assertEquals(
        List.of("r.yml:7: the items of weight after the one with filter '*' are never reached"),
        notices(weight + "  - {filter: '*', value: 1}\n  - value: 3"));
    assertEquals(
        List.of("r.yml:7: the items of weight after the one without filter are never reached"),
        notices(weight + "  - value: 1\n  - value: 3"));
  }

  @Test
  void aParameterThatIsNeededSaysWhoGivesNone() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    String slerp = TASK.replace("task_arithmetic", "slerp") + use("b");
    RequestException e = assertThrows(RequestException.class, () -> resolve(slerp));
    assertTrue(
        String.valueOf(e.getMessage())
            .matches(
                ".*slerp needs the parameter 't', but the recipe gives none for tensor .*; give it"
                    + " under parameters: how far from the base, .*"),
        e.getMessage());
  }

  @Test
  void slicesMayLeaveOutABaseThatIsNotMerged() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100));
    model("c", blocks(200));
    String slices =
        "slices: [{sources: [{model: b.safetensors, layer_range: [0, 3]},"
            + " {model: c.safetensors, layer_range: [0, 3]}]}]\n";
    ResolvedTensors linear = resolve("merge_method: linear\nbase_model: a.safetensors\n" + slices);
    assertEquals(2, linear.modelCount());
    for (MergeTensor tensor : linear.tensors()) {
      assertTrue(tensor.base().isEmpty(), tensor.name());
      assertEquals(2, tensor.models().size(), tensor.name());
    }
    RequestException e = assertThrows(RequestException.class, () -> resolve(TASK + slices));
    assertTrue(
        String.valueOf(e.getMessage())
            .contains("a.safetensors should be among the sources of each slice"),
        e.getMessage());
  }

  @Test
  void slicesStayWithinTheLayers() throws IOException {
    model("a", blocks(0));
    String slice =
        "merge_method: passthrough\n"
            + "slices: [{sources: [{model: a.safetensors, layer_range: [%s]}]}]";
    assertEquals(4, resolve(slice.formatted("1, 3")).tensors().size());
    RequestException beyond =
        assertThrows(RequestException.class, () -> resolve(slice.formatted("1, 4")));
    assertTrue(
        String.valueOf(beyond.getMessage())
            .endsWith(
                "r.yml:2: a.safetensors: layer_range [1, 4] goes beyond its 3 layers; [0, 3] is all"
                    + " of them"),
        beyond.getMessage());
  }

  @Test
  void slicesOfAnotherWidthAreRefused() throws IOException {
    model("a", blocks(0));
    model("b", blocks(100), Map.of("layers.0.w", 4, "layers.1.w", 4, "layers.2.w", 4));
    assertEquals(
        "r.yml: the slices do not make one model: 1 of 2 tensors, each layer's counted once, differ"
            + " in more than their values; mismatch base or tuned stacks them as they are\n"
            + "  layers.*.w: a.safetensors has F32 [2, 2], b.safetensors has F32 [4, 2]",
        misfit(stack("a.safetensors", "b.safetensors")).replace(folder + "/", ""));
  }

  @Test
  void slicesWithOtherTensorsInTheirBlocksAreRefused() throws IOException {
    model("a", blocks(0));
    Map<String, Integer> renamed = new TreeMap<>();
    blocks(100).forEach((name, value) -> renamed.put(name.replace(".v", ".u"), value));
    model("b", renamed);
    String message = misfit(stack("a.safetensors", "b.safetensors"));
    assertTrue(message.contains("2 of 3 tensors"), message);
    assertTrue(message.contains("layers.*.v: missing in b.safetensors"), message);
    assertTrue(message.contains("layers.*.u: missing in a.safetensors"), message);
  }

  /// A language model of three layers, and an image encoder of two or more.
  private static Map<String, Integer> withImages(int seed, int encoderLayers) {
    Map<String, Integer> model = behind("language_model.", blocks(seed));
    for (int i = 0; i < encoderLayers; i++) {
      model.put("vision_tower.layers." + i + ".w", seed + 70 + i);
      model.put("vision_tower.layers." + i + ".v", seed + 80 + i);
    }
    return model;
  }

  @Test
  void slicesAreOfTheLanguageModelAndTheRestIsTheFirsts() throws IOException {
    model("a", withImages(0, 3));
    model("b", withImages(100, 3));
    ResolvedTensors merge = resolve(stack("a.safetensors", "b.safetensors"));
    List<String> names = merge.tensors().stream().map(MergeTensor::name).sorted().toList();
    assertEquals(14, names.size(), names.toString());
    assertTrue(names.contains("language_model.layers.3.w"), names.toString());
    assertTrue(names.contains("vision_tower.layers.2.w"), names.toString());
    assertTrue(names.stream().noneMatch(n -> n.startsWith("vision_tower.layers.3")));
    merge.tensors().stream()
        .filter(tensor -> tensor.name().startsWith("vision_tower"))
        .forEach(
            tensor ->
                assertTrue(tensor.models().getFirst().file().toString().endsWith("a.safetensors")));
    assertTrue(
        merge
            .notices()
            .getFirst()
            .startsWith(
                "the slices are of language_model.layers; what is of other stacks (6 tensors)"),
        merge.notices()::toString);
  }

  @Test
  void theOnlyModuleIsTheOneThatIsSliced() throws IOException {
    model("a", withImages(0, 2));
    ResolvedTensors merge =
        resolve(
            """
            merge_method: passthrough
            modules:
              text_decoder:
                slices:
                - sources: [{model: a.safetensors, layer_range: [0, 3]}]
                - sources: [{model: a.safetensors, layer_range: [1, 3]}]
            """);
    assertEquals(14, merge.tensors().size());
  }

  @Test
  void theModuleThatIsNamedIsSliced() throws IOException {
    model("a", withImages(0, 2));
    Map<String, Integer> pair = behind("encoder.", blocks(0));
    pair.putAll(behind("decoder.", blocks(100)));
    model("pair", pair);
    assertSliced("vision_tower.layers", "a", "vision_tower");
    assertSliced("vision_tower.layers", "a", "visual");
    assertSliced("language_model.layers", "a", "text_decoder");
    assertSliced("encoder.layers", "pair", "encoder");
    assertSliced("decoder.layers", "pair", "text_decoder");
    String none = misfit(module("a", "audio_tower"));
    assertTrue(none.contains("module audio_tower should be one of the stacks"), none);
    String several = misfit(module("pair", "encoder_decoder"));
    assertTrue(several.contains("several that may be meant"), several);
  }

  @Test
  void aModuleOfSeveralIsNotMergedAsAWholeModel() throws IOException {
    model("a", withImages(0, 3));
    model("text", blocks(0));
    String recipe = "{merge_method: linear, modules: {text_decoder: {models: [{model: %s}]}}}";
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> resolve(recipe.formatted("a.safetensors")))
                .getMessage());
    assertTrue(message.contains("module text_decoder is a part of"), message);
    assertEquals(6, resolve(recipe.formatted("text.safetensors")).tensors().size());
  }

  private static String module(String model, String name) {
    return """
    merge_method: passthrough
    modules:
      %s:
        slices:
        - sources: [{model: %s.safetensors, layer_range: [0, 1]}]
    """
        .formatted(name, model);
  }

  private void assertSliced(String stack, String model, String module) throws IOException {
    List<String> second =
        resolve(module(model, module)).tensors().stream()
            .map(MergeTensor::name)
            .filter(name -> name.contains("layers.1."))
            .toList();
    assertEquals(2, second.size(), second.toString());
    assertTrue(second.stream().noneMatch(name -> name.startsWith(stack)), second.toString());
  }

  @Test
  void slicesOfOneOfTwoEqualStacksAreRefusedUnlessItIsNamed() throws IOException {
    model("a", both(0));
    String message = misfit(stack("a.safetensors", "a.safetensors"));
    assertTrue(message.contains("several may be meant"), message);
    assertTrue(message.contains("say which with layers"), message);
  }

  /// Two stacks side by side.
  private static Map<String, Integer> both(int seed) {
    Map<String, Integer> model = behind("left.", blocks(seed));
    model.putAll(behind("right.", blocks(seed + 100)));
    return model;
  }

  @Test
  void slicesBehindAnotherPrefixAreStacked() throws IOException {
    model("a", blocks(0));
    model("b", behind("module.", blocks(100)));
    ResolvedTensors merge = resolve(stack("a.safetensors", "b.safetensors"));
    assertTrue(
        merge.tensors().stream().noneMatch(tensor -> tensor.name().startsWith("module.")),
        merge.tensors()::toString);
  }

  @Test
  void aHeadThatNotAllSlicesStoreIsTheirEmbedding() throws IOException {
    model("a", with(embedded(0), "lm_head.weight", 70));
    model("b", embedded(100));
    model("c", embedded(200));
    ResolvedTensors merge = resolve(stack("a.safetensors", "b.safetensors", "c.safetensors"));
    assertEquals(2, merge.notices().size(), merge.notices()::toString);
    assertTrue(merge.notices().getFirst().contains("its head is its embedding"));
  }

  @Test
  void aHeadThatOneSliceStoresUnderItsTiedNameIsFound() throws IOException {
    model("a", embedded(0));
    model("b", with(embedded(100), "lm_head.weight", 150));
    assertEquals(10, resolve(stack("a.safetensors", "b.safetensors")).tensors().size());
  }

  @Test
  void slicesOfAnotherVocabularyAreRefusedUnlessATokenizerMatchesTheirRows() throws IOException {
    Map<String, Integer> rows = Map.of("embed_tokens.weight", 3, "lm_head.weight", 3);
    for (String name : List.of("a", "b")) {
      Path model = Files.createDirectory(folder.resolve(name));
      String more = name.equals("a") ? "" : ", \"z\": 2";
      Files.writeString(
          model.resolve("tokenizer.json"),
          "{\"model\": {\"type\": \"WordLevel\", \"unk_token\": \"x\", \"vocab\":"
              + " {\"x\": 0, \"y\": 1%s}}}".formatted(more));
      model(
          name + "/model",
          with(embedded(name.charAt(0)), "lm_head.weight", 7),
          name.equals("a") ? Map.of() : rows);
    }
    String message = misfit(stack("a", "b"));
    assertTrue(message.contains("2 of 4 tensors"), message);
    assertTrue(message.contains("lm_head.weight: a has F32 [2, 2], b has F32 [3, 2]"), message);
    assertTrue(message.contains("with 'tokenizer_source: base', 'union'"), message);
    ResolvedTensors merge = resolve(stack("a", "b") + "tokenizer_source: union\n");
    for (String name : rows.keySet()) {
      MergeTensor tensor =
          merge.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
      assertEquals(Shape.of(3, 2), tensor.models().getFirst().info().shape(), name);
    }
  }

  @Test
  void anotherShapeOutsideTheLayersIsNoOtherVocabulary() throws IOException {
    model("a", with(blocks(0), "norm.weight", 1));
    model("b", with(blocks(100), "norm.weight", 1), Map.of("norm.weight", 3));
    String message = misfit(stack("a.safetensors", "b.safetensors"));
    assertTrue(
        message.endsWith("norm.weight: a.safetensors has F32 [2, 2], b.safetensors has F32 [3, 2]"),
        message);
  }

  @Test
  void layersMayDifferAmongThemselvesWhereTheyDoInAllSlices() throws IOException {
    model("a", blocks(0), Map.of("layers.1.w", 4));
    model("b", blocks(100), Map.of("layers.0.w", 4, "layers.2.w", 6));
    Map<String, Integer> fewer = blocks(200);
    fewer.remove("layers.1.v");
    model("c", fewer);
    String text = stack("a.safetensors", "b.safetensors", "c.safetensors");
    assertEquals(List.of(), resolve(text, OnMismatch.TUNED).notices());
    assertEquals(11, resolve(text).tensors().size());
  }

  @Test
  void slicesOfTheSameModelFit() throws IOException {
    model("a", embedded(0), Map.of("layers.1.w", 4));
    String twice = stack("a.safetensors", "./a.safetensors");
    assertEquals(9, resolve(twice).tensors().size());
  }

  @Test
  void aMissingModelSaysWhatToDo() throws IOException {
    String message = misfit("merge_method: karcher\nmodels: [{model: org/name}]");
    assertTrue(message.contains("hf download org/name"), message);
    model("a", blocks(0));
    String adapter = misfit("merge_method: karcher\nmodels: [{model: a.safetensors+lora}]");
    assertTrue(adapter.contains("lora: there is no such adapter"), adapter);
  }
}
