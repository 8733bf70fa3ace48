package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;

/// `save_model` of safetensors stores what several parameters share under the first of their names,
/// and says in the metadata which others stand for it: `{"model.embed_tokens.weight":
/// "lm_head.weight"}` of a language model whose head is its embedding.
class SharedNamesTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  private Path folder;

  @BeforeEach
  void useFolder(@TempDir Path given) {
    folder = given;
  }

  /// Two layers of one number each, and the embedding under a name.
  private static ModelFile model(String prefix, String embedding, float number) {
    return new ModelFile()
        .floats(prefix + "model.layers.0.weight", new float[] {number}, 1)
        .floats(prefix + "model.layers.1.weight", new float[] {2 * number}, 1)
        .floats(prefix + embedding, table(number), 2, 2);
  }

  private static float[] table(float number) {
    return new float[] {number, 3 * number, 4 * number, 5 * number};
  }

  private static ModelFile saved(String prefix, float number) {
    return model(prefix, HEAD, number).metadata(prefix + EMBEDDING, prefix + HEAD);
  }

  private Plan edit(ModelFile base, ModelFile tuned) throws IOException {
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("base.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")))) {
      LayerScaling half = LayerScaling.lines(0.5, 0, Outside.ALPHA);
      Edit edit = Edit.of(from, to).withScaling(half).withForce();
      Plan plan = edit.plan(folder.resolve("out.safetensors"));
      plan.run();
      return plan;
    }
  }

  private void checkOutput(Map<String, float[]> expected, Map<String, String> metadata)
      throws IOException {
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      assertEquals(
          expected.keySet(),
          out.tensors().stream().map(StoredTensor::name).collect(Collectors.toSet()));
      for (Map.Entry<String, float[]> tensor : expected.entrySet()) {
        assertArrayEquals(tensor.getValue(), Planning.values(out, tensor.getKey()));
      }
      assertEquals(metadata, out.shards().getFirst().metadata());
    }
  }

  private static Map<String, float[]> half(String prefix, String embedding) {
    return Map.of(
        prefix + "model.layers.0.weight",
        new float[] {2},
        prefix + "model.layers.1.weight",
        new float[] {4},
        prefix + embedding,
        table(2));
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "'', gpt.", "gpt., ''", "module., gpt."})
  void theTunedModelsNameIsTheOutputs(String before, String now) throws IOException {
    Plan plan = edit(model(before, EMBEDDING, 1), saved(now, 3));
    checkOutput(half(now, HEAD), Map.of(now + EMBEDDING, now + HEAD));
    String note = "%s is stored as %s, as its metadata say".formatted(now + EMBEDDING, now + HEAD);
    assertTrue(plan.notices().stream().anyMatch(it -> it.contains(note)), plan::toString);
    Plan again = edit(model(now, EMBEDDING, 1), saved(now, 3));
    checkOutput(half(now, HEAD), Map.of(now + EMBEDDING, now + HEAD));
    assertEquals(1, again.notices().size());
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "'', gpt.", "gpt., ''", "gpt., module."})
  void theBasesNameIsNotTheOutputs(String before, String now) throws IOException {
    Plan plan = edit(saved(before, 1), model(now, EMBEDDING, 3));
    checkOutput(half(now, EMBEDDING), Map.of());
    String expected =
        "base.safetensors: %s is stored as %s, as its metadata say"
            .formatted(before + EMBEDDING, before + HEAD);
    assertTrue(plan.notices().stream().anyMatch(it -> it.endsWith(expected)), plan::toString);
  }

  @Test
  void nothingIsSaidWhereBothAreSavedSo() throws IOException {
    Plan plan = edit(saved("", 1), saved("", 3));
    checkOutput(half("", HEAD), Map.of(EMBEDDING, HEAD));
    assertEquals(List.of(), plan.notices());
  }

  @Test
  void aBaseThatStoresBothHasOne() throws IOException {
    edit(model("", EMBEDDING, 1).floats(HEAD, table(1), 2, 2), saved("", 3));
    checkOutput(half("", HEAD), Map.of(EMBEDDING, HEAD));
  }

  /// What reads the output asks its metadata of which program it is, and for further names.
  @Test
  void theMetadataAreTheTunedModels() throws IOException {
    edit(model("", HEAD, 1).metadata("format", "pt"), saved("", 3));
    checkOutput(half("", HEAD), Map.of(EMBEDDING, HEAD, "format", "pt"));
    edit(saved("", 1), model("", HEAD, 3).metadata("format", "pt"));
    checkOutput(half("", HEAD), Map.of("format", "pt"));
    edit(model("", HEAD, 1), model("", HEAD, 3).metadata("format", "pt"));
    checkOutput(half("", HEAD), Map.of("format", "pt"));
  }

  /// Training has made two of one.
  @Test
  void aTunedModelThatStoresBothHasTwo() throws IOException {
    edit(saved("", 1), model("", EMBEDDING, 3).floats(HEAD, table(5), 2, 2));
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      assertArrayEquals(table(2), Planning.values(out, EMBEDDING));
      assertArrayEquals(table(3), Planning.values(out, HEAD));
    }
  }

  /// Metadata are free text: what they say of no tensor means nothing.
  @Test
  void otherMetadataMeanNothing() throws IOException {
    Plan plan =
        edit(
            model("", EMBEDDING, 1).metadata("format", "pt"),
            model("", EMBEDDING, 3).metadata("model.layers.0.weight", "model.layers.1.weight"));
    checkOutput(half("", EMBEDDING), Map.of("format", "pt"));
    assertFalse(plan.notices().stream().anyMatch(it -> it.contains("metadata")));
  }

  /// 1 + 0.5·(3 − 1) + 0.25·(5 − 1) = 3.
  @Test
  void modelsOfAMergeArePaired() throws IOException {
    Path _ = model("", EMBEDDING, 1).write(folder.resolve("base.safetensors"));
    Path _ = saved("", 3).write(folder.resolve("one.safetensors"));
    Path _ = saved("gpt.", 5).write(folder.resolve("two.safetensors"));
    List<ModelUse> merged =
        List.of(
            ModelUse.of("one.safetensors", Map.of("weight", Setting.of(0.5))),
            ModelUse.of("two.safetensors", Map.of("weight", Setting.of(0.25))));
    Recipe recipe = Recipe.of("recipe", "task_arithmetic", merged).withBase("base.safetensors");
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = resolver.open(Location.of(folder))) {
      Merge merge = Merge.of(resolver.resolve(models, LayerOptions.defaults()));
      merge.plan(folder.resolve("out.safetensors")).run();
    }
    Map<String, float[]> expected = new HashMap<>(half("", EMBEDDING));
    expected.put("model.layers.0.weight", new float[] {3});
    expected.put("model.layers.1.weight", new float[] {6});
    expected.put(EMBEDDING, table(3));
    checkOutput(expected, Map.of());
  }
}
