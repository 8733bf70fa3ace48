package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.check.Check;
import org.lines4j.check.Finding;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
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

  /// What a check of two models finds, of one kind.
  private static List<Finding> findings(Path base, Path tuned, Finding.Kind kind)
      throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      return Check.of(from, List.of(to), List.of(), LayerOptions.defaults(), RunOptions.defaults())
          .findings()
          .stream()
          .filter(finding -> finding.kind() == kind)
          .toList();
    }
  }

  @Test
  void aCheckFindsNoProblemInAVocabularyThatGrew() throws IOException {
    Path base = model("base", List.of(1f, 2f, 3f), "a", "b", "c");
    Path tuned = model("tuned", List.of(3f, 6f, 7f, 50f, 60f), "a", "b", "c", "d", "e");
    List<Finding> findings = findings(base, tuned, Finding.Kind.TOKENIZER);
    assertEquals(1, findings.size(), findings.toString());
    assertFalse(findings.getFirst().isProblem());
    assertTrue(
        findings.getFirst().message().contains("3 of its 5 embeddings are scaled"),
        findings.toString());
  }

  private List<String> mergeNotices(Recipe recipe) throws IOException {
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      return ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults())).folderNotices();
    }
  }

  private static Recipe byToken(Recipe recipe) {
    return new Recipe(
        recipe.name(),
        recipe.method(),
        recipe.slices(),
        recipe.baseModel(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(Recipe.Tokenizer.of(new Recipe.TokenizerSource.Union())),
        Optional.empty());
  }

  /// Means of rows are float32 while they are merged.
  @Test
  void rowsThatAMergeMatchesAreOfTheTypeThatTheyAreStoredIn() throws IOException {
    Path first = model("first", List.of(1f, 2f), "a", "b");
    Path second = model("second", List.of(3f, 6f, 7f), "b", "a", "c");
    halve(first, 2);
    halve(second, 3);
    config(first, ", \"vocab_size\": 2");
    Recipe recipe = byToken(Recipe.of("r", "linear", uses(first.toString(), second.toString())));
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      ResolvedTensors merge = ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults()));
      assertEquals(
          List.of("the vocabulary is that of first, with 1 token more; there are 3 embeddings"),
          Merge.of(merge).plan(folder.resolve("merged")).notices());
    }
  }

  /// A template that the tokenizer's own folder lacks gets lost, too, where rows are matched; and
  /// tokens are known by their texts.
  @Test
  void templatesAndEndsOfTextsAreComparedWhereRowsAreMatched() throws IOException {
    Path first = model("first", List.of(1f, 2f), "a", "b");
    Path second = model("second", List.of(3f, 6f, 7f), "b", "a", "c");
    Files.writeString(first.resolve("generation_config.json"), "{\"eos_token_id\": 0}");
    Files.writeString(second.resolve("generation_config.json"), "{\"eos_token_id\": [1, 2]}");
    Files.writeString(second.resolve("chat_template.jinja"), "t");
    assertEquals(
        List.of(
            "%s: has no chat template, so the output gets none, though %s has one"
                .formatted(first, second),
            "%s: its texts end with token 'c' (eos_token_id), the output's, as those of %s, only with 'a': add it to generation_config.json, or they may not stop"
                .formatted(second, first)),
        mergeNotices(byToken(Recipe.of("r", "linear", uses(first.toString(), second.toString())))));
  }

  private static List<String> endNotes(List<String> notices) {
    return notices.stream().filter(notice -> notice.contains("its texts end")).toList();
  }

  /// Merges take the first model's files.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"eos_token_id\": 1}; {\"eos_token_id\": [1, 2]}; 2; 1",
        "{\"eos_token_id\": [1, 3]}; {\"eos_token_id\": 2}; 2; 1 or 3",
        "{\"eos_token_id\": [1, 2]}; {\"eos_token_id\": 1}; ``; ``",
        "{\"eos_token_id\": 1}; {\"eos_token_id\": null}; ``; ``",
        "{}; {\"eos_token_id\": 1}; ``; ``"
      })
  void textsThatWouldNotEndAreNotedByMerges(
      String ofFirst, String ofSecond, String lost, String own) throws IOException {
    for (String file : List.of("generation_config.json", "config.json")) {
      Path first = model(file + "1", List.of(1f, 2f));
      Path second = model(file + "2", List.of(3f, 4f));
      Files.writeString(first.resolve(file), ofFirst);
      Files.writeString(second.resolve(file), ofSecond);
      String note =
          "%s: its texts end with token %s (eos_token_id), the output's, as those of %s, only with %s: add it to generation_config.json, or they may not stop"
              .formatted(second, lost, first, own);
      assertEquals(
          lost.isEmpty() ? List.of() : List.of(note),
          mergeNotices(Recipe.of("r", "linear", uses(first.toString(), second.toString()))));
      assertEquals(List.of(), endNotes(edit(first, second, OnMismatch.REFUSE)));
      assertEquals(
          lost.isEmpty() ? List.of() : List.of(note),
          endNotes(edit(first, second, OnMismatch.BASE)));
    }
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "head.weight",
        "head.fc.weight",
        "heads.head.weight",
        "fc.weight",
        "fc.bias",
        "classifier.weight",
        "classifier.out_proj.weight",
        "classifier.6.weight",
        "score.weight",
        "head"
      })
  void aHeadOfOtherClassesIsNotBlamedOnVocabularies(String head) throws IOException {
    Path base = classifier("base", head, 4);
    Path tuned = classifier("tuned", head, 2);
    InputException refusal =
        assertThrows(InputException.class, () -> edit(base, tuned, OnMismatch.REFUSE));
    String message = String.valueOf(refusal.getMessage());
    assertFalse(message.contains("vocabular"), message);
    assertTrue(
        message.contains(
            "%s has a row for each class: 4 in the base, 2 in the tuned model".formatted(head)),
        message);
    edit(base, tuned, OnMismatch.TUNED);
    try (Checkpoint out = Checkpoint.open(folder.resolve("out"))) {
      assertEquals(2, out.find(head).orElseThrow().info().shape().dims().getFirst());
    }
  }

  private Path classifier(String name, String head, int classes) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    List<TensorInfo> infos =
        List.of(
            new TensorInfo(head, DType.F32, Shape.of(classes, 2)),
            new TensorInfo("layer1.0.w.weight", DType.F32, Shape.of(2, 2)),
            new TensorInfo("layer1.1.w.weight", DType.F32, Shape.of(2, 2)));
    try (CheckpointWriter writer =
        CheckpointWriter.create(model.resolve("model.safetensors"), infos, Map.of())) {
      writer.write(head, floats(Collections.nCopies(classes, 1f)));
      writer.write("layer1.0.w.weight", floats(List.of(1f, 2f)));
      writer.write("layer1.1.w.weight", floats(List.of(3f, 4f)));
      writer.publish();
    }
    config(model, "");
    return model;
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

  private List<String> ofSettings(String ofBase, String ofTuned) throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    config(base, ofBase);
    config(tuned, ofTuned);
    String begin =
        "%s: trained with other settings than %s, whose config.json counts: "
            .formatted(base, tuned);
    return edit(base, tuned, OnMismatch.REFUSE).stream()
        .map(notice -> notice.replace(begin, ""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // a longer context, as it was written before, and as it is today
        ", \"rope_scaling\": null; , \"rope_scaling\": {\"type\": \"linear\", \"factor\": 8.0};"
            + "factor is 1 there and 8.0 here, rope_type is default there and linear here",
        ", \"rope_parameters\": {\"rope_type\": \"yarn\"}; , \"rope_scaling\": null;"
            + "rope_type is yarn there and default here",
        ", \"rope_theta\": 1000000; ''; rope_theta is 1000000 there and 10000 here",
        ", \"sliding_window\": 4096; , \"sliding_window\": null;"
            + "sliding_window is 4096 there and none here",
        ", \"embedding_multiplier\": 12; ''; embedding_multiplier is 12 there and 1 here",
        ", \"encoder_attention_heads\": 2; , \"encoder_attention_heads\": 4;"
            + "encoder_attention_heads is 2 there and 4 here",
        ", \"use_parallel_residual\": true; , \"use_parallel_residual\": false;"
            + "use_parallel_residual is true there and false here",
        // classes that are numbered otherwise
        ", \"id2label\": {\"0\": \"no\", \"1\": \"yes\"};"
            + ", \"id2label\": {\"0\": \"yes\", \"1\": \"no\"};"
            + "id2label/0 is no there and yes here, id2label/1 is yes there and no here",
        // classes that compute something else with the same tensors
        ", \"architectures\": [\"LlamaForCausalLM\"];"
            + ", \"architectures\": [\"LlamaBidirectionalModel\"];"
            + "architectures is [LlamaForCausalLM] there and [LlamaBidirectionalModel] here",
        ", \"architectures\": [\"BertForSequenceClassification\"];"
            + ", \"architectures\": [\"BertForTokenClassification\"]; architectures is"
            + " [BertForSequenceClassification] there and [BertForTokenClassification] here",
        ", \"architectures\": [\"XForMaskedLM\"]; , \"architectures\": [\"XForCausalLM\"];"
            + "architectures is [XForMaskedLM] there and [XForCausalLM] here",
        // a limit that positions are computed with
        ", \"max_position_embeddings\": 4096, \"rope_scaling\": {\"type\": \"dynamic\"};"
            + ", \"max_position_embeddings\": 8192, \"rope_parameters\":"
            + " {\"rope_type\": \"dynamic\"}; max_position_embeddings is 4096 there and 8192 here"
      })
  void settingsThatOneModelLeavesOutOrNamesOtherwiseAreNoted(
      String ofBase, String ofTuned, String expected) throws IOException {
    assertEquals(List.of(expected), ofSettings(ofBase, ofTuned));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        ", \"rope_theta\": 10000.0, \"rope_scaling\": null; ''",
        ", \"rope_scaling\": {\"type\": \"mrope\"};"
            + ", \"rope_scaling\": {\"rope_type\": \"default\", \"type\": \"default\"}",
        ", \"sliding_window\": 32768, \"use_sliding_window\": false;"
            + ", \"sliding_window\": null, \"use_sliding_window\": false",
        ", \"head_dim\": null; , \"head_dim\": 128",
        // heads show in tensors; training runs of FSDP put its name in front
        ", \"architectures\": [\"LlamaForCausalLM\"];"
            + ", \"architectures\": [\"LlamaForSequenceClassification\"]",
        ", \"architectures\": [\"LlamaModel\"]; , \"architectures\": [\"FSDPLlamaForCausalLM\"]",
        ", \"architectures\": [\"GPT2LMHeadModel\"]; , \"architectures\": [\"GPT2Model\"]",
        ", \"architectures\": [\"LLaMAForCausalLM\"]; , \"architectures\": [\"LlamaForCausalLM\"]",
        ", \"architectures\": null; , \"architectures\": [\"LlamaForCausalLM\"]",
        ", \"id2label\": {\"0\": \"LABEL_0\"}; , \"id2label\": {\"0\": \"yes\"}",
        // Gemma 3, as it was written before, and as it is today
        ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8};, \"rope_parameters\":"
            + " {\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 8}}",
        // a text model beside one of texts and images
        ", \"rope_theta\": 500000; , \"text_config\": {\"rope_theta\": 500000}"
      })
  void settingsThatAreTheSameInOtherWordsAreNotNoted(String ofBase, String ofTuned)
      throws IOException {
    assertEquals(List.of(), ofSettings(ofBase, ofTuned));
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_position_embeddings", "n_positions", "max_seq_len"})
  void limitsOfTextsAreNotedAsSuch(String limit) throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    config(base, ", \"%s\": 4096".formatted(limit));
    config(tuned, ", \"%s\": 8192".formatted(limit));
    assertEquals(
        List.of(
            "%s: its %s is 4096, and that of %s, which counts, is 8192: that limits how long texts may be, and changes nothing that the weights compute"
                .formatted(base, limit, tuned)),
        edit(base, tuned, OnMismatch.REFUSE));
    List<Finding> findings = findings(base, tuned, Finding.Kind.SETTINGS);
    assertEquals(1, findings.size(), findings.toString());
    assertFalse(findings.getFirst().isProblem(), findings.toString());
  }

  @Test
  void limitsOfSentencesAreNotedAsSuch() throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    String file = "sentence_bert_config.json";
    Files.writeString(base.resolve(file), "{\"max_seq_length\": 512}");
    Files.writeString(tuned.resolve(file), "{\"max_seq_length\": 128}");
    List<String> notes = edit(base, tuned, OnMismatch.REFUSE);
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().contains("its max_seq_length is 512"), notes.toString());
  }

  @Test
  void typesOfModelsThatDifferAreNotedOnce() throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Files.writeString(
        base.resolve("config.json"),
        "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"]}");
    Files.writeString(
        tuned.resolve("config.json"),
        "{\"model_type\": \"mistral\", \"architectures\": [\"MistralForCausalLM\"]}");
    assertEquals(
        List.of(
            "%s: trained with other settings than %s, whose config.json counts: model_type is llama there and mistral here"
                .formatted(base, tuned)),
        edit(base, tuned, OnMismatch.REFUSE));
  }

  private static final String TEMPLATE =
      "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"a\","
          + " \"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}], \"pair\":"
          + " [{\"SpecialToken\": {\"id\": \"a\"}}, {\"Sequence\": {\"id\": \"A\"}}, {\"Sequence\":"
          + " {\"id\": \"B\"}}]}";

  private static final String BYTES = "{\"type\": \"ByteLevel\", \"trim_offsets\": true}";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "null; TEMPLATE; A; a A",
        "BYTES; TEMPLATE; A; a A",
        "TEMPLATE; {\"type\": \"BertProcessing\", \"sep\": [\"b\", 1], \"cls\": [\"a\", 0]}; a A; a"
            + " A b",
        "{\"type\": \"RobertaProcessing\", \"sep\": [\"b\", 1], \"cls\": [\"a\", 0]}; {\"type\":"
            + " \"BertProcessing\", \"sep\": [\"b\", 1], \"cls\": [\"a\", 0]}; a A b b B b; a A b B"
            + " b"
      })
  void tokenizersThatPutOtherTokensAroundTextsAreNoted(
      String ofBase, String ofTuned, String there, String here) throws IOException {
    assertEquals(
        List.of(
            "B: its tokenizer.json makes '%s' of a text, where that of T, which counts, makes '%s'; it was trained with other tokens around texts"
                .formatted(there, here)),
        aroundTexts(ofBase, ofTuned));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "null; BYTES",
        "TEMPLATE; {\"type\": \"Sequence\", \"processors\": [BYTES, TEMPLATE]}",
        "{\"type\": \"ByteLevel\", \"trim_offsets\": false}; BYTES",
        "{\"type\": \"Unknown\"}; TEMPLATE"
      })
  void tokenizersThatPutTheSameTokensAroundTextsAreNotNoted(String ofBase, String ofTuned)
      throws IOException {
    assertEquals(List.of(), aroundTexts(ofBase, ofTuned));
  }

  private List<String> aroundTexts(String ofBase, String ofTuned) throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    String plain = tokenizer("null", "null", "null", MERGES);
    for (Map.Entry<Path, String> model : Map.of(base, ofBase, tuned, ofTuned).entrySet()) {
      String processor = model.getValue().replace("TEMPLATE", TEMPLATE).replace("BYTES", BYTES);
      Files.writeString(
          model.getKey().resolve("tokenizer.json"),
          plain.replaceFirst("\\{", "{\"post_processor\": " + processor + ", "));
    }
    return edit(base, tuned, OnMismatch.REFUSE).stream()
        .map(n -> n.replace(base.toString(), "B").replace(tuned.toString(), "T"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"type\": \"Lowercase\"}; null; null; [\"a b\", \"c d\"]; normalizer",
        "null; {\"type\": \"Whitespace\"}; null; [\"a b\", \"c d\"]; pre_tokenizer",
        "null; null; true; [\"a b\", \"c d\"]; model.ignore_merges",
        "null; null; null; [[\"c\", \"d\"], [\"a\", \"b\"]]; model.merges"
      })
  void tokenizersThatCutTextOtherwiseAreNoted(
      String normalizer, String preTokenizer, String ignore, String merges, String part)
      throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Files.writeString(base.resolve("tokenizer.json"), tokenizer("null", "null", "null", MERGES));
    Files.writeString(
        tuned.resolve("tokenizer.json"), tokenizer(normalizer, preTokenizer, ignore, merges));
    String notice = edit(base, tuned, OnMismatch.REFUSE).getFirst();
    assertEquals(
        "%s: its tokenizer.json cuts text otherwise than that of %s, which counts (%s); it was trained with other tokens for the same text"
            .formatted(base, tuned, part),
        notice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true};"
            + " {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": false,"
            + " \"use_regex\": true}",
        "{\"type\": \"Metaspace\", \"replacement\": \"_\", \"add_prefix_space\": true};"
            + " {\"type\": \"Metaspace\", \"replacement\": \"_\", \"prepend_scheme\": \"always\","
            + " \"split\": true}"
      })
  void tokenizersThatAreWrittenOtherwiseAreNotNoted(String before, String now) throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Files.writeString(base.resolve("tokenizer.json"), tokenizer("null", before, "null", MERGES));
    Files.writeString(
        tuned.resolve("tokenizer.json"),
        tokenizer("null", now, "false", "[[\"a\", \"b\"], [\"c\", \"d\"]]"));
    assertEquals(List.of(), edit(base, tuned, OnMismatch.REFUSE));
  }

  private static final String MERGES = "[\"a b\", \"c d\"]";

  private static String tokenizer(
      String normalizer, String preTokenizer, String ignoreMerges, String merges) {
    return "{\"normalizer\": %s, \"pre_tokenizer\": %s, \"model\": {\"type\": \"BPE\", \"ignore_merges\": %s, \"vocab\": {\"a\": 0, \"b\": 1, \"c\": 2, \"d\": 3, \"ab\": 4, \"cd\": 5}, \"merges\": %s}}"
        .formatted(normalizer, preTokenizer, ignoreMerges, merges);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "tokenizer_config.json; {\"chat_template\": \"a\"}; {}; T: has no chat template, so the"
            + " output gets none, though B has one",
        "tokenizer_config.json; {\"chat_template\": \"a\"}; {\"chat_template\": \"b\"}; B: its chat"
            + " template is not that of T, which the output gets",
        "chat_template.jinja; a; ``; B: its chat template is not that of T, which the output gets",
        "tokenizer_config.json; {; {}; whether the models' chat templates differ is not known",
        "tokenizer_config.json; {\"do_lower_case\": true}; {\"do_lower_case\": false}; B: trained"
            + " with other settings than T, whose tokenizer_config.json counts: do_lower_case is"
            + " true there and false here",
        "1_Pooling/config.json; {\"pooling_mode_mean_tokens\": true}; {\"pooling_mode_cls_token\":"
            + " true}; B: trained with other settings than T, whose 1_Pooling/config.json counts:"
            + " pooling_mode_cls_token is false there and true here",
        "preprocessor_config.json; {\"image_mean\": [0.5]}; {\"image_mean\": [0.4]}; B: trained"
            + " with other settings than T, whose preprocessor_config.json counts: image_mean is"
            + " [0.5] there and [0.4] here",
        "preprocessor_config.json; {}; ; T: has no preprocessor_config.json, so the output gets"
            + " none, though B has one",
        "spk_dict.pt; x; ; T: has no spk_dict.pt, so the output gets none, though B has one",
        "modules.json; []; ; T: has no modules.json, so the output gets none, though B has one",
        "1_Pooling/config.json; {\"pooling_mode_cls_token\": true}; {\"pooling_mode_cls_token\":"
            + " false}; B: trained with other settings than T, whose 1_Pooling/config.json counts:"
            + " pooling_mode_cls_token is true there and false here",
        "tokenizer.model; x; ; T: has no tokenizer, so the output gets none, though B has one"
      })
  void whatMakesInputsAndOutputsOtherwiseIsNoted(
      String name, String ofBase, @Nullable String ofTuned, String expected) throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Files.createDirectories(base.resolve(name).getParent());
    Files.createDirectories(tuned.resolve(name).getParent());
    Files.writeString(base.resolve(name), ofBase);
    if (ofTuned != null) {
      Files.writeString(tuned.resolve(name), ofTuned);
    }
    String notice = edit(base, tuned, OnMismatch.REFUSE).getFirst();
    String shown = notice.replace(base.toString(), "B").replace(tuned.toString(), "T");
    assertTrue(shown.startsWith(expected), shown);
  }

  @Test
  void settingsOfTheBaseThatCannotBeReadAreNoted() throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Files.writeString(base.resolve("config.json"), "[]");
    assertEquals(
        List.of(
            "whether its settings are those of %s is not known: %s: expected a JSON object, found something else"
                .formatted(tuned, base.resolve("config.json"))),
        edit(base, tuned, OnMismatch.REFUSE));
  }

  /// As `git clone` leaves it behind where LFS is not installed.
  @Test
  void configurationsThatWereNotFetchedAreRefused() throws IOException {
    Path base = model("base", List.of(1f, 2f));
    Path tuned = model("tuned", List.of(3f, 4f));
    Path config = base.resolve("config.json");
    Files.writeString(config, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    assertEquals(
        config + ": a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'",
        assertThrows(InputException.class, () -> edit(base, tuned, OnMismatch.REFUSE))
            .getMessage());
  }

  private static List<Recipe.ModelUse> uses(String... models) {
    return new ArrayList<>(
        Stream.of(models)
            .map(model -> Recipe.ModelUse.of(model, Map.of("weight", Setting.of(0.5))))
            .toList());
  }
}
