package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// An edit checks what a merge checks: vocabularies, tokenizers, configurations.
class EditChecksTest {
  private static final String EMBEDDINGS = "model.embed_tokens.weight";

  @TempDir private Path folder;

  /// A model with these rows of embeddings, two elements each, and a tokenizer if there are tokens.
  private Path model(String name, List<Float> rows, String... tokens) throws IOException {
    Path model = folder.resolve(name);
    List<TensorInfo> infos =
        List.of(
            new TensorInfo(EMBEDDINGS, DType.F32, Shape.of(rows.size(), 2)),
            new TensorInfo("model.layers.0.w.weight", DType.F32, Shape.of(2, 2)),
            new TensorInfo("model.layers.1.w.weight", DType.F32, Shape.of(2, 2)));
    try (CheckpointWriter writer =
        CheckpointWriter.create(model.resolve("model.safetensors"), infos, Map.of())) {
      writer.write(EMBEDDINGS, floats(rows));
      writer.write("model.layers.0.w.weight", floats(List.of(1f, 2f)));
      writer.write("model.layers.1.w.weight", floats(List.of(3f, 4f)));
      writer.publish();
    }
    config(model, "");
    if (tokens.length > 0) {
      Files.writeString(
          model.resolve("tokenizer.json"),
          IntStream.range(0, tokens.length)
              .mapToObj(i -> "\"%s\":%d".formatted(tokens[i], i))
              .collect(Collectors.joining(",", "{\"model\":{\"vocab\":{", "}}}")));
    }
    return model;
  }

  private static void config(Path model, String settings) throws IOException {
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"x\"" + settings + "}");
  }

  private static MemorySegment floats(List<Float> rows) {
    MemorySegment values = MemorySegment.ofArray(new byte[2 * Float.BYTES * rows.size()]);
    for (int i = 0; i < 2 * rows.size(); i++) {
      values.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) i * Float.BYTES, rows.get(i / 2));
    }
    return values;
  }

  private List<String> edit(Path base, Path tuned, OnMismatch mismatch) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Plan plan =
          Edit.of(from, to)
              .withScaling(LayerScaling.lines(0.5, 0.5, Outside.ALPHA))
              .withMismatch(mismatch)
              .withForce()
              .plan(folder.resolve("out"));
      plan.run();
      return plan.notices();
    }
  }

  private float[] embeddings() throws IOException {
    try (Checkpoint out = Checkpoint.open(folder.resolve("out"))) {
      var tensor = out.find(EMBEDDINGS).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      out.source(tensor).read(0, bytes);
      float[] values = new float[(int) tensor.byteSize() / 8];
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 8L * i);
      }
      return values;
    }
  }

  @Test
  void commonTokensOfAGrownVocabularyAreScaledAndNewOnesAreTheTunedModels() throws IOException {
    Path base = model("base", List.of(1f, 2f, 3f), "a", "b", "c");
    Path tuned = model("tuned", List.of(3f, 6f, 7f, 50f, 60f), "a", "b", "c", "d", "e");
    List<String> notices = edit(base, tuned, OnMismatch.REFUSE);
    assertArrayEquals(new float[] {2, 4, 5, 50, 60}, embeddings());
    assertEquals(
        List.of(
            "the vocabulary is the tuned model's: 3 of its 5 embeddings are scaled, as the base has"
                + " a row for them (of 3); the others stay the tuned model's"),
        notices);
  }

  /// Rows of the tuned model are float32 there, and means would be.
  @Test
  void theOutputIsOfTheBasesTypeWhateverReadingItsRowsGives() throws IOException {
    Path base = model("base", List.of(1f, 2f, 3f), "a", "b", "c");
    halve(base, 3);
    Path tuned = model("tuned", List.of(3f, 6f, 7f, 50f, 60f), "a", "b", "c", "d", "e");
    edit(base, tuned, OnMismatch.REFUSE);
    try (Checkpoint out = Checkpoint.open(folder.resolve("out"))) {
      assertEquals(DType.BF16, out.find(EMBEDDINGS).orElseThrow().info().dtype());
    }
  }

  /// The same embeddings in bfloat16.
  private static void halve(Path model, int rows) throws IOException {
    Path file = model.resolve("model.safetensors");
    List<TensorInfo> infos = new ArrayList<>();
    Map<String, MemorySegment> values = new LinkedHashMap<>();
    try (Checkpoint stored = Checkpoint.open(file)) {
      for (TensorInfo info : stored.infos()) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) info.byteSize()]);
        stored.source(stored.find(info.name()).orElseThrow()).read(0, bytes);
        boolean isHalved = info.name().equals(EMBEDDINGS);
        DType type = isHalved ? DType.BF16 : DType.F32;
        infos.add(new TensorInfo(info.name(), type, info.shape()));
        values.put(info.name(), isHalved ? halves(bytes, 2 * rows) : bytes);
      }
    }
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (Map.Entry<String, MemorySegment> tensor : values.entrySet()) {
        writer.write(tensor.getKey(), tensor.getValue());
      }
      writer.publish();
    }
  }

  private static MemorySegment halves(MemorySegment floats, int count) {
    MemorySegment halves = MemorySegment.ofArray(new byte[2 * count]);
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(floats, 4L * i + 2, halves, 2L * i, 2);
    }
    return halves;
  }

  @Test
  void tokensThatMovedAreMatchedAndThoseThatAreGoneAreLeftOut() throws IOException {
    Path base = model("base", List.of(1f, 2f, 3f, 4f), "a", "b", "c", "d");
    Path tuned = model("tuned", List.of(7f, 3f, 90f), "c", "a", "new");
    edit(base, tuned, OnMismatch.TUNED);
    assertArrayEquals(new float[] {5, 2, 90}, embeddings());
  }

  @Test
  void rowsOfNoTokenArePairedByTheirNumbers() throws IOException {
    Path base = model("base", List.of(1f, 2f, 10f, 20f), "a", "b");
    Path tuned = model("tuned", List.of(3f, 4f, 20f), "a", "b");
    edit(base, tuned, OnMismatch.REFUSE);
    assertArrayEquals(new float[] {2, 3, 15}, embeddings());
  }

  @Test
  void aVocabularyThatCannotBeMatchedIsRefusedWithAHint() throws IOException {
    Path base = model("base", List.of(1f, 2f), "a", "b");
    Path tuned = model("tuned", List.of(3f, 4f, 5f));
    InputException refusal =
        assertThrows(InputException.class, () -> edit(base, tuned, OnMismatch.REFUSE));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("Their vocabularies differ in size"), message);
    assertTrue(message.contains("tokenizer.json"), message);
    edit(base, tuned, OnMismatch.TUNED);
    assertArrayEquals(new float[] {3, 4, 5}, embeddings());
  }

  @Test
  void theBasesRowsStayWhereTheyAreAskedFor() throws IOException {
    Path base = model("base", List.of(1f, 2f), "a", "b");
    Path tuned = model("tuned", List.of(3f, 4f, 5f), "a", "b", "c");
    edit(base, tuned, OnMismatch.BASE);
    assertArrayEquals(new float[] {1, 2}, embeddings());
  }

  @Test
  void aTokenizerThatIsNotWithTheTunedModelIsMissed() throws IOException {
    Path base = model("base", List.of(1f, 2f), "a", "b");
    Path tuned = model("tuned", List.of(3f, 4f));
    assertEquals(
        List.of(
            "%s: has no tokenizer, so the output gets none, though %s has one"
                .formatted(tuned, base)),
        edit(base, tuned, OnMismatch.REFUSE));
  }

  @Test
  void tokensThatAreNumberedOtherwiseAreNoted() throws IOException {
    Path base = model("base", List.of(1f, 2f), "a", "b");
    Path tuned = model("tuned", List.of(3f, 4f), "b", "a");
    List<String> notices = edit(base, tuned, OnMismatch.REFUSE);
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(notices.getFirst().startsWith("embeddings are scaled row by row, though not all"));
    assertTrue(notices.getFirst().contains("2 numbered otherwise"));
  }

  @Test
  void settingsThatGiveWeightsAnotherMeaningAreNoted() throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    config(
        base,
        ", \"rope_theta\": 10000.0, \"rms_norm_eps\": 1e-05, \"num_attention_heads\": 4,"
            + " \"use_cache\": true, \"text\": {\"head_dim\": 8}");
    config(
        tuned,
        ", \"rope_parameters\": {\"rope_theta\": 500000}, \"rms_norm_eps\": 0.00001,"
            + " \"num_attention_heads\": 2, \"use_cache\": false, \"text\": {\"head_dim\": 16}");
    String expected =
        "%s: trained with other settings than %s, whose config.json counts: num_attention_heads"
                .formatted(base, tuned)
            + " is 4 there and 2 here, rope_theta is 10000.0 there and 500000 here, text/head_dim"
            + " is 8 there and 16 here";
    assertEquals(List.of(expected), edit(base, tuned, OnMismatch.REFUSE));
    Recipe recipe = Recipe.of("r", "linear", uses(tuned.toString(), base.toString()));
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      ResolvedTensors merge = ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults()));
      assertEquals(List.of(expected), merge.folderNotices());
    }
  }

  private static List<Recipe.ModelUse> uses(String... models) {
    return new ArrayList<>(
        Stream.of(models)
            .map(model -> Recipe.ModelUse.of(model, Map.of("weight", Setting.of(0.5))))
            .toList());
  }
}
