package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.companions.LackingFiles;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// Adapters and bases whose names differ by what tools put before them, and those that do not fit.
class AdapterNamesTest {
  private static final Path BASE = PeftCase.FOLDER.resolve("bases", "llama");
  private static final Path LORA = PeftCase.FOLDER.resolve("adapters", "llama_plain");
  private static final String CONFIG = "adapter_config.json";

  @TempDir private Path folder;

  /// A copy with other names.
  private Path renamed(Path model, String config, String weights, UnaryOperator<String> name)
      throws IOException {
    Path copy = folder.resolve("copy-of-" + model.getFileName());
    Files.createDirectories(copy);
    Files.copy(model.resolve(config), copy.resolve(config));
    try (Checkpoint from = Checkpoint.openParts(Location.of(model))) {
      List<TensorInfo> infos =
          from.infos().stream()
              .map(info -> new TensorInfo(name.apply(info.name()), info.dtype(), info.shape()))
              .toList();
      try (CheckpointWriter writer =
          CheckpointWriter.create(copy.resolve(weights), infos, Map.of())) {
        for (StoredTensor tensor : from.tensors()) {
          writer.write(
              name.apply(tensor.name()),
              MemorySegment.ofArray(TensorContents.bytes(from.source(tensor))));
        }
        writer.publish();
      }
    }
    return copy;
  }

  private Path lora(UnaryOperator<String> name) throws IOException {
    return renamed(LORA, CONFIG, "adapter_model.safetensors", name);
  }

  private static void assertSame(Path base, Path adapter, UnaryOperator<String> name)
      throws IOException {
    assertSame(Path.of(BASE + "+" + LORA), base, adapter, name);
  }

  private static void assertSame(Path model, Path base, Path adapter, UnaryOperator<String> name)
      throws IOException {
    try (Checkpoint expected = Checkpoint.open(model);
        Checkpoint found = Checkpoint.open(Path.of(base + "+" + adapter))) {
      assertEquals(expected.tensors().size(), found.tensors().size());
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(name.apply(tensor.name())).orElseThrow();
        assertArrayEquals(
            PeftCase.values(expected, tensor), PeftCase.values(found, own), tensor.name());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "base_model.model.,base_model.model._orig_mod.",
    "base_model.model.,base_model.model.module.",
    "base_model.model.,''",
    "lora_A.weight,lora_A.default.weight",
    "base_model.model.,base_model.model.language_model."
  })
  void anAdaptersNamesMayHaveAnotherPrefix(String from, String to) throws IOException {
    assertSame(BASE, lora(name -> name.replace(from, to)), name -> name);
  }

  /// As PEFT saves them where all biases are trained: the replaced module's once more, and the
  /// base's.
  @Test
  void aReplacedModulesBiasesMayBeThereTwice() throws IOException {
    Path classifier = PeftCase.FOLDER.resolve("adapters", "bert_classifier");
    Path base = PeftCase.FOLDER.resolve("bases", "bert");
    String weights = "adapter_model.safetensors";
    Path twice = folder.resolve("twice");
    Files.createDirectories(twice);
    Files.copy(classifier.resolve(CONFIG), twice.resolve(CONFIG));
    String prefix = AdapterKey.PREFIX + "classifier.";
    List<String> more = List.of(prefix + "modules_to_save.bias", prefix + "original_module.bias");
    try (Checkpoint from = Checkpoint.openParts(Location.of(classifier))) {
      TensorInfo bias = from.find(prefix + "bias").orElseThrow().info();
      List<TensorInfo> infos = new ArrayList<>(from.infos());
      more.forEach(name -> infos.add(new TensorInfo(name, bias.dtype(), bias.shape())));
      try (CheckpointWriter writer =
          CheckpointWriter.create(twice.resolve(weights), infos, Map.of())) {
        for (StoredTensor tensor : from.tensors()) {
          writer.write(
              tensor.name(), MemorySegment.ofArray(TensorContents.bytes(from.source(tensor))));
        }
        for (String name : more) {
          writer.write(name, MemorySegment.ofArray(new byte[(int) bias.byteSize()]));
        }
        writer.publish();
      }
    }
    try (Checkpoint expected = Checkpoint.open(Path.of(base + "+" + classifier));
        Checkpoint found = Checkpoint.open(Path.of(base + "+" + twice))) {
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertArrayEquals(
            PeftCase.values(expected, tensor), PeftCase.values(found, own), tensor.name());
      }
    }
  }

  @Test
  void whatNothingTakesThePlaceOfIsRefused() throws IOException {
    Path adapter = lora(name -> name.replace("q_proj.lora_A", "q_proj.original_module.bias.x"));
    InputException e =
        assertThrows(InputException.class, () -> Checkpoint.open(Path.of(BASE + "+" + adapter)));
    assertTrue(
        String.valueOf(e.getMessage()).contains("nothing in the file takes its place"),
        e::toString);
  }

  @Test
  void aBaseMayHaveAnotherPrefix() throws IOException {
    UnaryOperator<String> name = own -> "text.decoder." + own;
    Path base = renamed(BASE, "config.json", "model.safetensors", name);
    assertSame(base, LORA, name);
  }

  /// PEFT asks for the experts' parameters without their module where it was asked for experts one
  /// by one, as published models have them.
  @ParameterizedTest
  @CsvSource({
    "mixtral-runtime-names, mixtral_target_parameters",
    "mixtral, mixtral_target_parameters_hub_names"
  })
  void expertsMayBeAskedForByTheirParametersAlone(String model, String name) throws IOException {
    Path base = PeftCase.FOLDER.resolve("bases", model);
    Path lora = PeftCase.FOLDER.resolve("adapters", name);
    Path adapter = renamed(lora, CONFIG, "adapter_model.safetensors", own -> own);
    Path config = adapter.resolve(CONFIG);
    String asked = Files.readString(config).replace("\"mlp.experts.", "\"");
    assertTrue(asked.contains("\"gate_up_proj\""), asked);
    Files.writeString(config, asked);
    assertSame(Path.of(base + "+" + lora), base, adapter, own -> own);
  }

  /// Which extent of square experts the inputs are says the other parameter of the two, also where
  /// the adapter leaves it alone: gpt-oss has its inputs first, and a square `down_proj`.
  @ParameterizedTest
  @CsvSource({
    "down_proj, gate_up_proj, 2, 4, true",
    "down_proj, gate_up_proj, 4, 2, false",
    "gate_up_proj, down_proj, 1, 2, true",
    "gate_up_proj, down_proj, 2, 1, false"
  })
  void squareExpertsLieAsTheOtherParameterDoes(
      String square, String other, long rows, long columns, boolean isTurned) throws IOException {
    String experts = "model.layers.0.mlp.experts.";
    Path base = folder.resolve("experts.safetensors");
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    write(
        base,
        Map.of(experts + square, Shape.of(1, 2, 2), experts + other, Shape.of(1, rows, columns)),
        Map.of());
    write(
        adapter.resolve("adapter_model.safetensors"),
        Map.of(
            "base_model.model." + experts + "lora_A.weight",
            Shape.of(1, 2),
            "base_model.model." + experts + "lora_B.weight",
            Shape.of(2, 1)),
        Map.of("lora_A", new float[] {1, 2}, "lora_B", new float[] {3, 5}));
    Files.writeString(
        adapter.resolve(CONFIG),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [],
         "target_parameters": ["mlp.experts.%s"]}
        """
            .formatted(square));
    try (Checkpoint model = Checkpoint.open(Path.of(base + "+" + adapter))) {
      float[] values = PeftCase.values(model, model.find(experts + square).orElseThrow());
      float[] expected = isTurned ? new float[] {3, 5, 6, 10} : new float[] {3, 6, 5, 10};
      assertArrayEquals(expected, values);
    }
  }

  /// @param values by a part of the name; zeros where there are none
  private static void write(Path file, Map<String, Shape> shapes, Map<String, float[]> values)
      throws IOException {
    List<TensorInfo> infos = new ArrayList<>();
    shapes.forEach((name, shape) -> infos.add(new TensorInfo(name, DType.F32, shape)));
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        float[] own =
            values.entrySet().stream()
                .filter(entry -> info.name().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> new float[Math.toIntExact(info.shape().elements())]);
        ByteBuffer bytes =
            ByteBuffer.allocate(own.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(own);
        writer.write(info.name(), MemorySegment.ofArray(bytes.array()));
      }
      writer.publish();
    }
  }

  @Test
  void modulesThatTheBaseLacksAreNamed() throws IOException {
    Path adapter = lora(name -> name.replace("layers.1.mlp", "layers.1.moe"));
    Path both = Path.of(BASE + "+" + adapter);
    InputException e = assertThrows(InputException.class, () -> Checkpoint.open(both));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("3 of the adapter's 21 modules are not in " + BASE), message);
    assertTrue(message.contains("model.layers.1.moe.down_proj"), message);
  }

  @ParameterizedTest
  @CsvSource({"(a+)+$", "(.*)*x", "((.*)*)*y", "(x+x+)+y"})
  void patternsThatTakeForEverAreRefusedOrDone(String pattern) throws IOException {
    Path adapter = lora(name -> name);
    String config = Files.readString(adapter.resolve(CONFIG));
    String changed =
        config.replace("\"rank_pattern\": {}", "\"rank_pattern\": {\"" + pattern + "\": 3}");
    assertTrue(!changed.equals(config));
    Files.writeString(adapter.resolve(CONFIG), changed);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (Checkpoint model = Checkpoint.open(Path.of(BASE + "+" + adapter))) {
            assertEquals(30, model.tensors().size());
          } catch (InputException e) {
            assertTrue(String.valueOf(e.getMessage()).contains("takes too long"), e::toString);
          }
        });
  }

  @Test
  void theTokenizerThatAnAdapterWasTrainedWithGoesAlong() throws IOException {
    Path adapter = lora(name -> name);
    Path base = renamed(BASE, "config.json", "model.safetensors", name -> name);
    Files.writeString(base.resolve("tokenizer_config.json"), "{\"a\": 1}");
    Files.writeString(base.resolve("special_tokens_map.json"), "{}");
    Files.writeString(adapter.resolve("tokenizer_config.json"), "{\"a\": 2}");
    Path out = folder.resolve("out");
    edit(base, adapter, out);
    assertEquals("{\"a\": 1}", Files.readString(out.resolve("tokenizer_config.json")));
    Files.writeString(adapter.resolve("tokenizer.model"), "x");
    Files.writeString(adapter.resolve("chat_template.jinja"), "y");
    edit(base, adapter, out);
    assertEquals("{\"a\": 2}", Files.readString(out.resolve("tokenizer_config.json")));
    assertEquals("x", Files.readString(out.resolve("tokenizer.model")));
    assertEquals("y", Files.readString(out.resolve("chat_template.jinja")));
    assertTrue(Files.notExists(out.resolve("special_tokens_map.json")));
    assertTrue(Files.exists(out.resolve("config.json")));
    assertTrue(Files.notExists(out.resolve(CONFIG)));
  }

  /// As sentence-transformers saves it of a model with an adapter.
  @Test
  void theModulesThatAnAdapterWasTrainedWithGoAlongWhereTheBaseHasNone() throws IOException {
    Path adapter = lora(name -> name);
    Path base = renamed(BASE, "config.json", "model.safetensors", name -> name);
    Files.writeString(base.resolve("tokenizer.json"), "base's");
    Files.writeString(
        adapter.resolve("modules.json"), "[{\"path\": \"\"}, {\"path\": \"1_Pooling\"}]");
    Files.writeString(adapter.resolve("config_sentence_transformers.json"), "prompts");
    Files.createDirectory(adapter.resolve("1_Pooling"));
    Files.writeString(adapter.resolve("1_Pooling/config.json"), "cls");
    Path out = folder.resolve("out");
    edit(base, adapter, out);
    assertEquals("cls", Files.readString(out.resolve("1_Pooling/config.json")));
    assertEquals("prompts", Files.readString(out.resolve("config_sentence_transformers.json")));
    assertEquals("base's", Files.readString(out.resolve("tokenizer.json")));
    assertTrue(Files.exists(out.resolve("modules.json")));
    try (Checkpoint plain = Checkpoint.open(base);
        Checkpoint model = Checkpoint.open(Path.of(base + "+" + adapter))) {
      assertEquals(
          List.of(
              "%s: has no modules.json, so the output gets none, though %s has one"
                  .formatted(base, model.location())),
          List.copyOf(LackingFiles.lacking(plain.companions(), List.of(plain, model))));
    }
    Files.writeString(base.resolve("modules.json"), "[]");
    edit(base, adapter, out);
    assertEquals("[]", Files.readString(out.resolve("modules.json")));
    assertTrue(Files.notExists(out.resolve("1_Pooling")));
  }

  /// LLaVA's projector, the vision tower of a Qwen-VL, the head of a reward model.
  @ParameterizedTest
  @ValueSource(
      strings = {"non_lora_trainables.bin", "non_lora_state_dict.bin", "value_head.safetensors"})
  void whatWasTrainedBesideAnAdapterIsRemarked(String name) throws IOException {
    Path adapter = lora(own -> own);
    Path both = Path.of(BASE + "+" + adapter);
    try (Checkpoint model = Checkpoint.open(both)) {
      assertEquals(Optional.empty(), model.remark());
    }
    Files.writeString(adapter.resolve(name), "x");
    try (Checkpoint model = Checkpoint.open(both)) {
      assertEquals(
          Optional.of(
              name
                  + ": trained beside the adapter, and no part of the model made here; what loads"
                  + " the adapter may need it"),
          model.remark());
    }
  }

  private static void edit(Path base, Path adapter, Path out) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.openOn(from, Location.of(adapter))) {
      Edit.of(from, to).withForce().plan(out).run();
    }
  }

  /// Single bytes of the configuration and of the header.
  @ParameterizedTest
  @CsvSource({"adapter_config.json", "adapter_model.safetensors"})
  void damagedAdaptersAreRefusedInWordsOrRead(String file) throws IOException {
    Path adapter = lora(name -> name);
    byte[] whole = Files.readAllBytes(adapter.resolve(file));
    Random random = new Random(11);
    Location both = Location.parse(BASE + "+" + adapter);
    for (int i = 0; i < 400; i++) {
      byte[] damaged = whole.clone();
      for (int n = 0; n <= i % 3; n++) {
        damaged[random.nextInt(Math.min(damaged.length, 4000))] = (byte) random.nextInt(256);
      }
      Files.write(adapter.resolve(file), damaged);
      try (Checkpoint model = Checkpoint.open(both)) {
        assertEquals(30, model.tensors().size());
      } catch (InputException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 10, e::toString);
      }
    }
  }
}
