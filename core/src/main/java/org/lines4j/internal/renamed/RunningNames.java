package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.config.ModelType;
import org.lines4j.tensor.TensorInfo;

/// What a model's tensors are called once transformers has loaded it, which is how adapters name
/// them. Files may lack what stands before the names there, have words of earlier versions, and
/// store once what the model has under several names.
public final class RunningNames {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private static final Pattern HEADED =
      Pattern.compile("(For[A-Z]\\w*|LMHead\\w*|HeadsModel|MTModel|GenerationDecoder)$");

  /// Has an encoder, and no model around it.
  private static final Pattern ENCODER = Pattern.compile("WhisperForAudioClassification$");

  private static final Pattern SPEAKING =
      Pattern.compile(
          "(ForCausalLM|ForConditionalGeneration|BlipForQuestionAnswering|ForMaskedLM|ForPreTraining|LMHead\\w*|HeadsModel|MTModel|GenerationDecoder)$");

  /// What transformers calls the model within a model with a head (`base_model_prefix`), by type.
  private static final Map<String, Set<String>> PREFIXES =
      Map.of(
          "transformer",
          Set.of(
              "bloom",
              "codegen",
              "ctrl",
              "falcon",
              "flaubert",
              "gpt-sw3",
              "gpt2",
              "gpt_bigcode",
              "gpt_neo",
              "gptj",
              "imagegpt",
              "mpt",
              "openai-gpt",
              "squeezebert",
              "xlm",
              "xlnet"),
          "roberta",
          Set.of("camembert", "roberta", "xlm-roberta", "xlm-roberta-xl", "xmod"),
          "bert",
          Set.of("bert", "bert-generation", "big_bird", "megatron-bert"),
          "deberta",
          Set.of("deberta", "deberta-v2"),
          "backbone",
          Set.of("falcon_mamba", "mamba", "mamba2", "xlstm"),
          "vit",
          Set.of("vit_mae", "vit_msn", "yolos"),
          "model",
          Set.of(
              "bart",
              "bigbird_pegasus",
              "blenderbot",
              "blenderbot-small",
              "m2m_100",
              "marian",
              "mbart",
              "modernbert",
              "mvp",
              "nllb-moe",
              "opt",
              "pegasus",
              "pegasus_x",
              "plbart",
              "whisper",
              "xglm"));

  /// Types of which that is the type itself.
  private static final Set<String> OWN_PREFIXES =
      Set.of(
          "albert",
          "beit",
          "biogpt",
          "canine",
          "convbert",
          "convnext",
          "convnextv2",
          "data2vec-text",
          "deit",
          "dinov2",
          "distilbert",
          "electra",
          "ernie",
          "esm",
          "fnet",
          "funnel",
          "git",
          "gpt_neox",
          "gpt_neox_japanese",
          "hubert",
          "ibert",
          "layoutlm",
          "layoutlmv3",
          "led",
          "longformer",
          "luke",
          "mobilebert",
          "mpnet",
          "mra",
          "nomic_bert",
          "nystromformer",
          "prophetnet",
          "rembert",
          "resnet",
          "roberta-prelayernorm",
          "roc_bert",
          "roformer",
          "rwkv",
          "segformer",
          "swin",
          "swinv2",
          "tapas",
          "vit",
          "wav2vec2",
          "wavlm",
          "yoso");

  /// The parts of a decoder that was saved without its head.
  private static final Set<String> DECODER = Set.of("embed_tokens", "layers", "norm");

  /// Output embeddings that are not called `lm_head`, by type.
  private static final Map<String, String> HEADS =
      Map.ofEntries(
          Map.entry("canary", "proj_out"),
          Map.entry("cohere_asr", "proj_out"),
          Map.entry("moonshine", "proj_out"),
          Map.entry("moonshine_streaming", "proj_out"),
          Map.entry("whisper", "proj_out"),
          Map.entry("biogpt", "output_projection"),
          Map.entry("trocr", "output_projection"),
          Map.entry("gpt_neox_japanese", "embed_out"),
          Map.entry("git", "output"),
          Map.entry("rwkv", "head"),
          Map.entry("t5gemma", "lm_head.out_proj"));

  private final Map<String, TensorInfo> stored = new LinkedHashMap<>();
  private final Set<String> types;
  private final List<String> architectures;
  private final boolean isUntied;
  private final String prefix;
  private final Map<String, String> ties = new LinkedHashMap<>();

  private RunningNames(
      List<StoredTensor> tensors, Set<String> types, List<String> architectures, boolean isUntied) {
    tensors.forEach(tensor -> stored.put(tensor.name(), tensor.info()));
    this.types = types;
    this.architectures = List.copyOf(architectures);
    this.isUntied = isUntied;
    this.prefix = prefix();
    tieShared();
    tieHead();
  }

  /// Those of a model by its tensors and its configuration.
  public static RunningNames of(Checkpoint model) throws IOException {
    if (!model.isFolder()) {
      return new RunningNames(model.tensors(), Set.of(), List.of(), false);
    }
    return new RunningNames(
        model.tensors(),
        ModelType.of(model.companions()),
        ModelType.architectures(model.companions()),
        Heads.isUntied(model));
  }

  /// What a model's tensors are called in the file of one with another head.
  ///
  /// @param architecture the other's class
  public static UnaryOperator<String> storedAs(Checkpoint model, String architecture)
      throws IOException {
    return new RunningNames(
            model.tensors(), ModelType.of(model.companions()), List.of(architecture), true)
        ::whole;
  }

  /// Whether the model's configuration says what the running model is.
  public boolean isKnown() {
    return !architectures.isEmpty();
  }

  /// What the running model calls a stored tensor, or the module that holds it.
  public String of(String name) {
    return RunningModules.of(type(), architectures, is(HEADED), whole(name));
  }

  /// Whether that is another than transformers 4 has.
  public boolean isRenamed(String name) {
    return !of(name).equals(whole(name));
  }

  /// A name as it is, or what the running model calls the tensor where that is another than
  /// transformers 4 has.
  String running(String name) {
    return isRenamed(name) ? of(name) : name;
  }

  private String whole(String name) {
    String current = PlainName.current(name);
    return prefix.isEmpty() || Heads.isOne(current) ? current : prefix + "." + current;
  }

  /// Whether it belongs to what a model has for its task alone.
  public static boolean isOfHead(String name) {
    return Heads.isOne(name);
  }

  /// The outermost module of the head, or of the pooler, that a tensor is in; empty for others.
  public static Optional<String> headOf(String name) {
    return Heads.module(name);
  }

  /// Whether a class of transformers has a head around the model.
  static boolean isHeaded(String architecture) {
    return HEADED.matcher(architecture).find();
  }

  /// Whether some modules may have names that [#of] does not know.
  public boolean areUnknown() {
    return RunningModules.areUnknown(type());
  }

  /// What PEFT makes of such models otherwise than of others.
  public List<PeftQuirk> quirks() {
    return PeftQuirk.of(type());
  }

  private String type() {
    return types.isEmpty() ? "" : types.iterator().next();
  }

  /// Parameters of the running model that the file does not store, as each is one with another: the
  /// name that it has there → the other's name in the file.
  public Map<String, String> ties() {
    return Collections.unmodifiableMap(ties);
  }

  private boolean is(Pattern classes) {
    return architectures.stream().anyMatch(name -> classes.matcher(name).find());
  }

  private String prefix() {
    if (!is(HEADED) || is(ENCODER)) {
      return "";
    }
    String own = prefix(type());
    boolean isThere =
        stored.keySet().stream().anyMatch(name -> PlainName.current(name).startsWith(own + "."));
    return isThere ? "" : own;
  }

  private String prefix(String type) {
    for (Map.Entry<String, Set<String>> known : PREFIXES.entrySet()) {
      if (known.getValue().contains(type)) {
        return known.getKey();
      }
    }
    if (OWN_PREFIXES.contains(type)) {
      return type.replace('-', '_');
    }
    boolean isDecoder =
        stored.keySet().stream()
            .map(PlainName::current)
            .filter(name -> !Heads.isOne(name))
            .allMatch(name -> DECODER.contains(name.substring(0, Math.max(0, name.indexOf('.')))));
    return isDecoder ? "model" : "";
  }

  private void tie(String running, String to) {
    if (stored.keySet().stream().noneMatch(name -> of(name).equals(running))) {
      ties.putIfAbsent(running, to);
    }
  }

  /// Encoder and decoder share one embedding, and each has it.
  private void tieShared() {
    for (String name : List.copyOf(stored.keySet())) {
      String running = of(name);
      if (running.equals("shared.weight") || running.endsWith(".shared.weight")) {
        String around = running.substring(0, running.length() - "shared.weight".length());
        tie(around + "encoder.embed_tokens.weight", name);
        tie(around + "decoder.embed_tokens.weight", name);
      }
      if (type().equals("prophetnet")
          && running.matches("(prophetnet\\.)?word_embeddings\\.weight")) {
        String around = running.substring(0, running.length() - "word_embeddings.weight".length());
        tie(around + "encoder.word_embeddings.weight", name);
        tie(around + "decoder.word_embeddings.weight", name);
      }
    }
  }

  /// The head is the embedding, and not stored.
  private void tieHead() {
    Optional<TensorInfo> embedding = embedding();
    if (isUntied || !is(SPEAKING) || embedding.isEmpty()) {
      return;
    }
    String tokens = embedding.get().name();
    List<String> biases = lonelyBiases(embedding.get());
    if (biases.isEmpty()) {
      tie(head(of(tokens)) + WEIGHT, tokens);
    }
    for (String bias : biases) {
      String around = bias.substring(0, bias.length() - BIAS.length());
      boolean hasMore =
          stored.keySet().stream()
              .anyMatch(name -> name.startsWith(around + ".") && !name.equals(bias));
      String head = of(hasMore ? around + ".decoder" : around);
      tie(head + WEIGHT, tokens);
      if (hasMore && !types.contains("esm")) { // which adds the bias itself
        tie(head + BIAS, bias);
      }
    }
  }

  /// The embedding that a head can be one with: that of the decoder, where it has its own.
  private Optional<TensorInfo> embedding() {
    return stored.values().stream()
        .filter(tensor -> Heads.isInputEmbedding(tensor.name()) && tensor.shape().rank() == 2)
        .filter(tensor -> !Heads.isOfModality(tensor.name()))
        .max(
            Comparator.comparing((TensorInfo tensor) -> tensor.name().endsWith("shared.weight"))
                .thenComparing(tensor -> tensor.name().contains("decoder."))
                .thenComparing(tensor -> !tensor.name().contains("encoder.")));
  }

  /// Biases with an element for each token, of modules without weights.
  private List<String> lonelyBiases(TensorInfo embedding) {
    List<String> biases = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> tensor : stored.entrySet()) {
      String name = tensor.getKey();
      if (name.endsWith(BIAS)
          && tensor.getValue().shape().dims().equals(embedding.shape().dims().subList(0, 1))
          && !stored.containsKey(name.substring(0, name.length() - BIAS.length()) + WEIGHT)) {
        biases.add(name);
      }
    }
    return biases;
  }

  private String head(String embedding) {
    for (String type : types) {
      if (HEADS.containsKey(type)) {
        return HEADS.get(type);
      }
    }
    return embedding.startsWith("language_model.model.") ? "language_model.lm_head" : "lm_head";
  }
}
