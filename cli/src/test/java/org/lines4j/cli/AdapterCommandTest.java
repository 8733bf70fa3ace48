package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// LoRA adapters wherever a model is named, and as outputs.
class AdapterCommandTest {
  private static final Path PEFT = Path.of("../core/src/test/resources/peft").toAbsolutePath();
  private static final Path BASE = PEFT.resolve("bases/llama");
  private static final Path LORA = PEFT.resolve("adapters/llama_plain");
  private static final Path OTHER = PEFT.resolve("adapters/llama_rslora");
  private static final Path EDITED = PEFT.resolve("expected/llama_plain/lines.safetensors");
  private static final Path MERGED = PEFT.resolve("expected/llama_plain/merged.safetensors");
  private static final String NAME = "model.layers.1.mlp.down_proj.weight";

  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("out");
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yml"), text);
  }

  private static void assertClose(Path expected, Path model) throws IOException {
    assertArrayEquals(tensor(expected, NAME), tensor(model, NAME), 1e-5f);
  }

  @Test
  void anAdapterIsEditedOnItsBase() throws IOException {
    run("edit", "--base", BASE, "--tuned", LORA, "--out", out(), "--quiet").succeeds();
    assertClose(EDITED, out().resolve("model.safetensors"));
    assertTrue(Files.exists(out().resolve("config.json")));
    assertFalse(Files.exists(out().resolve("adapter_config.json")));
    String card = Files.readString(out().resolve("README.md"));
    assertTrue(card.contains("llama/model.safetensors"), card);
    assertTrue(card.contains("llama_plain/adapter_model.safetensors"), card);
  }

  /// Nothing can be added to codes; most bases of adapters that are fine-tuned with little memory
  /// are codes.
  @Test
  void aQuantisedBaseIsCalledWhatItIs() throws IOException {
    Path base = Path.of("../core/src/test/resources/quant/refuse/bitsandbytes-4bit");
    String[] words = {"quantised by bitsandbytes-4bit", "dequantise it first"};
    run("edit", "--base", base, "--tuned", LORA, "--out", out()).fails(3, words);
    run("edit", "--base", base, "--tuned", LORA, "--out", out(), "--as=adapter").fails(3, words);
    run("convert", base + "+" + LORA, out()).fails(3, words);
    run("inspect", base + "+" + LORA).fails(3, words);
    run("extract", "--base", base, "--tuned", base, "--out", out(), "--rank=2").fails(3, words);
    Object[] models = {"tune", "--base", base, "--tuned", LORA, "--out", folder.resolve("t")};
    Object[] goals = {"--evaluate", "true {model}", "--target", "x"};
    run(Stream.of(models, goals).flatMap(Stream::of).toArray()).fails(3, words);
    Path recipe =
        recipe(
            "{merge_method: task_arithmetic, base_model: %s, models: [{model: %s, parameters: {weight: 1}}]}"
                .formatted(base.toAbsolutePath(), LORA));
    run("merge", recipe, out()).fails(3, words);
    run("merge", recipe, out(), "--as=adapter").fails(3, words);
  }

  @Test
  void aModelAndAnAdapterAreAModel() throws IOException {
    String both = BASE + "+" + LORA;
    Path plain = folder.resolve("plain");
    run("edit", "--base", BASE, "--tuned", LORA, "--out", plain, "--quiet").succeeds();
    run("edit", "--base", BASE, "--tuned", both, "--out", out(), "--quiet").succeeds();
    assertEquals(
        -1, Files.mismatch(plain.resolve("model.safetensors"), out().resolve("model.safetensors")));
    run("inspect", both).succeeds();
    String diff = run("diff", BASE, both).succeeds().out();
    assertEquals(diff, run("diff", BASE, LORA).succeeds().out());
  }

  @Test
  void adaptersAreModelsInRecipes() throws IOException {
    String text =
        """
        merge_method: task_arithmetic
        base_model: %s
        models:
        - {model: %s, parameters: {weight: 1}}
        """;
    run("merge", recipe(text.formatted(BASE, LORA)), out(), "--quiet").succeeds();
    assertClose(MERGED, out().resolve("model.safetensors"));
    Path named = folder.resolve("named");
    run("merge", recipe(text.formatted(BASE, BASE + "+" + LORA)), named, "--quiet").succeeds();
    assertEquals(
        -1, Files.mismatch(named.resolve("model.safetensors"), out().resolve("model.safetensors")));
  }

  @Test
  void severalAdaptersAreMergedByTheirUpdates() throws IOException {
    Path recipe =
        recipe(
            """
            merge_method: ties
            base_model: %s
            models:
            - {model: %s, parameters: {weight: 1, density: 0.5}}
            - {model: %s, parameters: {weight: 1, density: 0.5}}
            lines: {alpha: 0.1, beta: 0.9}
            """
                .formatted(BASE, LORA, OTHER));
    run("merge", recipe, out(), "--quiet").succeeds();
    assertTrue(Files.exists(out().resolve("model.safetensors")));
  }

  @Test
  void aMergeWithoutABaseHasTheFilesOfItsModels() throws IOException {
    Path recipe =
        recipe(
            """
            merge_method: linear
            models:
            - {model: %1$s+%2$s, parameters: {weight: 1}}
            - {model: %1$s+%3$s, parameters: {weight: 1}}
            """
                .formatted(BASE, LORA, OTHER));
    run("merge", recipe, out(), "--quiet").succeeds();
    assertTrue(Files.exists(out().resolve("model.safetensors")));
    run("merge", recipe, BASE.resolve("sub")).fails(2, "lies in the input");
  }

  @Test
  void anAdapterIsMadeOfAnAdapter() throws IOException {
    run("edit", "--tuned", LORA, "--out", out(), "--quiet").succeeds();
    assertEquals(
        Files.readString(LORA.resolve("adapter_config.json")),
        Files.readString(out().resolve("adapter_config.json")));
    Path model = folder.resolve("model");
    Path named = Path.of(BASE + "+" + out());
    run("edit", "--base", BASE, "--tuned", named, "--out", model, "--alpha=1", "--quiet")
        .succeeds();
    assertClose(EDITED, model.resolve("model.safetensors"));
    Path second = folder.resolve("second");
    run("edit", "--base", BASE, "--tuned", LORA, "--as", "adapter", "--out", second, "--quiet")
        .succeeds();
    assertEquals(
        -1,
        Files.mismatch(
            out().resolve("adapter_model.safetensors"),
            second.resolve("adapter_model.safetensors")));
  }

  /// Of a base there is no need where what is named holds the adapter, or is nothing.
  @Test
  void whatHoldsAnAdapterIsToldOfAsWithABase() throws IOException {
    Path run = Files.createDirectories(folder.resolve("run"));
    Path step = Files.createDirectories(run.resolve("checkpoint-10"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(LORA.resolve(file), step.resolve(file));
    }
    run("edit", "--tuned", run, "--out", out())
        .fails(
            3, "in its checkpoints checkpoint-10; name one of them, such as the newest, " + step);
    run("edit", "--tuned", run.resolve("none"), "--out", out()).fails(3, "there is no such");
    run("edit", "--tuned", step.resolve("adapter_config.json"), "--out", out())
        .fails(3, "name the folder or file that holds the weights");
  }

  @Test
  void whatCannotBeAnAdapterIsRefused() {
    run("edit", "--tuned", BASE, "--out", out()).fails(2, "no LoRA adapter", "--base");
    run("edit", "--tuned", LORA, "--as", "model", "--out", out()).fails(2, "give --base");
    run("edit", "--tuned", LORA, "--out", out(), "--dtype=float16").fails(2, "an adapter keeps");
    Path dora = PEFT.resolve("adapters/llama_dora");
    run("edit", "--tuned", dora, "--out", out()).fails(3, "DoRA", "make a whole model");
    run("edit", "--base", LORA, "--tuned", BASE, "--out", out()).fails(3, "MODEL+" + LORA);
    run("inspect", BASE + "+" + BASE).fails(3, "a model by itself");
    run("inspect", BASE + "+" + folder.resolve("none")).fails(3, "there is no such adapter");
  }

  /// A run whose adapters are in its checkpoints is no model.
  @Test
  void aRunIsToldWhereItsAdaptersAre() throws IOException {
    Path point = Files.createDirectories(folder.resolve("run").resolve("checkpoint-10"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(LORA.resolve(file), point.resolve(file));
    }
    Files.writeString(folder.resolve("run").resolve("README.md"), "a run");
    run("inspect", BASE + "+" + folder.resolve("run")).fails(3, "checkpoint-10");
  }

  /// DeepSpeed leaves such files, where its weights were not gathered.
  @Test
  void anAdapterWithoutTensorsIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.copy(LORA.resolve("adapter_config.json"), empty.resolve("adapter_config.json"));
    CheckpointWriter.create(empty.resolve("adapter_model.safetensors"), List.of(), Map.of())
        .publish();
    run("convert", BASE + "+" + empty, out()).fails(3, "no tensors");
  }

  /// Adapters of classifiers are trained on models without their head, and bring it.
  @Test
  void aHeadThatTheBaseLacksIsToldOf() throws IOException {
    Path other = Files.createDirectories(folder.resolve("classifier"));
    Files.writeString(
        other.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["q_proj"], "modules_to_save": ["score"]}
        """);
    TensorInfo head = new TensorInfo("base_model.model.score.weight", DType.F32, Shape.of(2, 4));
    try (CheckpointWriter writer =
        CheckpointWriter.create(
            other.resolve("adapter_model.safetensors"), List.of(head), Map.of())) {
      writer.write(head.name(), MemorySegment.ofArray(new byte[32]));
      writer.publish();
    }
    run("convert", BASE + "+" + other, out()).fails(3, "score.weight", "save the base with them");
  }

  /// Prompts go before a text, and are in no weights.
  @ParameterizedTest
  @CsvSource({
    "IA3, merge_and_unload",
    "PROMPT_TUNING, use it with peft itself",
    "PREFIX_TUNING, use it with peft itself",
    "P_TUNING, use it with peft itself",
    "ADAPTION_PROMPT, use it with peft itself",
    "XLORA, use it with peft itself"
  })
  void otherAdaptersAreToldWhatToDoWithThem(String kind, String remedy) throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("adapter_config.json"), "{\"peft_type\": \"" + kind + "\"}");
    run("convert", BASE + "+" + other, out()).fails(3, kind, remedy);
  }

  @Test
  void anAdapterOfAdapterHubIsCalledSo() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(
        other.resolve("adapter_config.json"),
        "{\"config\": {\"reduction_factor\": 16}, \"model_type\": \"bert\", \"name\": \"sst\"}");
    run("convert", BASE + "+" + other, out())
        .fails(3, "an adapter of AdapterHub, not of PEFT", "merge_adapter");
  }

  /// People keep LoRAs, models and what they make of them in one folder.
  @Test
  void anOutputMayLieBesideALoraThatIsAFile() throws IOException {
    Path lora = folder.resolve("lora.safetensors");
    List<Long> shape;
    try (Checkpoint base = Checkpoint.open(Location.of(BASE))) {
      shape =
          base.tensors().stream()
              .filter(tensor -> tensor.name().equals(NAME))
              .findFirst()
              .orElseThrow()
              .info()
              .shape()
              .dims();
    }
    String module = "lora_unet_" + NAME.replace(".weight", "").replace('.', '_');
    List<TensorInfo> infos =
        List.of(
            new TensorInfo(module + ".lora_down.weight", DType.F32, Shape.of(1, shape.get(1))),
            new TensorInfo(module + ".lora_up.weight", DType.F32, Shape.of(shape.get(0), 1)));
    try (CheckpointWriter writer = CheckpointWriter.create(lora, infos, Map.of())) {
      for (TensorInfo info : infos) {
        byte[] bytes = new byte[(int) info.byteSize()];
        Arrays.fill(bytes, (byte) 0x3f);
        writer.write(info.name(), MemorySegment.ofArray(bytes));
      }
      writer.publish();
    }
    run("edit", "--base", BASE, "--tuned", lora, "--out", out()).succeeds();
    run("convert", BASE + "+" + lora, folder.resolve("new/merged")).succeeds();
    run("convert", BASE + "+" + lora + "+" + lora, folder.resolve("twice")).succeeds();
  }

  @Test
  void anOutputLiesInNoneOfTheFoldersThatMakeAModel() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(LORA.resolve(name), first.resolve(name));
    }
    String why = "lies in the input " + first;
    run("convert", BASE + "+" + first + "+" + LORA, first.resolve("out")).fails(2, why);
    Path file = BASE.resolve("model.safetensors");
    run("convert", file + "+" + first, first.resolve("out.safetensors")).fails(2, why);
  }

  @Test
  void weightsOfAnAdapterWithoutTheirSettingsAreToldWhatTheyLack() throws IOException {
    Path alone = folder.resolve("my lora.safetensors");
    Files.copy(LORA.resolve("adapter_model.safetensors"), alone);
    String[] words = {
      "a LoRA adapter of peft",
      "put its adapter_config.json beside it, and call it adapter_model.safetensors"
    };
    run("edit", "--base", BASE, "--tuned", alone, "--out", out()).fails(3, words);
    run("edit", "--base", BASE, "--tuned", BASE + "+" + alone, "--out", out()).fails(3, words);
    run("diff", BASE, alone).fails(3, words);
    String document = run("edit", "--base", BASE, "--tuned", alone, "--out", out(), "--json").out();
    assertTrue(document.contains("\"remedy\":\"put its adapter_config.json beside"), document);

    Files.move(alone, folder.resolve("adapter_model.safetensors"));
    Files.copy(LORA.resolve("adapter_config.json"), folder.resolve("adapter_config.json"));
    Path here = folder.resolve("adapter_model.safetensors");
    run("diff", BASE, here).succeeds();
  }

  @Test
  void anAdapterOfAnotherToolIsNoModelByItself() throws IOException {
    Path lora = folder.resolve("lora.safetensors");
    new SmallModel(
            Map.of(
                "unet.a.lora_A.weight", new float[] {1}, "unet.a.lora_B.weight", new float[] {2}))
        .file(lora);
    run("convert", BASE + "+" + lora, out())
        .fails(3, lora + ": a LoRA of diffusers", "merge it into its base first");
  }

  /// Factors that are edited or merged one by one make nothing that either adapter says.
  @ParameterizedTest
  @CsvSource({
    "transformer.blocks.0.q.lora_A.weight, transformer.blocks.0.q.lora_B.weight, diffusers",
    "diffusion_model.blocks.0.q.lora_down.weight, diffusion_model.blocks.0.q.alpha, diffusers",
    "unet.down_blocks.0.q.lora.down.weight, unet.down_blocks.0.q.lora.up.weight, diffusers",
    "unet.blocks.0.processor.q_lora.down.weight, unet.blocks.0.k, diffusers",
    "double_blocks.0.processor.qkv_lora1.down.weight, double_blocks.0.b, diffusers",
    "blocks.0.q.lora_down.weight, blocks.0.q.lora_up.weight, kohya's sd-scripts",
    "h.0.lora_A.weight, h.0.lora_B.weight, LoRA adapter of peft",
    "lora_unet_x.hada_w1_a, lora_unet_x.alpha, LyCORIS",
    "lycoris_x.lokr_w1, lycoris_x.lokr_w2, LyCORIS",
    "lora_unet_x.oft_blocks, lora_unet_x.alpha, LyCORIS",
    "layers.0.q.lora_A, layers.0.q.lora_B, loralib",
    "layers.0.q.lora_a, layers.0.q.lora_b, MLX",
    "layers.0.q.lora_a.weight, layers.0.q.magnitude, torchtune",
    "layers.0.qkv.adapter.linear_in.weight, layers.0.qkv.adapter.linear_out.weight, NeMo",
    "m.layers.0.k.vera_lambda_b, m.layers.0.k.vera_lambda_d, adapter of peft",
  })
  void adaptersOfOtherToolsAreNoModels(String one, String other, String kind) throws IOException {
    Path base = folder.resolve("one.safetensors");
    Path tuned = folder.resolve("other.safetensors");
    new SmallModel(Map.of(one, new float[] {1}, other, new float[] {2})).file(base);
    new SmallModel(Map.of(one, new float[] {3}, other, new float[] {4})).file(tuned);
    run("edit", "--base", base, "--tuned", tuned, "--out", out())
        .fails(3, kind, "not a model", "merge it into its base first");
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yml"),
            "{merge_method: linear, models: [{model: one.safetensors, parameters: {weight: 1}},"
                + " {model: other.safetensors, parameters: {weight: 1}}]}");
    run("merge", recipe, out()).fails(3, kind, "not a model");
    assertFalse(Files.exists(out()));
  }

  @Test
  void modelsWithAnAdapterInsideAreModels() throws IOException {
    Path base = folder.resolve("one.safetensors");
    Path tuned = folder.resolve("other.safetensors");
    for (String own : List.of("layers.0.q.base_layer.weight", "layers.0.q.weight")) {
      String factor = "layers.0.q.lora_A.weight";
      new SmallModel(Map.of(own, new float[] {1}, factor, new float[] {2})).file(base);
      new SmallModel(Map.of(own, new float[] {3}, factor, new float[] {4})).file(tuned);
      run("edit", "--base", base, "--tuned", tuned, "--out", out(), "--force").succeeds();
    }
  }

  @Test
  void anAdapterIsShownByItsOwnTensors() {
    String shown = run("inspect", LORA).succeeds().out();
    assertTrue(shown.contains("lora_A.weight"), shown);
  }
}
