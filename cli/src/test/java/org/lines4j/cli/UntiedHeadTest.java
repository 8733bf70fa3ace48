package org.lines4j.cli;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Adapters that replace the head, or the embedding, of a model which has one for both: PEFT trains
/// a copy of what `modules_to_save` names and leaves the other as it was, so the model that both
/// make has two. As PEFT 0.21 with transformers 5.18 computes it:
/// tools/transformers-check/adapters.py.
class UntiedHeadTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final float OLD = 1;

  @TempDir private Path folder;

  @BeforeEach
  void makeBase() throws IOException {
    model("base", new TreeMap<>(Map.of(EMBEDDING, OLD)));
  }

  private Path model(String name, Map<String, Float> tensors) throws IOException {
    for (int i = 0; i < 3; i++) {
      tensors.put("model.layers." + i + ".mlp.up_proj.weight", 1f);
    }
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "tie_word_embeddings": true}
        """);
    write(model.resolve("model.safetensors"), tensors);
    return model;
  }

  private static void write(Path file, Map<String, Float> tensors) throws IOException {
    List<TensorInfo> infos = new ArrayList<>();
    tensors.keySet().forEach(name -> infos.add(new TensorInfo(name, DType.F32, Shape.of(4, 4))));
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of("format", "pt"))) {
      for (Map.Entry<String, Float> tensor : tensors.entrySet()) {
        float[] values = new float[16];
        Arrays.fill(values, tensor.getValue());
        writer.write(tensor.getKey(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
      }
      writer.publish();
    }
  }

  private Path adapter(Map<String, Float> wholes, String more) throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("lora"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["up_proj"], "modules_to_save": ["embed_tokens"]%s}
        """
            .formatted(more));
    Map<String, Float> tensors = new TreeMap<>();
    String layer = "base_model.model.model.layers.1.mlp.up_proj.";
    tensors.put(layer + "lora_A.weight", 0.5f);
    tensors.put(layer + "lora_B.weight", 0.5f);
    wholes.forEach((name, value) -> tensors.put("base_model.model." + name, value));
    write(adapter.resolve("adapter_model.safetensors"), tensors);
    return adapter;
  }

  private void assertOutput(float embedding, float head) throws IOException {
    Path out = folder.resolve("out");
    float[] values = new float[16];
    Arrays.fill(values, embedding);
    assertArrayEquals(values, tensor(out, EMBEDDING), 1e-6f);
    Arrays.fill(values, head);
    assertArrayEquals(values, tensor(out, HEAD), 1e-6f);
    String config = Files.readString(out.resolve("config.json"));
    assertTrue(config.replaceAll("\\s", "").contains("\"tie_word_embeddings\":false"), config);
  }

  private Cli converted(String base, Path adapter) {
    return run("convert", folder.resolve(base) + "+" + adapter, folder.resolve("out")).succeeds();
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "twice"})
  void aHeadThatIsReplacedAlone(String base) throws IOException {
    model("twice", new TreeMap<>(Map.of(EMBEDDING, OLD, HEAD, OLD)));
    Cli run = converted(base, adapter(Map.of(HEAD, 3f), ""));
    assertOutput(OLD, 3);
    assertTrue(run.err().contains("tie_word_embeddings is false"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "twice"})
  void anEmbeddingThatIsReplacedAlone(String base) throws IOException {
    model("twice", new TreeMap<>(Map.of(EMBEDDING, OLD, HEAD, OLD)));
    converted(base, adapter(Map.of(EMBEDDING, 3f), ""));
    assertOutput(3, OLD);
  }

  @Test
  void bothReplacedByWhatDiffers() throws IOException {
    converted("base", adapter(Map.of(EMBEDDING, 3f, HEAD, 5f), ""));
    assertOutput(3, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"both", "embedding alone, which the adapter keeps tied"})
  void whatStaysTied(String what) throws IOException {
    boolean both = what.equals("both");
    Map<String, Float> wholes = both ? Map.of(EMBEDDING, 3f, HEAD, 3f) : Map.of(EMBEDDING, 3f);
    converted("base", adapter(wholes, both ? "" : ", \"ensure_weight_tying\": true"));
    Path out = folder.resolve("out");
    assertEquals(3, tensor(out, EMBEDDING)[0]);
    try (Checkpoint model = Checkpoint.open(out)) {
      assertTrue(model.find(HEAD).isEmpty());
    }
    String config = Files.readString(out.resolve("config.json"));
    assertFalse(config.contains("false"), config);
  }

  /// λ outside is 0.5: each half way from the embedding that the base has for both.
  @Test
  void anEditScalesEachOfTheTwo() throws IOException {
    Path adapter = adapter(Map.of(EMBEDDING, 3f, HEAD, 5f), "");
    List<String> words = List.of("edit", "--base=" + folder.resolve("base"), "--tuned=" + adapter);
    List<String> scaling = List.of("--alpha=0.5", "--beta=0", "--out=" + folder.resolve("out"));
    List<Object> all = new ArrayList<>(words);
    all.addAll(scaling);
    Cli run = run(all.toArray()).succeeds();
    assertOutput(2, 3);
    assertFalse(run.err().contains("trained with other settings"), run.err());

    all.addAll(List.of("--as=adapter", "--force"));
    run(all.toArray()).succeeds();
    Path scaled = Files.move(folder.resolve("out"), folder.resolve("scaled"));
    converted("base", scaled);
    assertOutput(2, 3);
  }

  @Test
  void aMergeOfWholeModelsHasTwo() throws IOException {
    adapter(Map.of(HEAD, 5f), "");
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yml"),
            """
            merge_method: task_arithmetic
            base_model: base
            models:
            - model: lora
              parameters: {weight: 0.5}
            """);
    run("merge", recipe, folder.resolve("out")).succeeds();
    assertOutput(OLD, 3);
    run("merge", recipe, folder.resolve("joined"), "--as=adapter")
        .fails(3, "lora", "one for both", "make a whole model");
  }

  /// Without its head, transformers ties none of an encoder-decoder's embeddings.
  @Test
  void encoderAndDecoderKeepTheSharedEmbedding() throws IOException {
    Path base = folder.resolve("base");
    Files.writeString(
        base.resolve("config.json"),
        """
        {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "tie_word_embeddings": true}
        """);
    write(
        base.resolve("model.safetensors"),
        new TreeMap<>(
            Map.of(
                "shared.weight", OLD,
                "encoder.block.0.layer.0.SelfAttention.q.weight", 1f,
                "encoder.block.1.layer.0.SelfAttention.q.weight", 1f,
                "decoder.block.0.layer.0.SelfAttention.q.weight", 1f,
                "decoder.block.1.layer.0.SelfAttention.q.weight", 1f)));
    Path lora = Files.createDirectories(folder.resolve("lora"));
    Files.writeString(
        lora.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["q"], "modules_to_save": ["lm_head"]}
        """);
    String layer = "base_model.model.encoder.block.1.layer.0.SelfAttention.q.";
    write(
        lora.resolve("adapter_model.safetensors"),
        new TreeMap<>(
            Map.of(
                layer + "lora_A.weight",
                0.5f,
                layer + "lora_B.weight",
                0.5f,
                "base_model.model.lm_head.weight",
                3f)));
    converted("base", lora);
    Path out = folder.resolve("out");
    assertEquals(3, tensor(out, HEAD)[0]);
    for (String name : List.of("shared", "encoder.embed_tokens", "decoder.embed_tokens")) {
      assertEquals(OLD, tensor(out, name + ".weight")[0], name);
    }
    run("edit", "--base", base, "--tuned", lora, "--alpha=0.5", "--beta=0", "--force", "--out", out)
        .succeeds();
    assertEquals(2, tensor(out, HEAD)[0]);
    assertEquals(OLD, tensor(out, "decoder.embed_tokens.weight")[0]);
  }

  /// While PEFT applies it, the product changes the head alone.
  @Test
  void aProductThatChangesTheHeadAlone() throws IOException {
    Path adapter =
        adapter(Map.of("lm_head.lora_A.weight", 0.5f, "lm_head.lora_B.weight", 0.5f), "");
    converted("base", adapter);
    assertOutput(OLD, OLD + 1);
  }

  /// The tuned model was trained with two where the base has one.
  @Test
  void aHeadOfTheTunedModelsOwnIsExtracted() throws IOException {
    Path tuned = model("tuned", new TreeMap<>(Map.of(EMBEDDING, 3f, HEAD, 5f)));
    Path config = tuned.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("true", "false"));
    Path lora = folder.resolve("extracted");
    run("extract", "--base", folder.resolve("base"), "--tuned", tuned, "--out", lora, "--rank=4")
        .succeeds();
    String saved = Files.readString(lora.resolve("adapter_config.json")).replaceAll("\\s", "");
    assertTrue(saved.contains("\"modules_to_save\":[\"lm_head\",\"model.embed_tokens\"]"), saved);
    converted("base", lora);
    assertOutput(3, 5);
  }
}
