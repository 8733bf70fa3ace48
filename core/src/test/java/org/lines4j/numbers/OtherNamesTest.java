package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Rename;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.TensorPlan;
import org.lines4j.tensor.DType;

/// The same model under other names is the same model: numbers are those of the edit whose names
/// agree, names those of the tuned model.
class OtherNamesTest {
  private static final int LAYERS = 3;
  private static final float ALPHA = 0.25f;
  private static final float BETA = 0.5f;

  /// Tensors by name, in order.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(float[] values, long... dims) {}

  private Path folder;

  @BeforeEach
  void useFolder(@TempDir Path given) {
    folder = given;
  }

  private static Map<String, Tensor> language(long number) {
    long seed = 1000 * number;
    Map<String, Tensor> model = new LinkedHashMap<>();
    model.put("model.embed_tokens.weight", random(seed, 10, 4));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      model.put(layer + "self_attn.q_proj.weight", random(seed + 10 + i, 4, 4));
      model.put(layer + "mlp.up_proj.weight", random(seed + 20 + i, 6, 4));
      model.put(layer + "input_layernorm.weight", random(seed + 30 + i, 4));
    }
    model.put("model.norm.weight", random(seed + 40, 4));
    model.put("lm_head.weight", random(seed + 50, 10, 4));
    return model;
  }

  /// A vision tower whose layers are of the language model's shapes.
  private static Map<String, Tensor> vision(long number) {
    long seed = 1000 * number;
    Map<String, Tensor> tower = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      String layer = "vision_tower.blocks." + i + ".";
      tower.put(layer + "self_attn.q_proj.weight", random(seed + 60 + i, 4, 4));
      tower.put(layer + "fc1.weight", random(seed + 70 + i, 6, 4));
    }
    tower.put("multi_modal_projector.linear.weight", random(seed + 80, 4, 4));
    return tower;
  }

  private static Tensor random(long seed, long... dims) {
    long elements = 1;
    for (long dim : dims) {
      elements *= dim;
    }
    Random random = new Random(seed);
    float[] values = new float[(int) elements];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Tensor(values, dims);
  }

  private static Map<String, Tensor> renamed(Map<String, Tensor> model, UnaryOperator<String> to) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    model.forEach((name, tensor) -> renamed.put(to.apply(name), tensor));
    return renamed;
  }

  private Path writeFolder(String name, Map<String, Tensor> model, @Nullable String architecture)
      throws IOException {
    Path whole = Files.createDirectories(folder.resolve(name));
    Path _ = write(name + "/model", model);
    Files.writeString(
        whole.resolve("config.json"),
        architecture == null ? "{}" : "{\"architectures\": [\"%s\"]}".formatted(architecture));
    return whole;
  }

  private Path write(String file, Map<String, Tensor> model) throws IOException {
    ModelFile written = new ModelFile();
    model.forEach((name, tensor) -> written.floats(name, tensor.values(), tensor.dims()));
    return written.write(folder.resolve(file + ".safetensors"));
  }

  private List<String> edit(
      Map<String, Tensor> base, Map<String, Tensor> tuned, UnaryOperator<Edit> options)
      throws IOException {
    try (Checkpoint from = Checkpoint.open(write("base", base));
        Checkpoint to = Checkpoint.open(write("tuned", tuned))) {
      LayerScaling lines = LayerScaling.lines(ALPHA, BETA, Outside.ALPHA);
      Edit edit = Edit.of(from, to).withScaling(lines).withForce();
      Plan plan = options.apply(edit).plan(folder.resolve("out.safetensors"));
      plan.run();
      return plan.notices();
    }
  }

  private List<String> edit(Map<String, Tensor> base, Map<String, Tensor> tuned)
      throws IOException {
    return edit(base, tuned, edit -> edit);
  }

  /// θ0 + λ·(θt − θ0) in float32, λ by the number after `layers.`.
  private static float[] expected(String name, Tensor base, Tensor tuned) {
    String number = name.replaceFirst("^.*(layers|blocks)\\.(\\d)\\..*$", "$2");
    int layer = number.length() == 1 ? number.charAt(0) - '0' : 0;
    float lambda = (float) (0.25 + 0.5 * (layer / (double) (LAYERS - 1)));
    float[] values = new float[base.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = base.values()[i] + lambda * (tuned.values()[i] - base.values()[i]);
    }
    return values;
  }

  private void checkOutput(
      Map<String, Tensor> base, Map<String, Tensor> tuned, UnaryOperator<String> baseName)
      throws IOException {
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      assertEquals(
          tuned.keySet().stream().sorted().toList(),
          out.tensors().stream().map(StoredTensor::name).sorted().toList());
      for (Map.Entry<String, Tensor> entry : tuned.entrySet()) {
        String name = entry.getKey();
        Tensor from = base.get(baseName.apply(name));
        float[] wanted =
            from == null ? entry.getValue().values() : expected(name, from, entry.getValue());
        assertArrayEquals(wanted, Planning.values(out, name), 1e-6f, name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"module.", "_orig_mod.", "_orig_mod.module.", "model.", "a.b."})
  void aPrefixOfAllNamesIsFound(String prefix) throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = renamed(language(2), name -> prefix + name);
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, name -> name.substring(prefix.length()));
    String paired =
        folder.resolve("base.safetensors")
            + ": paired by names that differ: '"
            + prefix
            + "' in front (12): 12 tensors";
    assertEquals(1, notices.size());
    assertTrue(notices.getFirst().startsWith(paired), notices::toString);
    boolean isWrapped = prefix.contains("mod") && !prefix.equals("model.");
    assertEquals(
        isWrapped,
        notices.getFirst().contains("under which transformers finds no weights"),
        notices::toString);
    assertEquals(isWrapped, !notices.getFirst().equals(paired), notices::toString);
    assertTrue(edit(tuned, base).getFirst().endsWith("'" + prefix + "' left out (12): 12 tensors"));
    checkOutput(tuned, base, name -> prefix + name);
  }

  /// transformers 5 renames what is in layers for images as it reads and writes files; who saves
  /// the states of a running model has the new names. A model within another, and a file alone, do
  /// not say of which type they are.
  @ParameterizedTest
  @CsvSource({
    "'', vit",
    "model., vit",
    "net.0., vit",
    "'', vision-encoder-decoder",
    "model., vision-encoder-decoder",
    "'', ",
    "model., "
  })
  void statesOfARunningModelArePairedWithItsFiles(String front, @Nullable String type)
      throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("classifier.weight", front + "classifier.weight");
    for (int i = 0; i < LAYERS; i++) {
      String stored = "vit.encoder.layer." + i + ".";
      String running = front + "vit.layers." + i + ".";
      names.put(stored + "attention.attention.query.weight", running + "attention.q_proj.weight");
      names.put(stored + "attention.output.dense.weight", running + "attention.o_proj.weight");
      names.put(stored + "output.dense.weight", running + "mlp.fc2.weight");
    }
    Map<String, Tensor> files = new LinkedHashMap<>();
    Map<String, Tensor> states = new LinkedHashMap<>();
    names.forEach(
        (stored, running) -> {
          files.put(stored, random(stored.hashCode(), 4, 4));
          states.put(running, random(running.hashCode(), 4, 4));
        });
    Path whole = writeFolder("whole", files, "ViTForImageClassification");
    Files.writeString(
        whole.resolve("config.json"),
        type == null
            ? "{}"
            : "{\"architectures\": [\"ViTForImageClassification\"], \"model_type\": \"%s\"}"
                .formatted(type));
    Path single = write("states", states);
    for (boolean isBack : List.of(false, true)) {
      try (Checkpoint from = Checkpoint.open(isBack ? single : whole);
          Checkpoint to = Checkpoint.open(isBack ? whole : single)) {
        LayerScaling lines = LayerScaling.lines(ALPHA, BETA, Outside.ALPHA);
        Path out = folder.resolve("out.safetensors");
        Edit.of(from, to).withScaling(lines).withForce().plan(out).run();
      }
      try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
        for (Map.Entry<String, String> name : names.entrySet()) {
          Tensor stored = Objects.requireNonNull(files.get(name.getKey()));
          Tensor state = Objects.requireNonNull(states.get(name.getValue()));
          String tuned = isBack ? name.getKey() : name.getValue();
          String running = name.getValue().substring(front.length());
          float[] wanted = expected(running, isBack ? state : stored, isBack ? stored : state);
          assertArrayEquals(wanted, Planning.values(out, tuned), 1e-6f, tuned);
        }
      }
    }
  }

  /// As `nn.Sequential` and sentence-transformers call what is in them.
  @ParameterizedTest
  @CsvSource({
    "net.0., net.1.weight",
    "encoder.0.auto_model., head.weight",
    "model.net.0., model.net.3.weight",
    "a.2.b.0., none.weight"
  })
  void aModelMayBeALinkOfAChain(String front, String own) throws IOException {
    for (boolean isTuned : List.of(true, false)) {
      Map<String, Tensor> base = renamed(language(1), name -> isTuned ? name : front + name);
      Map<String, Tensor> tuned = renamed(language(2), name -> isTuned ? front + name : name);
      tuned.put(own, random(25, 2, 4));
      edit(base, tuned);
      checkOutput(
          base,
          tuned,
          name ->
              !isTuned
                  ? front + name
                  : name.startsWith(front) ? name.substring(front.length()) : name);
    }
  }

  /// Of which neither is the other's neighbour in a chain.
  @Test
  void oneOfSeveralModelsAlikeIsRefused() {
    Map<String, Tensor> tuned = renamed(language(2), name -> "models.0." + name);
    tuned.putAll(renamed(language(3), name -> "models.1." + name));
    assertThrows(InputException.class, () -> edit(language(1), tuned));
    Map<String, Tensor> deeper = renamed(tuned, name -> "net.0." + name);
    deeper.put("net.1.weight", random(25, 2, 4));
    assertThrows(InputException.class, () -> edit(language(1), deeper));
  }

  @Test
  void compiledModulesAreFoundWithinNames() throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned =
        renamed(language(2), n -> n.replaceFirst("(layers\\.\\d)\\.", "$1._orig_mod."));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.replace("_orig_mod.", ""));
  }

  private static String newName(String old) {
    if (old.startsWith("language_model.model.")) {
      return "model.language_model." + old.substring("language_model.model.".length());
    }
    return old.equals("language_model.lm_head.weight") ? "lm_head.weight" : "model." + old;
  }

  @Test
  void oldAndNewNamesOfVisionLanguageModelsArePaired() throws IOException {
    Map<String, Tensor> base = renamed(language(1), name -> "language_model." + name);
    base.putAll(vision(1));
    Map<String, Tensor> old = renamed(language(2), name -> "language_model." + name);
    old.putAll(vision(2));
    Map<String, Tensor> tuned = renamed(old, OtherNamesTest::newName);
    edit(renamed(base, OtherNamesTest::newName), tuned);
    byte[] expected = Files.readAllBytes(folder.resolve("out.safetensors"));
    List<String> notices = edit(base, tuned);
    assertArrayEquals(expected, Files.readAllBytes(folder.resolve("out.safetensors")));
    assertTrue(
        notices.getFirst().contains("'language_model.model' as 'model.language_model' (11)"),
        notices.toString());
  }

  @Test
  void aLanguageModelIsThatPartOfAVisionLanguageModel() throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = renamed(language(2), name -> "language_model." + name);
    tuned.putAll(vision(2));
    edit(base, tuned, edit -> edit);
    checkOutput(base, tuned, name -> name.replaceFirst("language_model\\.", ""));
  }

  @Test
  void twoWaysToPairAreRefusedAndListed() throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = renamed(language(2), name -> "a." + name);
    tuned.putAll(renamed(language(3), name -> "b." + name));
    InputException e = assertThrows(InputException.class, () -> edit(base, tuned));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("several ways"), message);
    assertTrue(message.contains("'a.'") && message.contains("'b.'"), message);
    assertTrue(message.contains("renames"), message);
  }

  /// No name that another kind of model runs under decides between a model and its teacher, or its
  /// averages: transformers 5 has `model.language_model.layers` for what Qwen2-VL's files call
  /// `model.layers`.
  @ParameterizedTest
  @ValueSource(strings = {"teacher.", "ema_model.module.", "a."})
  void noOtherModelsNamesDecideBetweenTwo(String other) {
    for (boolean isTuned : List.of(true, false)) {
      Map<String, Tensor> one = new LinkedHashMap<>();
      one.put("embeddings.cls_token", random(1, 1, 4));
      for (int i = 0; i < LAYERS; i++) {
        one.put("layers." + i + ".attention.q_proj.weight", random(10 + i, 4, 4));
        one.put("layers." + i + ".mlp.fc1.weight", random(20 + i, 6, 4));
      }
      Map<String, Tensor> two = renamed(one, name -> "model." + name);
      two.putAll(renamed(one, name -> other + name));
      InputException e =
          assertThrows(InputException.class, () -> edit(isTuned ? one : two, isTuned ? two : one));
      assertTrue(String.valueOf(e.getMessage()).contains("several ways"), e::toString);
    }
  }

  @Test
  void aRenameSaysWhichPairIsMeant() throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = renamed(language(2), name -> "a." + name);
    tuned.putAll(renamed(language(3), name -> "b." + name));
    edit(
        base,
        tuned,
        edit -> edit.withRenames(List.of(Rename.parse("^=b."))).withMismatch(OnMismatch.TUNED));
    checkOutput(base, tuned, name -> name.startsWith("b.") ? name.substring(2) : "none");
  }

  @Test
  void aRenameWithoutUseIsRefused() {
    RequestException e =
        assertThrows(
            RequestException.class,
            () ->
                edit(
                    language(1),
                    language(2),
                    edit -> edit.withRenames(List.of(Rename.parse("^nothing=x")))));
    assertTrue(String.valueOf(e.getMessage()).contains("^nothing=x"), e.getMessage());
  }

  @Test
  void twoTensorsOfOneNameAreRefused() {
    RequestException e =
        assertThrows(
            RequestException.class,
            () ->
                edit(
                    language(1),
                    language(2),
                    edit -> edit.withRenames(List.of(Rename.parse("layers\\.\\d=layers.0")))));
    assertTrue(String.valueOf(e.getMessage()).contains("and so would"), e.getMessage());
  }

  @Test
  void otherModelsAreNotPairedByChance() {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      tuned.put("other.blocks." + i + ".w", random(i, 3));
    }
    tuned.put("other.norm.weight", random(7, 4));
    InputException e = assertThrows(InputException.class, () -> edit(base, tuned));
    assertTrue(
        String.valueOf(e.getMessage()).contains("model.norm.weight: only in base"), e.getMessage());
  }

  @Test
  void theHeadOfATiedModelIsItsEmbedding() throws IOException {
    Map<String, Tensor> base = language(1);
    base.remove("lm_head.weight");
    Map<String, Tensor> tuned = language(2);
    List<String> notices = edit(base, tuned);
    checkOutput(
        base, tuned, name -> name.equals("lm_head.weight") ? "model.embed_tokens.weight" : name);
    assertTrue(notices.getFirst().contains("its head is its embedding"), notices.toString());
  }

  @Test
  void theHeadOfAClassifierStaysAsTuned() throws IOException {
    Map<String, Tensor> bert = new LinkedHashMap<>();
    Map<String, Tensor> tuned = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      String name = "encoder.layers." + i + ".output.dense.weight";
      bert.put(name, random(i, 4, 4));
      tuned.put("bert." + name, random(10 + i, 4, 4));
    }
    bert.put("embeddings.position_ids", random(5, 3));
    tuned.put("classifier.weight", random(20, 2, 4));
    List<String> notices = edit(bert, tuned);
    Map<String, Tensor> headless = new LinkedHashMap<>(tuned);
    checkOutput(bert, headless, name -> name.replaceFirst("^bert\\.", ""));
    assertTrue(
        notices.stream().anyMatch(n -> n.startsWith("classifier.weight: only in ")),
        notices.toString());
    assertTrue(
        notices.stream().anyMatch(n -> n.startsWith("bert.embeddings.position_ids: only in ")),
        notices.toString());
  }

  /// RoBERTa's heads all begin with a square matrix called `dense`, as what makes one vector of all
  /// tokens does.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "auxiliary_head.classifier",
        "decode_head.classifier",
        "lm_head.dense",
        "dense",
        "bert.pooler.dense",
        "cls.predictions.transform.dense",
        "discriminator_predictions.dense",
        "generator_predictions.dense",
        "lm_loss",
        "predictions.dense",
        "embed_out",
        "decoder",
        "head.dense",
        "project_hid",
        "quantizer.weight_proj",
        "decoder.decoder_embed"
      })
  void theHeadOfAnotherTaskIsNoPartOfAClassifier(String head) throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put(head + ".weight", random(21, 4, 4));
    base.put(head + ".bias", random(22, 4));
    Map<String, Tensor> tuned = encoder("bert.", 10);
    tuned.put("classifier.dense.weight", random(23, 4, 4));
    tuned.put("classifier.dense.bias", random(24, 4));
    tuned.put("classifier.out_proj.weight", random(25, 2, 4));
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, name -> name.startsWith("classifier") ? "none" : name);
    assertEquals(2, notices.size(), notices.toString());
    assertTrue(
        notices.getLast().endsWith("base.safetensors, left out of the output"), notices.toString());
  }

  /// PyTorch Lightning's modules hold a model as `model`, its head too.
  @ParameterizedTest
  @ValueSource(strings = {"model.", "net.model."})
  void headsAreFoundBehindWhatStandsBeforeAllNames(String front) throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put("cls.predictions.bias", random(21, 7));
    base.put("cls.predictions.transform.dense.weight", random(22, 4, 4));
    Map<String, Tensor> tuned = encoder(front + "bert.", 10);
    tuned.put(front + "classifier.weight", random(25, 2, 4));
    edit(base, tuned);
    checkOutput(
        base, tuned, name -> name.contains("classifier") ? "none" : name.substring(front.length()));
  }

  /// People who write their modules themselves call heads as they like.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "out.weight",
        "drop.1.weight",
        "cls_head.2.bias",
        "regressor.fc1.weight",
        "ffn.layers.0.weight",
        "pool_query",
        "lstm.weight_ih_l0"
      })
  void whatLiesBesideTheLayersIsTheTunedModelsOwn(String head) throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put("cls.predictions.bias", random(21, 7));
    Map<String, Tensor> tuned = encoder("net.", 10);
    tuned.put(head, random(25, 2, 4));
    List<String> notices = edit(base, tuned);
    checkOutput(
        base, tuned, name -> name.equals(head) ? "none" : name.replaceFirst("^net", "bert"));
    assertTrue(
        notices.stream().anyMatch(n -> n.startsWith(head + ": only in ")), notices.toString());
  }

  /// Models that find objects have more beside what sees than that has.
  @Test
  void whatLiesBesideTheLayersMayBeMoreThanThese() throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("backbone.", 10);
    for (int i = 0; i < 20; i++) {
      tuned.put("neck.lateral." + i + ".conv.weight", random(30 + i, 3, 4));
    }
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.replaceFirst("^backbone\\.", ""));
  }

  /// What only the tuned model has is no head where it is in the layers, or most of the model, or
  /// may be what the base calls otherwise.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.layers.2.adapter.weight",
        "encoder.layers.3.output.dense.weight",
        "out.weight",
        "second"
      })
  void whatMayBePartOfWhatWasTunedIsRefused(String name) throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("", 10);
    if (name.equals("second")) {
      tuned.putAll(encoder("second.", 20));
    } else {
      base.put("lm_head.weight", random(21, 7, 4));
      tuned.put(name, random(25, 7, 4));
    }
    assertThrows(InputException.class, () -> edit(base, tuned));
    Map<String, Tensor> shard = new LinkedHashMap<>();
    shard.put("shared.weight", random(26, 7, 4));
    tuned.put("shared.weight", random(27, 7, 4));
    assertThrows(InputException.class, () -> edit(shard, tuned));
  }

  /// Nor is there a list of what models are trained with first.
  @ParameterizedTest
  @CsvSource({
    "ctc_proj.weight, 3, 4",
    "label_embeddings_concat, 5, 3",
    "net.mask_token, 1, 4",
    "net.fc.weight, 5, 4",
    "net.word_embeddings.weight, 9, 4",
    "net.vit.pooler.weight, 4, 4",
    "lm_predictions.lm_head.dense.weight, 4, 4",
    "mask_predictions.dense.weight, 4, 4"
  })
  void whatLiesBesideTheLayersOfTheBaseIsLeftOut(String name, long rows, long columns)
      throws IOException {
    Map<String, Tensor> base = encoder("net.", 0);
    base.put(name, random(21, rows, columns));
    Map<String, Tensor> tuned = encoder("net.", 10);
    tuned.put("pool.attention.weight", random(25, 4, 4));
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, own -> own);
    assertTrue(
        notices.getLast().startsWith(name + ": only in ")
            && notices.getLast().endsWith("left out of the output"),
        notices.toString());
  }

  /// MiniCPM-V's `vpm` has more tensors than the language model that it was made of.
  @Test
  void whatTheTunedModelHasBesideMayBeMoreThanTheBase() throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("llm.", 10);
    for (int i = 0; i < 30; i++) {
      tuned.put("vpm.encoder.layers.%d.attn.weight".formatted(i), random(30 + i, 4, 4));
    }
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.replaceFirst("^llm\\.", ""));
  }

  /// What the output keeps as the tuned model has it is not said to be scaled.
  @Test
  void whatOnlyTheTunedModelHasIsCopied() throws IOException {
    Map<String, Tensor> tuned = encoder("", 10);
    tuned.put("score.weight", random(25, 3, 4));
    try (Checkpoint from = Checkpoint.open(write("base", encoder("", 0)));
        Checkpoint to = Checkpoint.open(write("tuned", tuned))) {
      Plan plan = Edit.of(from, to).plan(folder.resolve("out.safetensors"));
      List<String> copied =
          plan.tensors().stream()
              .filter(tensor -> tensor.isCopied() && tensor.lambda().isEmpty())
              .map(TensorPlan::name)
              .toList();
      assertEquals(List.of("score.weight"), copied);
    }
  }

  @Test
  void itIsSaidWhereMostOfTheModelIsKept() throws IOException {
    Map<String, Tensor> tuned = encoder("", 10);
    for (int i = 0; i < 7; i++) {
      tuned.put("tower%d.weight".formatted(i), random(30 + i, 4, 4));
    }
    List<String> notices = edit(encoder("", 0), tuned);
    assertTrue(
        notices.getFirst().endsWith("kept as there: 7 of its 13 tensors"), notices.toString());
  }

  /// Stable Diffusion was published with averages of its weights, and is tuned without.
  @Test
  void averagesOfTheWeightsMayBeMissing() throws IOException {
    Map<String, Tensor> base = encoder("model.", 0);
    base.put("model_ema.diffusion_modelinput_blocks00weight", random(21, 4));
    Map<String, Tensor> tuned = encoder("model.", 10);
    edit(base, tuned);
    checkOutput(base, tuned, name -> name);
  }

  /// ControlNets begin as a U-Net's way down, with convolutions of their own.
  @Test
  void theWayUpOfAUNetMayBeMissing() throws IOException {
    Map<String, Tensor> base = new LinkedHashMap<>();
    Map<String, Tensor> tuned = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        String down = "down_blocks.%d.resnets.%d.conv.weight".formatted(i, j);
        base.put(down, random(10 * i + j, 4, 4));
        tuned.put(down, random(50 + 10 * i + j, 4, 4));
        String up = "up_blocks.%d.resnets.%d.conv.weight".formatted(i, j);
        base.put(up, random(30 + 10 * i + j, 4, 8));
      }
    }
    base.put("conv_norm_out.weight", random(90, 4));
    base.put("conv_norm_out.bias", random(91, 4));
    tuned.put("controlnet_mid_block.weight", random(92, 4, 4));
    tuned.put("controlnet_mid_block.bias", random(93, 4));
    edit(base, tuned, edit -> edit.withScaling(FLAT));
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      assertEquals(tuned.size(), out.tensors().size());
      for (Map.Entry<String, Tensor> entry : tuned.entrySet()) {
        float[] wanted = entry.getValue().values().clone();
        Tensor from = base.get(entry.getKey());
        for (int i = 0; from != null && i < wanted.length; i++) {
          wanted[i] = from.values()[i] + 0.25f * (wanted[i] - from.values()[i]);
        }
        assertArrayEquals(wanted, Planning.values(out, entry.getKey()), 1e-6f, entry.getKey());
      }
    }
  }

  /// As models were published, and what a running model of transformers 5 calls it.
  @ParameterizedTest
  @CsvSource({"embed_out, lm_head", "lm_head, embed_out", "embed_out, module.lm_head"})
  void theHeadOfGptNeoXHasTwoNames(String before, String now) throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    base.put(before + ".weight", random(21, 7, 4));
    Map<String, Tensor> tuned = encoder("", 10);
    tuned.put(now + ".weight", random(22, 7, 4));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.replaceFirst("^%s(?=\\.)".formatted(now), before));
  }

  /// Half of a model would be kept as tuned, if it were taken for another part.
  @ParameterizedTest
  @CsvSource({
    "visual.encoder.layers.%d.attn.weight, visual.resblocks.%d.in_proj, 3, 5, 5",
    "left.layers.%d.attn.weight, right.blocks.%d.in_proj, 3, 5, 5",
    "norm.weight, final_norm.weight, 1, 1, 4",
    "pos_embed, position_embedding, 1, 5, 4",
    "embeddings.word_embeddings.weight, tok_emb.weight, 1, 7, 4",
    "embeddings.word_embeddings.weight, tok_emb.weight, 1, 9, 4"
  })
  void whatMayBeCalledOtherwiseIsRefused(
      String before, String now, int count, long rows, long columns) throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("", 10);
    for (int i = 0; i < count; i++) {
      base.put(before.formatted(i), random(20 + i, rows == 9 ? 7 : rows, columns));
      tuned.put(now.formatted(i), random(30 + i, rows, columns));
    }
    tuned.put("mask", random(40, 3));
    InputException e = assertThrows(InputException.class, () -> edit(base, tuned));
    assertTrue(
        String.valueOf(e.getMessage()).contains(before.formatted(0) + ": only in base"),
        e.getMessage());
  }

  /// Qwen2-VL is no base of Qwen2.5-VL, whose layers for images are others, nor has a ViT been
  /// tuned from one with more layers.
  @ParameterizedTest
  @CsvSource({
    "visual.blocks.%d.mlp.fc1.weight, visual.blocks.%d.mlp.up_proj.weight, 0, 3",
    "visual.blocks.%d.mlp.fc1.bias, '', 0, 3",
    "'', visual.blocks.%d.mlp.fc1.bias, 0, 3",
    "visual.blocks.%d.norm.weight, '', 3, 5",
    "'', visual.blocks.%d.norm.weight, 3, 5"
  })
  void whatLayersForImagesLackIsRefused(String before, String now, int from, int to)
      throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("", 10);
    for (int i = 0; i < LAYERS; i++) {
      base.put("visual.blocks.%d.norm.weight".formatted(i), random(20 + i, 4));
      tuned.put("visual.blocks.%d.norm.weight".formatted(i), random(30 + i, 4));
    }
    for (int i = from; i < to; i++) {
      if (!before.isEmpty()) {
        base.put(before.formatted(i), random(40 + i, 4));
      }
      if (!now.isEmpty()) {
        tuned.put(now.formatted(i), random(50 + i, 4, 3));
      }
    }
    tuned.put("classifier.weight", random(60, 2, 4));
    assertThrows(InputException.class, () -> edit(base, tuned));
  }

  /// A tuned model with nothing of its own, of a class that nothing says, may be a piece.
  @Test
  void whatMayBeAPieceIsRefused() throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    base.put("norm.weight", random(21, 4));
    assertThrows(InputException.class, () -> edit(base, encoder("", 10)));
  }

  /// As fastai does, and `nn.Sequential(*list(model.children())[:-1])`.
  @ParameterizedTest
  @ValueSource(strings = {"0.", "features.", "model.body."})
  void modulesInARowArePaired(String row) throws IOException {
    Map<String, Tensor> base = stages(0, List.of("conv1", "bn1", "layer1", "layer2"), "");
    base.put("fc.weight", random(21, 2, 8));
    Map<String, Tensor> tuned = stages(50, List.of("0", "1", "4", "5"), row);
    tuned.put("classes.weight", random(22, 3, 8));
    Map<String, String> modules = Map.of("0", "conv1", "1", "bn1", "4", "layer1", "5", "layer2");
    List<String> notices = edit(base, tuned, edit -> edit.withScaling(FLAT));
    checkRow(base, tuned, row, modules);
    assertTrue(notices.getFirst().contains("paired by names that differ"), notices.toString());
    base.put("other.weight", base.get("conv1.weight"));
    assertThrows(InputException.class, () -> edit(base, tuned), "either may be meant");
  }

  private static final LayerScaling FLAT = LayerScaling.lines(0.25, 0, Outside.ALPHA);

  private void checkRow(
      Map<String, Tensor> base, Map<String, Tensor> tuned, String row, Map<String, String> modules)
      throws IOException {
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      for (Map.Entry<String, Tensor> entry : tuned.entrySet()) {
        String name = entry.getKey();
        float[] wanted = entry.getValue().values().clone();
        if (name.startsWith(row)) {
          String rest = name.substring(row.length());
          int dot = rest.indexOf('.');
          float[] from =
              Objects.requireNonNull(
                      base.get(modules.get(rest.substring(0, dot)) + rest.substring(dot)))
                  .values();
          for (int i = 0; i < wanted.length; i++) {
            wanted[i] = from[i] + 0.25f * (wanted[i] - from[i]);
          }
        }
        assertArrayEquals(wanted, Planning.values(out, name), 1e-6f, name);
      }
    }
  }

  private static Map<String, Tensor> stages(long seed, List<String> names, String prefix) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    model.put(prefix + names.get(0) + ".weight", random(seed, 4, 3, 1, 1));
    model.put(prefix + names.get(1) + ".weight", random(seed + 1, 4));
    for (int stage = 2; stage < 4; stage++) {
      int width = stage == 2 ? 4 : 8;
      for (int i = 0; i < 2; i++) {
        String block = "%s%s.%d.".formatted(prefix, names.get(stage), i);
        model.put(block + "conv1.weight", random(seed + 10L * stage + i, width, 4, 1, 1));
        model.put(block + "bn1.weight", random(seed + 10L * stage + 5 + i, width));
      }
    }
    return model;
  }

  @Test
  void theHeadOfAnotherTaskIsNotWhatMakesOneVectorOfAllTokens() throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put("classifier.dense.weight", random(23, 4, 4));
    base.put("classifier.dense.bias", random(24, 4));
    Map<String, Tensor> tuned = encoder("bert.", 10);
    tuned.put("bert.pooler.dense.weight", random(21, 4, 4));
    tuned.put("bert.pooler.dense.bias", random(22, 4));
    tuned.put("classifier.weight", random(25, 2, 4));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.matches(".*(pooler|classifier).*") ? "none" : name);
  }

  @ParameterizedTest
  @CsvSource({"BertModel, true", "BertLMHeadModel, false", "BertForMaskedLM, false", ", false"})
  void aHeadMayBeMissingWhereTheTunedModelIsOfAClassWithoutOne(
      @Nullable String architecture, boolean mayBe) throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put("cls.predictions.bias", random(21, 7));
    base.put("head.dense.weight", random(22, 4, 4));
    Map<String, Tensor> tuned = encoder("", 10);
    tuned.put("pooler.dense.weight", random(23, 4, 4));
    try (Checkpoint from = Checkpoint.open(write("base", base));
        Checkpoint to = Checkpoint.open(writeFolder("whole", tuned, architecture))) {
      Edit edit = Edit.of(from, to).withScaling(LayerScaling.lines(ALPHA, BETA, Outside.ALPHA));
      Path out = folder.resolve("out.safetensors");
      if (!mayBe) {
        InputException e = assertThrows(InputException.class, () -> edit.plan(out));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("cls.predictions.bias: only in base"), message);
        return;
      }
      edit.plan(out).run();
    }
    checkOutput(base, tuned, name -> name.startsWith("pooler") ? "none" : "bert." + name);
  }

  /// bert-base-uncased, with what it was trained with first, and the same trained on other texts.
  @ParameterizedTest
  @CsvSource({"BertForMaskedLM", "BertForPreTraining"})
  void oneOfSeveralHeadsMayBeMissing(String architecture) throws IOException {
    Map<String, Tensor> base = encoder("bert.", 0);
    base.put("bert.pooler.dense.weight", random(21, 4, 4));
    base.put("cls.seq_relationship.weight", random(22, 2, 4));
    base.put("cls.predictions.transform.dense.weight", random(23, 4, 4));
    Map<String, Tensor> tuned = encoder("bert.", 10);
    tuned.put("cls.predictions.transform.dense.weight", random(24, 4, 4));
    try (Checkpoint from = Checkpoint.open(writeFolder("base", base, architecture));
        Checkpoint to = Checkpoint.open(writeFolder("whole", tuned, "BertForMaskedLM"))) {
      LayerScaling lines = LayerScaling.lines(ALPHA, BETA, Outside.ALPHA);
      Edit.of(from, to).withScaling(lines).plan(folder.resolve("out.safetensors")).run();
    }
    checkOutput(base, tuned, name -> name);
    base.put("lm_head.weight", random(25, 7, 4));
    assertThrows(InputException.class, () -> edit(base, tuned));
  }

  private static Map<String, Tensor> encoder(String prefix, long seed) {
    Map<String, Tensor> encoder = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      String layer = prefix + "encoder.layers." + i;
      encoder.put(layer + ".output.dense.weight", random(seed + i, 4, 4));
      encoder.put(layer + ".output.dense.bias", random(seed + 5 + i, 4));
    }
    return encoder;
  }

  /// transformers neither loads nor saves what predicts tokens further ahead, with a copy of the
  /// embedding.
  @ParameterizedTest
  @ValueSource(strings = {"mtp.layers.0.", "model.mtp_layers.0.", "model.layers.3."})
  void whatPredictsTokensFurtherAheadMayBeMissing(String module) throws IOException {
    Map<String, Tensor> base = language(1);
    base.put(module + "self_attn.q_proj.weight", random(21, 4, 4));
    base.put(module + "eh_proj.weight", random(22, 4, 8));
    base.put(module + "embed_tokens.weight", base.get("model.embed_tokens.weight"));
    Map<String, Tensor> tuned = language(2);
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, name -> name);
    assertTrue(
        notices.getFirst().endsWith("base.safetensors, left out of the output"),
        notices.toString());
    edit(tuned, base);
    checkOutput(tuned, base, name -> name);
  }

  private static Map<String, Tensor> decoder(String prefix) {
    Map<String, Tensor> decoder = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      decoder.put(prefix + "decoder.layers." + i + ".attn.weight", random(60 + i, 4, 4));
    }
    decoder.put(prefix + "decoder.norm.weight", random(70, 4));
    decoder.put(prefix + "logit_scale", random(71, 1));
    return decoder;
  }

  /// Embedding models are T5's encoder, classifiers of images that part of CLIP.
  @ParameterizedTest
  @ValueSource(strings = {"", "model."})
  void aModelMayBeAWholePartOfItsBase(String prefix) throws IOException {
    Map<String, Tensor> base = encoder(prefix, 0);
    base.putAll(decoder(prefix));
    Map<String, Tensor> tuned = encoder(prefix, 10);
    tuned.put("classifier.weight", random(20, 2, 4));
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, name -> name);
    assertTrue(
        notices
            .getLast()
            .endsWith(
                "decoder (4 tensors), %slogit_scale: only in %s, left out of the output"
                    .formatted(prefix, folder.resolve("base.safetensors"))),
        notices.toString());
  }

  /// Encoder and decoder share one embedding, and files may store it for each.
  @ParameterizedTest
  @CsvSource({"false, true", "true, false", "true, true"})
  void aWholePartMayStoreTheSharedEmbeddingForItself(boolean isBases, boolean isTuneds)
      throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    base.putAll(decoder(""));
    base.put("shared.weight", random(81, 7, 4));
    Map<String, Tensor> tuned = encoder("", 10);
    tuned.put("shared.weight", random(82, 7, 4));
    if (isBases) {
      base.put("encoder.embed_tokens.weight", random(81, 7, 4));
      base.put("decoder.embed_tokens.weight", random(81, 7, 4));
    }
    if (isTuneds) {
      tuned.put("encoder.embed_tokens.weight", random(82, 7, 4));
    }
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.contains("embed_tokens") ? "shared.weight" : name);
  }

  /// The states of a running model hold a head that is its embedding once more, and its bias,
  /// whatever it is called: loading them sets the embedding twice.
  @ParameterizedTest
  @CsvSource({
    "lm_head, v_head.summary.weight",
    "lm_head, criterion.weight",
    "lm_head, visual.blocks.0.weight",
    "proj_out, ",
    "vocab_projector, classifier.weight",
    "cls.predictions.decoder, ",
    "cls.predictions.decoder, cls.seq_relationship.weight",
    "lm_head.decoder, v_head.weight"
  })
  void aHeadThatIsTheEmbeddingIsEditedAsItIs(String head, @Nullable String own) throws IOException {
    Map<String, Tensor> base = language(1);
    base.remove("lm_head.weight");
    base.put("cls.predictions.bias", random(91, 10));
    Map<String, Tensor> tuned = language(2);
    tuned.remove("lm_head.weight");
    tuned.put("cls.predictions.bias", random(92, 10));
    tuned.put(head + ".weight", Objects.requireNonNull(tuned.get("model.embed_tokens.weight")));
    tuned.put(head + ".bias", random(92, 10));
    if (own != null) {
      tuned.put(own, random(93, 2, 4));
    }
    edit(base, tuned);
    Map<String, String> twins =
        Map.of(
            head + ".weight", "model.embed_tokens.weight", head + ".bias", "cls.predictions.bias");
    checkOutput(base, tuned, name -> twins.getOrDefault(name, name));
  }

  /// What only the base stores once more is called in the output as all else is.
  @ParameterizedTest
  @CsvSource({
    "module., ''",
    "_fsdp_wrapped_module., ''",
    "_orig_mod.module., ''",
    "'', module.",
    "module., _orig_mod.",
    "module., net.",
    "model._orig_mod., ''",
    "model._orig_mod., module."
  })
  void aHeadThatOnlyTheBaseStoresHasNoOtherWrapper(String before, String now) throws IOException {
    Map<String, Tensor> base = language(1);
    base.put("lm_head.weight", Objects.requireNonNull(base.get("model.embed_tokens.weight")));
    Map<String, Tensor> tuned = language(2);
    tuned.put("lm_head.weight", Objects.requireNonNull(tuned.get("model.embed_tokens.weight")));
    Map<String, Tensor> wanted = renamed(tuned, name -> now + name);
    tuned.remove("lm_head.weight");
    edit(renamed(base, name -> before + name), renamed(tuned, name -> now + name));
    checkOutput(base, wanted, name -> name.substring(now.length()));
  }

  /// Whatever the embedding is called.
  @ParameterizedTest
  @CsvSource({
    "backbone.embeddings, lm_head",
    "backbone.embedding, lm_head",
    "transformer.word_embedding, lm_loss",
    "transformer.embeddings, pred_layer.proj",
    "transformer.tokens_embed, lm_head"
  })
  void anEmbeddingIsKnownByItsName(String embedding, String head) throws IOException {
    Map<String, Tensor> base = language(1);
    base.remove("lm_head.weight");
    base.put(
        embedding + ".weight", Objects.requireNonNull(base.remove("model.embed_tokens.weight")));
    Map<String, Tensor> tuned = language(2);
    tuned.remove("lm_head.weight");
    tuned.put(
        embedding + ".weight", Objects.requireNonNull(tuned.remove("model.embed_tokens.weight")));
    tuned.put(head + ".weight", Objects.requireNonNull(tuned.get(embedding + ".weight")));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.equals(head + ".weight") ? embedding + ".weight" : name);
  }

  /// The states of a running Deformable DETR hold what predicts boxes twice, `bbox_embed` of the
  /// whole and of its decoder; files hold it once.
  @ParameterizedTest
  @CsvSource({
    "model.decoder.bbox, bbox, ''",
    "bbox, model.decoder.bbox, ''",
    "model.decoder.bbox, bbox, net."
  })
  void aModuleOfTwoOthersIsEditedAsItIs(String stored, String twin, String front)
      throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> state = language(2);
    for (char box = 'a'; box < 'a' + 24; box++) {
      base.put(stored + "." + box + ".weight", random(100 + box, 3, 4));
      state.put(stored + "." + box + ".weight", random(200 + box, 3, 4));
      state.put(twin + "." + box + ".weight", random(200 + box, 3, 4));
    }
    Map<String, Tensor> tuned = renamed(state, name -> front + name);
    edit(base, tuned);
    checkOutput(
        base, tuned, name -> name.substring(front.length()).replaceFirst("^" + twin, stored));
  }

  /// What has lost its decoder is broken: transformers would make one of random numbers.
  @ParameterizedTest
  @CsvSource({
    "T5ForConditionalGeneration, decoder",
    "CLIPModel, vision_model",
    "LlavaForConditionalGeneration, model.vision_tower.vision_model"
  })
  void aModelOfTheSameClassHasLostItsPart(String architecture, String part) throws IOException {
    Map<String, Tensor> tuned = encoder("", 10);
    Map<String, Tensor> base = encoder("", 0);
    base.put(part + ".layers.0.attn.weight", random(21, 4, 4));
    try (Checkpoint from = Checkpoint.open(writeFolder("base", base, architecture));
        Checkpoint to = Checkpoint.open(writeFolder("tuned", tuned, architecture))) {
      Edit edit = Edit.of(from, to).withScaling(LayerScaling.lines(ALPHA, BETA, Outside.ALPHA));
      Path out = folder.resolve("out");
      InputException e = assertThrows(InputException.class, () -> edit.plan(out));
      assertTrue(
          String.valueOf(e.getMessage()).contains(part + ".layers.0.attn.weight: only in base"),
          e::toString);
    }
    edit(base, tuned);
    checkOutput(base, tuned, name -> name);
  }

  @Test
  void theTextPartOfAModelOfImagesAndTextsIsAWholePart() throws IOException {
    Map<String, Tensor> base = encoder("text_model.", 0);
    base.putAll(vision(1));
    base.put("logit_scale", random(21, 1));
    base.put("text_projection.weight", random(22, 4, 4));
    Map<String, Tensor> tuned = encoder("text_model.", 10);
    edit(base, tuned);
    checkOutput(base, tuned, name -> name);
  }

  /// OpenCLIP's images without their prefix are called as its texts are.
  @Test
  void aPartThatMayBeEitherStackIsRefused() throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    base.putAll(encoder("visual.", 5));
    assertThrows(InputException.class, () -> edit(base, encoder("", 10)));
    base.putAll(renamed(encoder("visual.", 5), name -> name.replace("dense", "linear")));
    base.keySet().removeIf(name -> name.startsWith("visual") && name.contains("dense"));
    edit(base, encoder("", 10));
    checkOutput(base, encoder("", 10), name -> name);
  }

  /// Layers, and parts of layers, are no whole part.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.layers.3.output.dense.weight",
        "encoder.layers.2.output.norm.weight",
        "encoder.layers.2.extra.0.weight",
        "encoder.norm.weight",
        "norm.weight"
      })
  void whatALayerLacksIsNoWholePart(String name) throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    base.put(name, random(21, 4));
    InputException e = assertThrows(InputException.class, () -> edit(base, encoder("", 10)));
    assertTrue(String.valueOf(e.getMessage()).contains(name + ": only in base"), e::toString);
  }

  /// Models of speech read no tokens: their heads are no embedding.
  @Test
  void theHeadOfAModelWithoutTokensStaysAsTuned() throws IOException {
    Map<String, Tensor> base = encoder("", 0);
    Map<String, Tensor> tuned = encoder("hubert.", 10);
    tuned.put("lm_head.weight", random(21, 7, 4));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name.replace("hubert.", ""));
  }

  @Test
  void buffersAreTheTunedModels() throws IOException {
    Map<String, Tensor> base = language(1);
    base.put("model.rotary_emb.inv_freq", random(3, 2));
    base.put("model.layers.0.bn.num_batches_tracked", random(3));
    Map<String, Tensor> tuned = language(2);
    tuned.put("model.layers.0.bn.num_batches_tracked", random(4));
    tuned.put("model.position_ids", random(4, 1, 5));
    List<String> notices = edit(base, tuned);
    checkOutput(base, tuned, name -> name.matches(".*(tracked|ids)") ? "none" : name);
    assertEquals(2, notices.size(), notices.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"attn_mask", "model.layers.1.attn.mask", "text.causal_mask"})
  void whatIsInfiniteInBothStaysSoInBuffers(String name) throws IOException {
    float[] mask = {0, Float.NEGATIVE_INFINITY, 0, 0};
    Map<String, Tensor> base = language(1);
    base.put(name, new Tensor(mask, 2, 2));
    Map<String, Tensor> tuned = language(2);
    tuned.put(name, new Tensor(mask, 2, 2));
    assertEquals(List.of(), edit(base, tuned));
    try (Checkpoint out = Checkpoint.open(folder.resolve("out.safetensors"))) {
      assertArrayEquals(mask, Planning.values(out, name));
    }
  }

  @Test
  void whatOnlyLooksLikeAMaskIsScaled() throws IOException {
    Map<String, Tensor> base = language(1);
    base.put("model.mask", random(3, 2, 3));
    base.put("model.mask_token", random(3, 2, 2));
    Map<String, Tensor> tuned = language(2);
    tuned.put("model.mask", random(4, 2, 3));
    tuned.put("model.mask_token", random(4, 2, 2));
    edit(base, tuned);
    checkOutput(base, tuned, name -> name);
  }

  /// Of averaged weights, of Stable Diffusion's older checkpoints and what marks its later ones.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n_averaged",
        "model_ema.num_updates",
        "model_ema.decay",
        "betas",
        "alphas_cumprod_prev",
        "sqrt_recipm1_alphas_cumprod",
        "posterior_mean_coef1",
        "denoiser.sigmas",
        "v_pred",
        "ztsnr"
      })
  void countersAndSchedulesAreBuffers(String name) throws IOException {
    Map<String, Tensor> plain = language(1);
    Map<String, Tensor> other = language(2);
    other.put(name, random(4, 3));
    edit(plain, other);
    checkOutput(plain, other, wanted -> wanted);
    edit(other, plain);
    checkOutput(other, plain, wanted -> wanted);
    plain.put(name, random(5, 3));
    edit(plain, other);
    checkOutput(plain, other, wanted -> wanted.equals(name) ? "none" : wanted);
  }

  // ---- experts

  private static final int EXPERTS = 2;
  private static final int INNER = 3;
  private static final int WIDTH = 5;

  private static Map<String, Tensor> experts(long seed, String names) {
    String[] parts = names.split(" ", -1);
    Map<String, Tensor> model = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      model.put("model.layers.%d.%s.gate.weight".formatted(i, parts[0]), random(seed + i, 2, 5));
      for (int e = 0; e < EXPERTS; e++) {
        String stem = "model.layers.%d.%s.experts.%d.".formatted(i, parts[0], e);
        long own = seed + 100 + 10L * i + 3L * e;
        model.put(stem + parts[1] + ".weight", random(own, INNER, WIDTH));
        model.put(stem + parts[2] + ".weight", random(own + 1, INNER, WIDTH));
        model.put(stem + parts[3] + ".weight", random(own + 2, WIDTH, INNER));
      }
    }
    return model;
  }

  private static final String QWEN = "mlp gate_proj up_proj down_proj";
  private static final String MIXTRAL = "block_sparse_moe w1 w3 w2";

  /// As transformers 5 has Mixtral's (rows) and Llama 4's (columns).
  private static Map<String, Tensor> packed(Map<String, Tensor> model, boolean rows) {
    Map<String, Tensor> packed = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      String stem = "model.layers." + i + ".mlp.";
      packed.put(stem + "gate.weight", model.get(stem + "gate.weight"));
      float[] gateUp = new float[EXPERTS * 2 * INNER * WIDTH];
      float[] down = new float[EXPERTS * INNER * WIDTH];
      for (int e = 0; e < EXPERTS; e++) {
        String expert = stem + "experts." + e + ".";
        for (int r = 0; r < INNER; r++) {
          for (int c = 0; c < WIDTH; c++) {
            float gate =
                Objects.requireNonNull(model.get(expert + "gate_proj.weight"))
                    .values()[r * WIDTH + c];
            float up =
                Objects.requireNonNull(model.get(expert + "up_proj.weight"))
                    .values()[r * WIDTH + c];
            float d =
                Objects.requireNonNull(model.get(expert + "down_proj.weight"))
                    .values()[c * INNER + r];
            int start = e * 2 * INNER * WIDTH;
            int half = e * INNER * WIDTH;
            if (rows) {
              gateUp[start + r * WIDTH + c] = gate;
              gateUp[start + (INNER + r) * WIDTH + c] = up;
              down[half + c * INNER + r] = d;
            } else {
              gateUp[start + c * 2 * INNER + r] = gate;
              gateUp[start + c * 2 * INNER + INNER + r] = up;
              down[half + r * WIDTH + c] = d;
            }
          }
        }
      }
      long[] both = rows ? new long[] {2, 6, 5} : new long[] {2, 5, 6};
      long[] one = rows ? new long[] {2, 5, 3} : new long[] {2, 3, 5};
      packed.put(stem + "experts.gate_up_proj", new Tensor(gateUp, both));
      packed.put(stem + "experts.down_proj", new Tensor(down, one));
    }
    return packed;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void expertsOneByOneArePackedLikeTheTunedModels(boolean rows) throws IOException {
    for (String names : List.of(QWEN, MIXTRAL)) {
      Map<String, Tensor> tuned = packed(experts(500, QWEN), rows);
      edit(experts(1, names), tuned);
      checkOutput(packed(experts(1, QWEN), rows), tuned, name -> name);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void packedExpertsAreTakenApartLikeTheTunedModels(boolean rows) throws IOException {
    Map<String, Tensor> base = experts(1, QWEN);
    edit(packed(base, rows), experts(500, QWEN));
    checkOutput(base, experts(500, QWEN), name -> name);
    edit(packed(base, rows), experts(500, MIXTRAL));
    checkOutput(experts(1, MIXTRAL), experts(500, MIXTRAL), name -> name);
  }

  /// What transformers 5 calls otherwise with `save_original_format=False`, in either direction.
  @ParameterizedTest
  @CsvSource({
    "block_sparse_moe.gate.weight, mlp.router.weight", // Phi-MoE
    "block_sparse_moe.input_linear.weight, block_sparse_moe.experts.gate_up_proj", // Granite
    "block_sparse_moe.output_linear.weight, block_sparse_moe.experts.down_proj",
    "block_sparse_moe.router.layer.weight, block_sparse_moe.router.weight",
    "mlp.experts.fc1.weight, mlp.experts.gate_up_proj", // Aria
    "mlp.experts.fc2.weight, mlp.experts.down_proj",
    "mlp.router.gate.weight, mlp.gate.weight", // Hunyuan 3
    "mlp.shared_mlp.up_proj.weight, mlp.shared_experts.up_proj.weight",
    "mlp.expert_bias, mlp.e_score_correction_bias",
    "mlp.shared_expert.up_proj.weight, mlp.shared_experts.up_proj.weight", // Laguna
    "mlp.experts.e_score_correction_bias, mlp.gate.e_score_correction_bias",
    "mlp.e_score_correction_bias, mlp.gate.e_score_correction_bias", // EXAONE
    "mlp.moe_statics.e_score_correction_bias, mlp.gate.moe_statics.e_score_correction_bias"
  })
  void partsOfExpertsArePairedUnderTheirNewNames(String original, String now) throws IOException {
    for (boolean isNow : List.of(true, false)) {
      String before = isNow ? original : now;
      String after = isNow ? now : original;
      Map<String, Tensor> base = layersWith(1, before);
      Map<String, Tensor> tuned = layersWith(500, after);
      List<String> notices = edit(base, tuned);
      checkOutput(base, tuned, name -> name.replace(after, before));
      assertTrue(notices.toString().contains("paired by names that differ"), notices.toString());
    }
  }

  private static Map<String, Tensor> layersWith(long seed, String name) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      model.put("model.layers.%d.norm.weight".formatted(i), random(seed + i, 5));
      model.put("model.layers.%d.%s".formatted(i, name), random(seed + 10 + i, 2, 6, 5));
    }
    return model;
  }

  /// Nemotron's have no gates.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void expertsWithoutGatesArePaired(boolean isPacked) throws IOException {
    Map<String, Tensor> base = ungated(1, !isPacked, "backbone");
    Map<String, Tensor> tuned = ungated(500, isPacked, "model");
    edit(base, tuned);
    checkOutput(ungated(1, isPacked, "model"), tuned, name -> name);
  }

  private static Map<String, Tensor> ungated(long seed, boolean isPacked, String prefix) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      String stem = "%s.layers.%d.mixer.".formatted(prefix, i);
      model.put(stem + "gate.weight", random(seed + i, EXPERTS, WIDTH));
      for (String part : List.of("up_proj", "down_proj")) {
        int rows = part.equals("up_proj") ? INNER : WIDTH;
        int columns = INNER + WIDTH - rows;
        Tensor both = random(seed + 10L * i + rows, EXPERTS, rows, columns);
        if (isPacked) {
          model.put(stem + "experts." + part, both);
        }
        for (int e = 0; e < EXPERTS && !isPacked; e++) {
          float[] own = Arrays.copyOfRange(both.values(), e * 15, (e + 1) * 15);
          long[] shape = {rows, columns};
          model.put("%sexperts.%d.%s.weight".formatted(stem, e, part), new Tensor(own, shape));
        }
      }
    }
    return model;
  }

  @Test
  void whatIsNotPairedKeepsTheNameThatItHas() {
    Map<String, Tensor> base = experts(1, MIXTRAL);
    Map<String, Tensor> tuned = packed(experts(500, QWEN), true);
    base.put("model.layers.0.block_sparse_moe.other.weight", random(3, 2, 2));
    InputException e = assertThrows(InputException.class, () -> edit(base, tuned));
    assertTrue(
        String.valueOf(e.getMessage()).contains("model.layers.0.block_sparse_moe.other.weight"),
        e.getMessage());
  }

  /// Square matrices fit either way: transformers stores GPT-2's with inputs first, nanoGPT with
  /// outputs first, under the same names.
  @ParameterizedTest
  @EnumSource(OnMismatch.class)
  void matricesThatOneModelStoresTurnedOverAreRefused(OnMismatch mismatch) {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = language(2);
    for (int i = 0; i < LAYERS; i++) {
      tuned.put("model.layers." + i + ".mlp.up_proj.weight", random(20 + i, 4, 6));
    }
    for (String front : List.of("", "_orig_mod.")) {
      Map<String, Tensor> named = renamed(tuned, name -> front + name);
      InputException e =
          assertThrows(
              InputException.class, () -> edit(base, named, it -> it.withMismatch(mismatch)));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("turned over"), message);
      assertTrue(message.contains("layers.0.self_attn.q_proj.weight"), message);
    }
  }

  @Test
  void packedExpertsOfTheOtherLayoutAreTurned() throws IOException {
    Map<String, Tensor> tuned = packed(experts(500, QWEN), true);
    String notice = edit(packed(experts(1, QWEN), false), tuned).getFirst();
    checkOutput(packed(experts(1, QWEN), true), tuned, name -> name);
    assertTrue(
        notice.contains(
            "mlp.experts.gate_up_proj, turned over' as 'model.layers.*.mlp.experts.gate_up_proj'"),
        notice);
  }

  @Test
  void packedExpertsWithBiasesAreRefusedByName() {
    Map<String, Tensor> tuned = packed(experts(500, QWEN), false);
    tuned.put("model.layers.0.mlp.experts.gate_up_proj_bias", random(1, 2, 6));
    InputException e = assertThrows(InputException.class, () -> edit(experts(1, QWEN), tuned));
    assertTrue(
        String.valueOf(e.getMessage()).contains("model.layers.0.mlp.experts.gate_up_proj_bias"),
        e.getMessage());
  }

  // ---- hostile files

  /// Pairing these by prefixes would take all memory, and minutes.
  @Test
  void namesDeeperThanAnyModelsAreNotPaired() throws IOException {
    Map<String, Tensor> base = language(1);
    Map<String, Tensor> tuned = language(2);
    for (int i = 0; i < 100; i++) {
      base.put("0.".repeat(4_500 - i) + i, random(i, 2));
      tuned.put("1.".repeat(4_500 - i) + i, random(i, 2));
    }
    InputException e = assertThrows(InputException.class, () -> edit(base, tuned));
    assertTrue(String.valueOf(e.getMessage()).contains("200 of 212 tensors differ"), e::toString);
  }

  // ---- diff

  @Test
  void aDiffPairsThemToo() throws IOException {
    Map<String, Tensor> tuned = renamed(language(2), name -> "module." + name);
    try (Checkpoint from = Checkpoint.open(write("base", language(1)));
        Checkpoint same = Checkpoint.open(write("same", language(2)));
        Checkpoint to = Checkpoint.open(write("tuned", tuned))) {
      LayerOptions layers = LayerOptions.defaults();
      Diff direct = Diff.between(from, same, layers, RunOptions.defaults());
      Diff renamed = Diff.between(from, to, layers, RunOptions.defaults());
      assertEquals(direct.whole(), renamed.whole());
      assertEquals(Map.of(), renamed.uncompared());
      assertTrue(renamed.notices().getFirst().contains("'module.' in front"));
    }
  }

  @Test
  void typesMayDiffer() throws IOException {
    Map<String, Tensor> base = language(1);
    ModelFile tuned = new ModelFile();
    base.forEach((name, tensor) -> tuned.random("module." + name, DType.BF16, 3, tensor.dims()));
    try (Checkpoint from = Checkpoint.open(write("base", base));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("t.safetensors")))) {
      assertEquals(12, Edit.of(from, to).plan(folder.resolve("o.safetensors")).tensors().size());
    }
  }
}
