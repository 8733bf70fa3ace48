package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// An extracted adapter names tensors as the running model does, all of them, so that PEFT finds
/// what it changes. PEFT says nothing where it does not. What PEFT 0.21 and transformers 5.18 need
/// is checked by tools/transformers-check/adapters.py; this holds us to the names.
class ExtractNamesTest {
  private static final String PREFIX = "base_model.model.";
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int TOKENS = 12;
  private static final int WIDTH = 4;

  @TempDir private Path folder;

  /// A model of these tensors; those named in `changed` differ from the base's.
  private Path model(String name, String config, List<TensorInfo> tensors, String changed)
      throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(model.resolve("config.json"), "{" + config + "}");
    try (CheckpointWriter writer =
        CheckpointWriter.create(
            model.resolve("model.safetensors"), tensors, Map.of("format", "pt"))) {
      for (TensorInfo tensor : tensors) {
        boolean differs = name.equals("tuned") && tensor.name().matches(changed);
        Random random = new Random(tensor.name().hashCode() + (differs ? 1L : 0L));
        float[] values = new float[Math.toIntExact(tensor.byteSize() / Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextFloat() - 0.5f;
        }
        writer.write(tensor.name(), bytes(values));
      }
      writer.publish();
    }
    return model;
  }

  private static MemorySegment bytes(float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * values.length]);
    MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
    return bytes;
  }

  private static TensorInfo matrix(String name, int rows, int columns) {
    return new TensorInfo(name, DType.F32, Shape.of(rows, columns));
  }

  private static TensorInfo vector(String name, int length) {
    return new TensorInfo(name, DType.F32, Shape.of(length));
  }

  private static List<TensorInfo> layers(String... names) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (String name : names) {
      for (int i = 0; i < 3; i++) {
        tensors.add(matrix(name.formatted(i) + ".weight", WIDTH, WIDTH));
      }
    }
    return tensors;
  }

  private static List<TensorInfo> with(List<TensorInfo> layers, TensorInfo... others) {
    List<TensorInfo> all = new ArrayList<>(List.of(others));
    all.addAll(layers);
    return all;
  }

  private Cli extracted(String config, List<TensorInfo> tensors, String changed)
      throws IOException {
    Path base = model("base", config, tensors, changed);
    Path tuned = model("tuned", config, tensors, changed);
    Path lora = folder.resolve("lora");
    Cli run =
        run("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank=4", "--force")
            .succeeds();
    assertSame(base, tuned, lora);
    return run;
  }

  /// The adapter on the base is the tuned model.
  private static void assertSame(Path base, Path tuned, Path lora) throws IOException {
    try (Checkpoint expected = Checkpoint.open(tuned)) {
      for (TensorInfo info : expected.infos()) {
        float[] found = tensor(Path.of(base + "+" + lora), info.name());
        assertArrayEquals(tensor(tuned, info.name()), found, 1e-5f, info.name());
      }
    }
  }

  private Checkpoint lora() throws IOException {
    return Checkpoint.openParts(Location.of(folder.resolve("lora")));
  }

  private Set<String> names() throws IOException {
    try (Checkpoint lora = lora()) {
      return lora.infos().stream()
          .map(info -> info.name().substring(PREFIX.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private String config() throws IOException {
    return Files.readString(folder.resolve("lora").resolve("adapter_config.json"))
        .replaceAll("\\s", "");
  }

  private float[] part(String name) throws IOException {
    try (Checkpoint lora = lora()) {
      return part(lora, PREFIX + name);
    }
  }

  private static float[] part(Checkpoint lora, String name) throws IOException {
    TensorSource source = lora.source(lora.find(name).orElseThrow());
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) source.info().byteSize()]);
    source.read(0, bytes);
    return bytes.toArray(FLOAT);
  }

  private static String about(String type, String architecture) {
    return "\"model_type\": \"%s\", \"architectures\": [\"%s\"]".formatted(type, architecture);
  }

  /// The head that a tuned model has for its task goes along, as PEFT saves it, whether or not the
  /// base has one of its own, and whether that is its embedding.
  @ParameterizedTest
  @CsvSource({
    "LlamaForCausalLM, true, false",
    "LlamaForCausalLM, true, true",
    "LlamaForCausalLM, false, true",
    "LlamaModel, false, true",
  })
  void theHeadOfAnotherTaskGoesAlong(String architecture, boolean storesHead, boolean isTied)
      throws IOException {
    String tie = ", \"tie_word_embeddings\": " + isTied;
    List<TensorInfo> own = layers("model.layers.%d.mlp.up_proj");
    own.add(matrix("model.embed_tokens.weight", TOKENS, WIDTH));
    if (storesHead) {
      own.add(matrix("lm_head.weight", TOKENS, WIDTH));
    }
    Path base = model("base", about("llama", architecture) + tie, own, "");
    List<TensorInfo> other = layers("model.layers.%d.mlp.up_proj");
    other.add(matrix("model.embed_tokens.weight", TOKENS, WIDTH));
    other.add(matrix("score.weight", 3, WIDTH));
    String classifier = about("llama", "LlamaForSequenceClassification") + tie;
    Path tuned = model("tuned", classifier, other, ".*layers\\.1.*");
    Path lora = folder.resolve("lora");
    Cli run =
        run("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank=4").succeeds();
    assertTrue(config().contains("\"task_type\":\"SEQ_CLS\""), config());
    assertTrue(config().contains("\"modules_to_save\":[\"score\"]"), config());
    assertTrue(
        run.err()
            .contains(
                "brings the head (score), which %s lacks: load that as LlamaForSequenceClassification"
                    .formatted(base)),
        run.err());
    assertEquals(
        Set.of(
            "model.layers.1.mlp.up_proj.lora_A.weight",
            "model.layers.1.mlp.up_proj.lora_B.weight",
            "score.weight"),
        names());
    assertSame(base, tuned, lora);
  }

  /// Embedding models are of the class without a head.
  @ParameterizedTest
  @CsvSource({
    "LlamaForCausalLM, model., LlamaModel, '', true",
    "LlamaModel, '', LlamaModel, '', false",
    "LlamaForCausalLM, model., LlamaForCausalLM, model., false",
  })
  void theClassThatTheAdapterIsForIsSaid(
      String own, String front, String tunedClass, String tunedFront, boolean isSaid)
      throws IOException {
    String tie = ", \"tie_word_embeddings\": true";
    List<TensorInfo> base = layers(front + "layers.%d.mlp.up_proj");
    base.add(matrix(front + "embed_tokens.weight", TOKENS, WIDTH));
    List<TensorInfo> tuned = layers(tunedFront + "layers.%d.mlp.up_proj");
    tuned.add(matrix(tunedFront + "embed_tokens.weight", TOKENS, WIDTH));
    Cli run =
        run(
                "extract",
                "--base",
                model("base", about("llama", own) + tie, base, ""),
                "--tuned",
                model("tuned", about("llama", tunedClass) + tie, tuned, ".*layers.*"),
                "--out",
                folder.resolve("lora"),
                "--rank=4")
            .succeeds();
    assertEquals(
        isSaid,
        run.err()
            .contains(
                "the adapter is for a LlamaForCausalLM, as the base is: peft does not find"
                    + " model.layers.0.mlp.up_proj in a LlamaModel"),
        run.err());
    assertEquals(isSaid, run.err().contains("the adapter is for"), run.err());
  }

  /// transformers 5 writes norms of ESM as the first BERT's were called.
  @Test
  void theHeadGoesAlongWhereTheTunedModelCallsNormsOtherwise() throws IOException {
    List<TensorInfo> own =
        with(
            layers("esm.encoder.layer.%d.output.dense"),
            matrix("esm.embeddings.word_embeddings.weight", TOKENS, WIDTH),
            vector("esm.encoder.layer.0.LayerNorm.weight", WIDTH),
            matrix("lm_head.dense.weight", WIDTH, WIDTH));
    Path base = model("base", about("esm", "EsmForMaskedLM"), own, "");
    List<TensorInfo> other =
        with(
            layers("esm.encoder.layer.%d.output.dense"),
            matrix("esm.embeddings.word_embeddings.weight", TOKENS, WIDTH),
            vector("esm.encoder.layer.0.LayerNorm.gamma", WIDTH),
            matrix("classifier.dense.weight", WIDTH, WIDTH));
    Path tuned = model("tuned", about("esm", "EsmForTokenClassification"), other, "");
    Path lora = folder.resolve("lora");
    run("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank=4").succeeds();
    assertTrue(config().contains("\"task_type\":\"TOKEN_CLS\""), config());
    assertTrue(names().contains("classifier.dense.weight"), names().toString());
  }

  /// PEFT takes `pre_classifier` for `classifier`, which it replaces, and adds no product there.
  @Test
  void noLayerOfAHeadThatIsReplacedHasAProduct() throws IOException {
    String sizes = ", \"n_layers\": 3";
    String config = about("distilbert", "DistilBertForSequenceClassification") + sizes;
    List<TensorInfo> layers = layers("distilbert.transformer.layer.%d.ffn.lin1");
    layers.add(matrix("distilbert.embeddings.word_embeddings.weight", TOKENS, WIDTH));
    layers.add(matrix("pre_classifier.weight", WIDTH, WIDTH));
    Path base = model("base", config, with(layers, matrix("classifier.weight", 2, WIDTH)), "");
    List<TensorInfo> other = with(layers, matrix("classifier.weight", 3, WIDTH));
    Path tuned = model("tuned", config, other, "pre_classifier.*|.*layer\\.1.*");
    Path lora = folder.resolve("lora");
    run("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank=4").succeeds();
    assertEquals(
        Set.of(
            "distilbert.transformer.layer.1.ffn.lin1.lora_A.weight",
            "distilbert.transformer.layer.1.ffn.lin1.lora_B.weight",
            "classifier.weight",
            "pre_classifier.weight"),
        names());
    assertSame(base, tuned, lora);
  }

  /// The names of the running model, not those of the files.
  @ParameterizedTest
  @CsvSource({
    "vit, ViTForImageClassification, vit.encoder.layer.%d.attention.attention.key,"
        + " vit.layers.1.attention.k_proj",
    "llava, LlavaForConditionalGeneration, language_model.model.layers.%d.mlp.up_proj,"
        + " model.language_model.layers.1.mlp.up_proj",
    "qwen2_vl, Qwen2VLForConditionalGeneration, model.layers.%d.mlp.up_proj,"
        + " model.language_model.layers.1.mlp.up_proj",
    "siglip_vision_model, SiglipVisionModel, vision_model.encoder.layers.%d.mlp.fc1,"
        + " encoder.layers.1.mlp.fc1",
    "detr, DetrForObjectDetection, model.decoder.layers.%d.fc1, model.decoder.layers.1.mlp.fc1",
    "deformable_detr, DeformableDetrForObjectDetection, model.encoder.layers.%d.self_attn.out_proj,"
        + " model.encoder.layers.1.self_attn.o_proj",
  })
  void modulesThatTransformers5CallsOtherwise(String type, String own, String file, String running)
      throws IOException {
    Cli run = extracted(about(type, own), layers(file), ".*layers?\\.1\\..*");
    assertEquals(Set.of(running + ".lora_A.weight", running + ".lora_B.weight"), names());
    String note = "modules are named as transformers 5 has them once the model runs (" + running;
    assertTrue(run.err().contains(note), run.err());
  }

  /// GIT's head is called `output`, as parts of each layer are.
  @Test
  void aNameThatOthersEndInIsToldOf() throws IOException {
    List<TensorInfo> tensors =
        with(
            layers("git.encoder.layer.%d.attention.output.dense"),
            matrix("output.weight", TOKENS, WIDTH));
    String config = about("git", "GitForCausalLM");
    Cli layer = extracted(config, tensors, ".*layer\\.1\\..*");
    assertFalse(layer.err().contains("whose names end in"), layer.err());
    Cli head = extracted(config, tensors, "output.*");
    assertTrue(
        head.err().contains("peft takes all modules whose names end in .output"), head.err());
  }

  /// Of modules that are replaced, peft asks for no dot before the end: a ViTModel's `embeddings`
  /// hold `patch_embeddings`.
  @ParameterizedTest
  @CsvSource({"ViTModel, '', true", "ViTForImageClassification, vit., false"})
  void aReplacedModuleInWhoseNameOthersEndIsToldOf(String type, String prefix, boolean isTold)
      throws IOException {
    List<TensorInfo> tensors =
        with(
            layers(prefix + "encoder.layer.%d.attention.attention.key"),
            vector(prefix + "embeddings.cls_token", WIDTH),
            new TensorInfo(
                prefix + "embeddings.patch_embeddings.projection.weight",
                DType.F32,
                Shape.of(WIDTH, 1, 2, 2)));
    Cli run = extracted(about("vit", type), tensors, ".*(cls_token|layer\\.1\\..*)");
    assertTrue(
        config().contains("\"" + prefix + "embeddings\""), () -> "replaced whole: " + run.err());
    String note = "peft takes all modules whose names end in embeddings for that which";
    assertEquals(isTold, run.err().contains(note), run.err());
  }

  /// LeViT has modules that are called as what DataParallel puts around models.
  @Test
  void aModuleOfTheModelIsNotTakenForAWrapper() throws IOException {
    extracted(
        about("levit", "LevitForImageClassification"),
        layers("levit.encoder.stages.0.layers.%d.module.linear_up.linear"),
        ".*layers\\.1\\..*");
    String running = "levit.encoder.stages.0.layers.1.module.linear_up.linear";
    assertEquals(Set.of(running + ".lora_A.weight", running + ".lora_B.weight"), names());
  }

  @ParameterizedTest
  @CsvSource({
    "d_fine, DFineForObjectDetection",
    "conditional_detr, ConditionalDetrForObjectDetection",
    "olmo_hybrid, OlmoHybridForCausalLM"
  })
  void whereNamesAreNotKnownThatIsSaid(String type, String own) throws IOException {
    Cli run =
        extracted(about(type, own), layers("model.decoder.layers.%d.fc1"), ".*layers\\.1\\..*");
    assertTrue(run.err().contains("this adapter has the names of the files"), run.err());
  }

  /// PEFT 0.21 refuses such an adapter as a whole.
  @Test
  void ofMambaWhatPeftTakesNoProductOfIsReplaced() throws IOException {
    Cli run =
        extracted(
            about("mamba2", "Mamba2ForCausalLM"),
            layers("backbone.layers.%d.mixer.in_proj", "backbone.layers.%d.mixer.out_proj"),
            ".*layers\\.1\\..*");
    String mixer = "backbone.layers.1.mixer.";
    assertEquals(
        Set.of(
            mixer + "in_proj.lora_A.weight",
            mixer + "in_proj.lora_B.weight",
            mixer + "out_proj.weight"),
        names());
    assertTrue(config().contains("\"modules_to_save\":[\"" + mixer + "out_proj\"]"), config());
    assertTrue(run.err().contains("peft takes no products of out_proj"), run.err());
  }

  /// Which are no linear layers of transformers 5.
  @ParameterizedTest
  @CsvSource({
    "gpt_oss, GptOssForCausalLM, mlp.router, mlp.router",
    "lfm2_moe, Lfm2MoeForCausalLM, feed_forward.gate, feed_forward.gate",
    "granitemoe, GraniteMoeForCausalLM, block_sparse_moe.router.layer, block_sparse_moe.router"
  })
  void routersOfTheirOwnKindAreReplaced(String type, String own, String stored, String running)
      throws IOException {
    String layer = "model.layers.%d.";
    Cli run =
        extracted(
            about(type, own),
            layers(layer + "self_attn.q_proj", layer + stored),
            ".*layers\\.1\\..*");
    String module = "model.layers.1." + running;
    assertTrue(names().contains(module + ".weight"), names().toString());
    assertTrue(config().contains("\"modules_to_save\":[\"" + module + "\"]"), config());
    String router = running.substring(running.indexOf('.') + 1);
    assertTrue(run.err().contains("peft takes no products of " + router), run.err());
  }

  @Test
  void ofModelsWhoseLayersShareModulesThatIsSaid() throws IOException {
    Cli run =
        extracted(
            about("zamba2", "Zamba2ForCausalLM"),
            layers("model.layers.%d.shared_transformer.self_attn.q_proj"),
            ".*layers\\.1\\..*");
    assertTrue(run.err().contains("peft may change only one of them"), run.err());
  }

  /// A list of embeddings, one for each codebook.
  @Test
  void numberedEmbeddingsAreReplaced() throws IOException {
    extracted(
        about("musicgen_decoder", "MusicgenForCausalLM"),
        with(
            layers("model.decoder.layers.%d.fc1"),
            matrix("model.decoder.embed_tokens.0.weight", TOKENS, WIDTH)),
        "model\\.decoder\\.(embed|layers\\.1).*");
    assertTrue(names().contains("model.decoder.embed_tokens.0.weight"), names().toString());
  }

  @Test
  void aHeadThatIsTheEmbeddingIsReplacedWithIt() throws IOException {
    extracted(
        about("llama", "LlamaForCausalLM") + ", \"tie_word_embeddings\": true",
        with(
            layers("model.layers.%d.mlp.up_proj"),
            matrix("model.embed_tokens.weight", TOKENS, WIDTH)),
        "model\\.(embed|layers\\.1).*");
    assertTrue(
        config().contains("\"modules_to_save\":[\"lm_head\",\"model.embed_tokens\"]"), config());
    assertArrayEquals(part("model.embed_tokens.weight"), part("lm_head.weight"));
  }

  /// Old files and the states of running models have it once more.
  @Test
  void aHeadThatIsTheEmbeddingMayBeStoredByTheBaseAlone() throws IOException {
    String config = about("llama", "LlamaForCausalLM") + ", \"tie_word_embeddings\": true";
    List<TensorInfo> tensors =
        with(
            layers("model.layers.%d.mlp.up_proj"),
            matrix("model.embed_tokens.weight", TOKENS, WIDTH));
    String changed = "model\\.(embed|layers\\.1).*";
    Path base = model("base", config, tensors, changed);
    Path tuned = model("tuned", config, tensors, changed);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (TensorInfo info : tensors) {
      values.put(info.name(), tensor(base, info.name()));
    }
    values.put("lm_head.weight", tensor(base, "model.embed_tokens.weight"));
    List<TensorInfo> all = with(tensors, matrix("lm_head.weight", TOKENS, WIDTH));
    Path file = base.resolve("model.safetensors");
    Files.delete(file);
    try (CheckpointWriter writer = CheckpointWriter.create(file, all, Map.of("format", "pt"))) {
      for (TensorInfo info : all) {
        writer.write(info.name(), bytes(Objects.requireNonNull(values.get(info.name()))));
      }
      writer.publish();
    }
    Path lora = folder.resolve("lora");
    run("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank=4").succeeds();
    assertSame(base, tuned, lora);
    assertArrayEquals(part("model.embed_tokens.weight"), part("lm_head.weight"));
  }

  @Test
  void aHeadOfItsOwnStaysAsItIs() throws IOException {
    extracted(
        about("llama", "LlamaForCausalLM") + ", \"tie_word_embeddings\": false",
        with(
            layers("model.layers.%d.mlp.up_proj"),
            matrix("model.embed_tokens.weight", TOKENS, WIDTH),
            matrix("lm_head.weight", TOKENS, WIDTH)),
        "model\\.(embed|layers\\.1).*");
    assertFalse(names().contains("lm_head.weight"), names().toString());
  }

  @Test
  void aModelWithoutHeadHasNone() throws IOException {
    extracted(
        about("llama", "LlamaModel"),
        with(layers("layers.%d.mlp.up_proj"), matrix("embed_tokens.weight", TOKENS, WIDTH)),
        "(embed|layers\\.1).*");
    assertTrue(config().contains("\"modules_to_save\":[\"embed_tokens\"]"), config());
  }

  @Test
  void ofProphetNetEncoderAndDecoderHaveTheEmbeddingToo() throws IOException {
    extracted(
        about("prophetnet", "ProphetNetForConditionalGeneration"),
        with(
            layers("prophetnet.encoder.layers.%d.feed_forward.output"),
            matrix("prophetnet.word_embeddings.weight", TOKENS, WIDTH)),
        "prophetnet.word.*|.*layers.1.*");
    assertTrue(
        names()
            .containsAll(
                List.of(
                    "prophetnet.word_embeddings.weight",
                    "prophetnet.encoder.word_embeddings.weight",
                    "prophetnet.decoder.word_embeddings.weight",
                    "lm_head.weight")),
        names().toString());
  }

  @Test
  void theHeadOfMoonshineIsCalledAsWhispers() throws IOException {
    extracted(
        about("moonshine", "MoonshineForConditionalGeneration"),
        with(
            layers("model.decoder.layers.%d.fc1"),
            matrix("model.decoder.embed_tokens.weight", TOKENS, WIDTH)),
        ".*embed_tokens.*|.*layers.1.*");
    assertTrue(names().contains("proj_out.weight"), names().toString());
  }

  @Test
  void encoderAndDecoderHaveTheSharedEmbeddingToo() throws IOException {
    extracted(
        about("t5", "T5ForConditionalGeneration"),
        with(
            layers(
                "encoder.block.%d.layer.0.SelfAttention.q",
                "decoder.block.%d.layer.0.SelfAttention.q"),
            matrix("shared.weight", TOKENS, WIDTH),
            matrix("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 8, 2)),
        "shared.*|.*relative.*|encoder.block.1.*");
    assertTrue(
        names()
            .containsAll(
                List.of(
                    "shared.weight",
                    "encoder.embed_tokens.weight",
                    "decoder.embed_tokens.weight",
                    "lm_head.weight",
                    // an embedding, of which PEFT makes no lora_A and lora_B
                    "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")),
        names().toString());
  }

  /// BERT's decoder has the embedding as its weight, and the bias of the module around it.
  @Test
  void aBiasThatIsItsDecodersIsReplacedThere() throws IOException {
    String decoder = "cls.predictions.decoder.";
    extracted(
        about("bert", "BertForMaskedLM"),
        with(
            layers("bert.encoder.layer.%d.output.dense"),
            matrix("bert.embeddings.word_embeddings.weight", TOKENS, WIDTH),
            matrix("cls.predictions.transform.dense.weight", WIDTH, WIDTH),
            vector("cls.predictions.bias", TOKENS)),
        "cls.predictions.bias|bert.encoder.layer.1.*");
    assertTrue(
        names().containsAll(List.of(decoder + "weight", decoder + "bias")), names().toString());
    assertFalse(names().contains("cls.predictions.bias"), names().toString());
  }

  /// gpt2 of the Hub is stored so.
  @Test
  void whatFilesLackBeforeTheNamesIsPutThere() throws IOException {
    extracted(
        about("gpt2", "GPT2LMHeadModel"),
        with(
            layers("h.%d.mlp.c_fc"),
            matrix("wte.weight", TOKENS, WIDTH),
            vector("ln_f.weight", WIDTH)),
        "wte.*|ln_f.*|h.1.*");
    assertTrue(
        names()
            .containsAll(
                List.of(
                    "lm_head.weight",
                    "transformer.wte.weight",
                    "transformer.ln_f.weight",
                    "transformer.h.1.mlp.c_fc.lora_A.weight")),
        names().toString());
  }

  @Test
  void normsOfTheFirstBertAreCalledAsTheyAreNow() throws IOException {
    extracted(
        about("bert", "BertForSequenceClassification"),
        with(
            layers("bert.encoder.layer.%d.output.dense"),
            matrix("bert.embeddings.word_embeddings.weight", TOKENS, WIDTH),
            vector("bert.embeddings.LayerNorm.gamma", WIDTH),
            vector("bert.embeddings.LayerNorm.beta", WIDTH)),
        ".*gamma|bert.encoder.layer.1.*");
    assertTrue(
        names()
            .containsAll(
                List.of("bert.embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.bias")),
        names().toString());
  }

  /// PEFT packs experts where all have one rank, and asks the router to have it, too.
  @Test
  void modulesOfAModelWithExpertsHaveOneRank() throws IOException {
    List<TensorInfo> tensors =
        layers(
            "model.layers.%d.mlp.experts.0.up_proj",
            "model.layers.%d.mlp.experts.1.up_proj", "model.layers.%d.self_attn.q_proj");
    for (int i = 0; i < 3; i++) {
      tensors.add(matrix("model.layers.%d.mlp.gate.weight".formatted(i), 2, WIDTH));
    }
    Cli run = extracted(about("qwen3_moe", "Qwen3MoeForCausalLM"), tensors, ".*layers.[01].*");
    assertFalse(run.err().contains("experts"), run.err());
    assertTrue(config().contains("\"rank_pattern\":{}"), config());
    assertEquals(4 * WIDTH, part("model.layers.0.mlp.gate.lora_A.weight").length);
    assertEquals(4 * 2, part("model.layers.0.mlp.gate.lora_B.weight").length);
  }

  @Test
  void expertsThatPeftDoesNotFindAreToldOf() throws IOException {
    Cli run =
        extracted(
            about("deepseek_v3", "DeepseekV3ForCausalLM"),
            layers(
                "model.layers.%d.mlp.experts.0.up_proj",
                "model.layers.%d.mlp.shared_experts.up_proj"),
            ".*layers.1.*");
    assertTrue(run.err().contains("peft 0.21 does not find all"), run.err());
  }

  /// PEFT takes them for experts as soon as the model has some, changed or not.
  @Test
  void whatIsCalledAsExpertsIsToldOfWhereTheseDidNotChange() throws IOException {
    List<TensorInfo> tensors =
        layers(
            "model.layers.%d.mlp.experts.0.up_proj",
            "model.layers.%d.mlp.shared_experts.up_proj", "model.layers.%d.self_attn.q_proj");
    String config = about("glm4_moe", "Glm4MoeForCausalLM");
    Cli attention = extracted(config, tensors, ".*q_proj.*");
    assertFalse(attention.err().contains("experts"), attention.err());
    Cli shared = extracted(config, tensors, ".*shared_experts.*");
    assertTrue(shared.err().contains("peft 0.21 does not find all"), shared.err());
  }

  /// Command R+ and Chameleon have a norm for each head. PEFT makes factors of linear layers alone.
  @Test
  void normsOfHeadsAreReplaced() throws IOException {
    extracted(
        about("cohere", "CohereForCausalLM"),
        with(
            layers("model.layers.%d.self_attn.q_proj"),
            matrix("model.layers.0.self_attn.q_norm.weight", 2, WIDTH)),
        ".*(q_proj|q_norm).*");
    assertTrue(names().contains("model.layers.0.self_attn.q_norm.weight"), names().toString());
  }

  /// PyTorch's own attention reads the matrices of its layers, and runs no factors beside them.
  @Test
  void theAttentionOfPyTorchIsReplacedAsAWhole() throws IOException {
    String head = "vision_model.head.attention";
    extracted(
        about("siglip", "SiglipModel"),
        with(
            layers("vision_model.encoder.layers.%d.mlp.fc1"),
            matrix(head + ".in_proj_weight", 3 * WIDTH, WIDTH),
            vector(head + ".in_proj_bias", 3 * WIDTH),
            matrix(head + ".out_proj.weight", WIDTH, WIDTH),
            vector(head + ".out_proj.bias", WIDTH)),
        ".*head.*|.*layers.1.*");
    assertTrue(config().contains("\"modules_to_save\":[\"" + head + "\"]"), config());
    assertTrue(
        names().containsAll(List.of(head + ".in_proj_weight", head + ".out_proj.weight")),
        names().toString());
  }

  /// Two modules of the running model are one matrix of the file.
  @Test
  void ofDino2sGatesThatIsSaid() throws IOException {
    String config = about("dinov2", "Dinov2Model");
    String mlp = "encoder.layer.%d.mlp.weights_";
    Cli run = extracted(config, layers(mlp + "in", mlp + "out"), ".*layer\\.1\\..*");
    assertTrue(run.err().contains("weights_in.weight is of several modules"), run.err());
    assertTrue(names().contains("encoder.layer.1.mlp.down_proj.lora_A.weight"), names().toString());
    run = extracted(config, layers(mlp + "in", mlp + "out"), ".*1.mlp.weights_out.*");
    assertFalse(run.err().contains("several modules"), run.err());
  }

  /// Its decoder answers, though its class is called as those that mark an answer in a text are.
  @Test
  void theHeadThatAnswersQuestionsOfBlipIsItsEmbedding() throws IOException {
    String head = "text_decoder.cls.predictions.";
    extracted(
        about("blip", "BlipForQuestionAnswering"),
        with(
            layers("text_decoder.bert.encoder.layer.%d.output.dense"),
            matrix("text_decoder.bert.embeddings.word_embeddings.weight", TOKENS, WIDTH),
            matrix(head + "transform.dense.weight", WIDTH, WIDTH),
            vector(head + "bias", TOKENS)),
        ".*predictions.bias|.*layer.1.*");
    assertTrue(
        names().containsAll(List.of(head + "decoder.weight", head + "decoder.bias")),
        names().toString());
  }

  /// Of Phi-4's ears.
  @Test
  void biasesOfDistancesAreReplaced() throws IOException {
    String distances = "model.audio_embed.encoder.relative_attention_bias_layer.bias_values.weight";
    extracted(
        about("phi4_multimodal", "Phi4MultimodalForCausalLM"),
        with(layers("model.layers.%d.mlp.down_proj"), matrix(distances, TOKENS, 2)),
        ".*bias_values.*|.*layers.1.*");
    assertTrue(names().contains(distances), names().toString());
  }

  /// PEFT forgets the ranks of routers, too.
  @Test
  void aRouterHasTheRankOfTheOthersThoughNoExpertChanged() throws IOException {
    List<TensorInfo> tensors =
        layers("model.layers.%d.mlp.experts.0.up_proj", "model.layers.%d.self_attn.q_proj");
    for (int i = 0; i < 3; i++) {
      tensors.add(matrix("model.layers.%d.mlp.gate.weight".formatted(i), 2, WIDTH));
    }
    extracted(about("qwen3_moe", "Qwen3MoeForCausalLM"), tensors, ".*(q_proj|gate).*");
    assertTrue(config().contains("\"rank_pattern\":{}"), config());
    assertEquals(4 * WIDTH, part("model.layers.0.mlp.gate.lora_A.weight").length);
  }

  /// Batch norms count the batches that they have seen.
  @Test
  void countersGoAlongWithTheirModule() throws IOException {
    extracted(
        about("resnet", "ResNetForImageClassification"),
        with(
            layers("resnet.encoder.stages.%d.proj"),
            vector("resnet.norm.weight", WIDTH),
            new TensorInfo("resnet.norm.num_batches_tracked", DType.I64, Shape.of())),
        "resnet.norm.weight|.*stages.1.*");
    assertTrue(names().contains("resnet.norm.num_batches_tracked"), names().toString());
    Object[] edit = {"edit", "--tuned", folder.resolve("lora"), "--base", folder.resolve("base")};
    Object[] out = {"--as", "adapter", "--out", folder.resolve("edited"), "--quiet"};
    run(Stream.of(edit, out).flatMap(Stream::of).toArray()).succeeds();
  }

  @Test
  void aBaseThatDoesNotSayWhatItIsIsToldOf() throws IOException {
    Cli run = extracted("", layers("model.layers.%d.mlp.up_proj"), ".*layers.1.*");
    assertTrue(run.err().contains("says what the running model is"), run.err());
    run =
        extracted(
            about("llama", "LlamaForCausalLM"),
            layers("model.layers.%d.mlp.up_proj"),
            ".*layers.1.*");
    assertFalse(run.err().contains("says what the running model is"), run.err());
  }

  @Test
  void whatChangesNoMatrixHasAProductOfZeros() throws IOException {
    Cli run =
        extracted(
            about("llama", "LlamaForCausalLM"),
            with(layers("model.layers.%d.mlp.up_proj"), vector("model.norm.weight", WIDTH)),
            "model.norm.*");
    assertTrue(run.err().contains("has one of zeros"), run.err());
    assertArrayEquals(
        new float[WIDTH], part("model.layers.0.mlp.up_proj.lora_B.weight"), 0, "no update");
  }
}
