package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Adapters that bring a head which their base lacks: a classifier trained on a language model. As
/// PEFT 0.21 with transformers 5.18 merges them: tools/transformers-check/adapters.py.
class HeadedAdapterTest {
  private static final String LAYER = "layers.%d.mlp.up_proj.weight";

  @TempDir private Path folder;

  private Path base(String architecture, String prefix, DType type, String more)
      throws IOException {
    Map<String, TensorInfo> tensors = new TreeMap<>();
    tensors.put(prefix + "embed_tokens.weight", info(type, 6, 4));
    for (int i = 0; i < 3; i++) {
      tensors.put(prefix + LAYER.formatted(i), info(type, 4, 4));
    }
    tensors.put("lm_head.weight", info(type, 6, 4));
    Path model = Files.createDirectories(folder.resolve("base"));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "llama", "architectures": ["%s"], "tie_word_embeddings": false,
         "text_config": {"architectures": ["Inner"]}%s, "rope_theta": 1e4, "odd": NaN}
        """
            .formatted(architecture, more));
    write(model.resolve("model.safetensors"), tensors);
    return model;
  }

  private Path adapter(int labels, String more) throws IOException {
    return adapter("model.", "score", labels, more);
  }

  private Path adapter(String prefix, String head, int labels, String more) throws IOException {
    Map<String, TensorInfo> tensors = new TreeMap<>();
    String layer = "base_model.model." + prefix + LAYER.formatted(1).replace("weight", "");
    tensors.put(layer + "lora_A.weight", info(DType.F32, 2, 4));
    tensors.put(layer + "lora_B.weight", info(DType.F32, 4, 2));
    if (labels > 0) {
      tensors.put("base_model.model." + head + ".weight", info(DType.F32, labels, 4));
    }
    Path adapter = Files.createDirectories(folder.resolve("lora"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["up_proj"]%s}
        """
            .formatted(more));
    write(adapter.resolve("adapter_model.safetensors"), tensors);
    return adapter;
  }

  private static TensorInfo info(DType type, long... dims) {
    return new TensorInfo("", type, Shape.of(dims));
  }

  /// All elements are one: of float32 as of bfloat16 the last two bytes say it.
  private static void write(Path file, Map<String, TensorInfo> tensors) throws IOException {
    var infos =
        tensors.entrySet().stream()
            .map(e -> new TensorInfo(e.getKey(), e.getValue().dtype(), e.getValue().shape()))
            .toList();
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of("format", "pt"))) {
      for (TensorInfo info : infos) {
        var bytes = arena.allocate(info.byteSize());
        int width = info.dtype().bytes();
        for (long i = width - 2L; i < info.byteSize(); i += width) {
          bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, i, (short) 0x3f80);
        }
        writer.write(info.name(), bytes);
      }
      writer.publish();
    }
  }

  private Cli convert() {
    return run("convert", folder.resolve("base") + "+" + folder.resolve("lora"), out());
  }

  private Path out() {
    return folder.resolve("out");
  }

  private String config() throws IOException {
    return Files.readString(out().resolve("config.json")).replaceAll("\\s", "");
  }

  @ParameterizedTest
  @CsvSource({"LlamaForCausalLM, model.", "LlamaModel, ''"})
  void aClassifierOfALanguageModel(String architecture, String prefix) throws IOException {
    base(architecture, prefix, DType.F32, "");
    adapter(3, ", \"task_type\": \"SEQ_CLS\"");

    Cli run = convert().succeeds();

    try (Checkpoint model = Checkpoint.open(out())) {
      assertAll(
          () -> assertTrue(model.find("lm_head.weight").isEmpty()),
          () -> assertEquals(1, tensor(out(), "score.weight")[11]),
          () -> assertEquals(3, tensor(out(), "model." + LAYER.formatted(1))[15]),
          () -> assertEquals(5, model.tensors().size()));
    }
    String config = config();
    assertAll(
        () ->
            assertTrue(
                config.contains("\"architectures\":[\"LlamaForSequenceClassification\"]"), config),
        () -> assertTrue(config.contains("{\"architectures\":[\"Inner\"]}"), config),
        () -> assertTrue(config.contains("\"rope_theta\":1e4,\"odd\":NaN"), config),
        () ->
            assertTrue(
                config.contains(
                    "\"id2label\":{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\",\"2\":\"LABEL_2\"}"),
                config),
        () -> assertTrue(config.contains("\"label2id\":{\"LABEL_0\":0,\"LABEL_1\":1,"), config),
        () ->
            assertTrue(
                run.err()
                    .contains(
                        "this is a LlamaForSequenceClassification with 3 labels, without lm_head"),
                run.err()));
  }

  @Test
  void theHeadHasTheTypeOfTheBase() throws IOException {
    base("LlamaForCausalLM", "model.", DType.BF16, "");
    adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    convert().succeeds();
    try (Checkpoint model = Checkpoint.open(out())) {
      assertEquals("BF16 [3, 4]", model.find("score.weight").orElseThrow().info().typeAndShape());
    }
  }

  @Test
  void namesOfLabelsStayWhereTheyAreAsMany() throws IOException {
    base(
        "LlamaForCausalLM",
        "model.",
        DType.F32,
        ", \"id2label\": {\"0\": \"ham\", \"1\": \"spam\"}, \"label2id\": {\"ham\": 0, \"spam\":"
            + " 1}");
    adapter(2, ", \"task_type\": \"TOKEN_CLS\"");
    convert().succeeds();
    assertTrue(config().contains("{\"0\":\"ham\",\"1\":\"spam\"}"), config());
    assertTrue(config().contains("LlamaForTokenClassification"), config());
  }

  /// As transformers opens a classifier with `num_labels` and `ignore_mismatched_sizes`.
  @ParameterizedTest
  @CsvSource({"SEQ_CLS, LlamaForSequenceClassification", "TOKEN_CLS, LlamaForTokenClassification"})
  void aHeadForOtherLabelsTakesThePlaceOfTheModelsOwn(String task, String architecture)
      throws IOException {
    Path base =
        base(
            "LlamaForSequenceClassification",
            "model.",
            DType.F32,
            ", \"id2label\": {\"0\": \"ham\", \"1\": \"spam\"}");
    Map<String, TensorInfo> tensors = new TreeMap<>();
    tensors.put("model." + LAYER.formatted(1), info(DType.F32, 4, 4));
    tensors.put("pre_classifier.weight", info(DType.F32, 4, 4));
    tensors.put("score.weight", info(DType.F32, 2, 4));
    write(base.resolve("model.safetensors"), tensors);
    adapter(3, ", \"task_type\": \"%s\"".formatted(task));

    Cli run = convert().succeeds();

    assertTrue(run.err().contains("so this is a " + architecture + " with 3 labels"), run.err());
    assertTrue(config().contains("{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\",\"2\":"), config());
    assertEquals(12, tensor(out(), "score.weight").length);
    try (Checkpoint model = Checkpoint.open(out())) {
      boolean isSameTask = task.equals("SEQ_CLS");
      assertEquals(isSameTask, model.find("pre_classifier.weight").isPresent());
    }
    assertExtracted(base);
  }

  @Test
  void whatIsNoHeadMustHaveTheShapeOfTheModels() throws IOException {
    base("LlamaForSequenceClassification", "model.", DType.F32, "");
    adapter("model.", "model.embed_tokens", 7, ", \"task_type\": \"SEQ_CLS\"");
    convert().fails(3, "does not fit", "expected the shape [6, 4]");
  }

  @Test
  void theClassOfAnAdapterWithoutATask() throws IOException {
    base("LlamaModel", "", DType.F32, "");
    adapter(
        1,
        ", \"auto_mapping\": {\"base_model_class\": \"LlamaForSequenceClassification\","
            + " \"parent_library\": \"x\"}");
    convert().succeeds();
    assertTrue(config().contains("\"id2label\":{\"0\":\"LABEL_0\"}"), config());
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "', \"task_type\": \"CAUSAL_LM\"'",
    "', \"auto_mapping\": {\"base_model_class\": \"MyModel\"}'",
  })
  void whatNothingSaysTheClassOf(String more) throws IOException {
    base("LlamaForCausalLM", "model.", DType.F32, "");
    adapter(3, more);
    convert().fails(3, "brings modules of its own");
  }

  @Test
  void anEditTakesTheHeadAsItIs() throws IOException {
    Path base = base("LlamaForCausalLM", "model.", DType.F32, "");
    Path lora = adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    run("edit", "--base", base, "--tuned", base + "+" + lora, "--alpha", "0.5", "--out", out())
        .succeeds();
    assertEquals(1, tensor(out(), "score.weight")[0]);
    assertEquals(1 + 0.75f * 2, tensor(out(), "model." + LAYER.formatted(1))[0]);
  }

  /// The head alone has a counterpart in the base, and is as there.
  @Test
  void anAdapterThatIsEditedDiffersFromTheBaseInItsProducts() throws IOException {
    Path base = base("LlamaForCausalLM", "model.", DType.F32, "");
    Path lora = adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    Cli run =
        run("edit", "--base", base, "--tuned", lora, "--as", "adapter", "--out", out()).succeeds();
    assertFalse(run.err().contains("differs from the base"), run.err());
  }

  @Test
  void theClassOfTheTextModelOfAnother() throws IOException {
    Path base = base("Gemma3ForCausalLM", "model.", DType.F32, "");
    Path file = base.resolve("config.json");
    Files.writeString(file, Files.readString(file).replace("\"llama\"", "\"gemma3_text\""));
    adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    convert().succeeds();
    assertTrue(config().contains("\"Gemma3TextForSequenceClassification\""), config());
  }

  /// PEFT saves the change of a pooler, and nobody what it changed.
  @Test
  void aChangeOfWhatWasMadeAtRandomIsToldOf() throws IOException {
    base("LlamaForCausalLM", "model.", DType.F32, "");
    Path lora = adapter(3, "");
    Map<String, TensorInfo> tensors = new TreeMap<>();
    for (String module : List.of("model." + LAYER.formatted(1).replace(".weight", ""), "pooler")) {
      tensors.put("base_model.model." + module + ".lora_A.weight", info(DType.F32, 2, 4));
      tensors.put("base_model.model." + module + ".lora_B.weight", info(DType.F32, 4, 2));
    }
    write(lora.resolve("adapter_model.safetensors"), tensors);
    convert().fails(3, "pooler", "random numbers");
  }

  /// As `T5ForSequenceClassification` has the model under `transformer`.
  @Test
  void aClassThatHasTheModelWithinIt() throws IOException {
    base("LlamaForCausalLM", "encoder.", DType.F32, "");
    adapter("transformer.encoder.", "qa_outputs", 2, ", \"task_type\": \"QUESTION_ANS\"");
    convert().succeeds();
    try (Checkpoint model = Checkpoint.open(out())) {
      assertTrue(model.find("transformer.encoder.embed_tokens.weight").isPresent());
      assertTrue(model.find("qa_outputs.weight").isPresent());
      assertEquals(5, model.tensors().size());
    }
    assertEquals(3, tensor(out(), "transformer.encoder." + LAYER.formatted(1))[15]);
    assertTrue(config().contains("LlamaForQuestionAnswering"), config());
  }

  /// As PEFT saves those whose head it does not know, such as BART's.
  @Test
  void anAdapterOfAClassifierWithoutAHead() throws IOException {
    base("LlamaForCausalLM", "model.", DType.F32, "");
    adapter(0, ", \"task_type\": \"SEQ_CLS\"");
    Cli run = convert().succeeds();
    assertTrue(
        run.err().contains("but brings no head: what comes out is a LlamaForCausalLM"), run.err());
  }

  /// Of a model with a head, an adapter that brings it, though the base has another or is one with
  /// its embedding.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsExtractedOfAClassifierBringsItsHead(boolean isTied) throws IOException {
    Path base = base("LlamaForCausalLM", "model.", DType.F32, "");
    if (isTied) {
      tie(base);
    }
    adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    convert().succeeds();
    Cli run = extract(base, out()).succeeds();
    String text = Files.readString(made().resolve("adapter_config.json")).replaceAll("\\s", "");
    assertAll(
        () -> assertTrue(text.contains("\"task_type\":\"SEQ_CLS\""), text),
        () -> assertTrue(text.contains("\"modules_to_save\":[\"score\"]"), text),
        () ->
            assertTrue(
                run.err()
                    .contains(
                        "brings the head (score), which %s lacks: load that as LlamaForSequenceClassification"
                            .formatted(base)),
                run.err()));
    assertSame(base);
  }

  /// A head of another task that is called the same and has as many rows.
  @Test
  void theHeadOfAnotherTaskThatIsCalledTheSameGoesAlong() throws IOException {
    Path base = base("LlamaForTokenClassification", "model.", DType.F32, "");
    Map<String, TensorInfo> tensors = new TreeMap<>();
    tensors.put("model." + LAYER.formatted(1), info(DType.F32, 4, 4));
    tensors.put("score.weight", info(DType.F32, 3, 4));
    write(base.resolve("model.safetensors"), tensors);
    Path tuned = Files.createDirectories(out());
    String config = Files.readString(base.resolve("config.json"));
    Files.writeString(
        tuned.resolve("config.json"), config.replace("ForTokenClass", "ForSequenceClass"));
    tensors.put("pre_classifier.weight", info(DType.F32, 4, 4));
    write(tuned.resolve("model.safetensors"), tensors);
    assertExtracted(base);
  }

  private void assertExtracted(Path base) throws IOException {
    extract(base, out()).succeeds();
    assertSame(base);
  }

  private void assertSame(Path base) throws IOException {
    run("convert", base + "+" + made(), folder.resolve("again")).succeeds();
    try (Checkpoint model = Checkpoint.open(out());
        Checkpoint again = Checkpoint.open(folder.resolve("again"))) {
      assertEquals(model.tensors().size(), again.tensors().size());
      for (StoredTensor tensor : model.tensors()) {
        assertArrayEquals(
            tensor(out(), tensor.name()),
            tensor(folder.resolve("again"), tensor.name()),
            1e-5f,
            tensor.name());
      }
    }
  }

  /// PEFT loads no adapter without a product.
  @Test
  void aHeadThatAloneWasTrainedHasAProductOfZerosBesideIt() throws IOException {
    Path base = base("LlamaForCausalLM", "model.", DType.F32, "");
    adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    Path probed = folder.resolve("probed");
    run(
            "edit",
            "--base",
            base,
            "--tuned",
            base + "+" + folder.resolve("lora"),
            "--alpha",
            "0",
            "--beta",
            "0",
            "--out",
            probed)
        .succeeds();
    Cli run = extract(base, probed).succeeds();
    assertTrue(run.err().contains("no layer's matrix changed"), run.err());
    run("convert", base + "+" + made(), folder.resolve("again")).succeeds();
    assertEquals(1, tensor(folder.resolve("again"), "score.weight")[11]);
  }

  private Cli extract(Path base, Path tuned) {
    return run("extract", "--base", base, "--tuned", tuned, "--out", made(), "--rank", "1");
  }

  private Path made() {
    return folder.resolve("made");
  }

  private static void tie(Path base) throws IOException {
    Path file = base.resolve("config.json");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
    Map<String, TensorInfo> tensors = new TreeMap<>();
    try (Checkpoint model = Checkpoint.open(base)) {
      model.infos().forEach(info -> tensors.put(info.name(), info));
    }
    tensors.remove("lm_head.weight");
    write(base.resolve("model.safetensors"), tensors);
  }

  @Test
  void severalAreNoOneAdapter() throws IOException {
    Path base = base("LlamaForCausalLM", "model.", DType.F32, "");
    Path lora = adapter(3, ", \"task_type\": \"SEQ_CLS\"");
    Path recipe = folder.resolve("r.yml");
    Files.writeString(
        recipe,
        """
        merge_method: linear
        models:
        - {model: %1$s+%2$s, parameters: {weight: 1}}
        - {model: %1$s+%2$s, parameters: {weight: 1}}
        """
            .formatted(base, lora));
    run("merge", recipe, out(), "--as", "adapter").fails(3, "brings a head that its model lacks");
    assertFalse(Files.exists(out()));
    run("merge", recipe, out()).succeeds();
  }
}
