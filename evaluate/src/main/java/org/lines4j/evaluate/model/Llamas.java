package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.evaluate.model.Layer.Norms;
import org.lines4j.evaluate.model.Outline.Attention;

/// Llama and the models that came of it: RMSNorm, rotary positions, a gated inner part.
///
/// @param kind which of them
/// @param epsilon of the normalisations
/// @param hasAttentionBias of queries, keys and values
/// @param hasOutputBias of what attention gives
/// @param hasInnerBias of the inner part
/// @param isTied whether logits are made by the matrix that makes states of tokens
record Llamas(
    Kind kind,
    Outline outline,
    double epsilon,
    boolean hasAttentionBias,
    boolean hasOutputBias,
    boolean hasInnerBias,
    boolean isTied)
    implements Family {

  /// What sets them apart.
  enum Kind {
    LLAMA(false, false, false),
    MISTRAL(false, false, false),
    QWEN2(false, false, false),
    QWEN3(false, false, true),
    GEMMA(true, false, false),
    GEMMA2(true, true, false),
    GEMMA3(true, true, true);

    /// Weights of norms are added to 1, embeddings scaled by the root of the width.
    private final boolean isGemma;

    /// What a part gives is normalised, too.
    private final boolean hasFourNorms;

    /// Queries and keys are normalised.
    private final boolean hasHeadNorms;

    Kind(boolean isGemma, boolean hasFourNorms, boolean hasHeadNorms) {
      this.isGemma = isGemma;
      this.hasFourNorms = hasFourNorms;
      this.hasHeadNorms = hasHeadNorms;
    }
  }

  static Family of(Kind kind, Settings config) {
    config.refuseIf("use_bidirectional_attention");
    int width = config.count("hidden_size");
    int heads = config.count("num_attention_heads");
    boolean mayLack = kind == Kind.LLAMA;
    int keyHeads =
        mayLack ? config.count("num_key_value_heads", heads) : config.count("num_key_value_heads");
    boolean isWidthTold = kind.isGemma || kind == Kind.QWEN3;
    int headWidth =
        isWidthTold ? config.count("head_dim") : config.count("head_dim", width / heads);
    if (heads % keyHeads != 0) {
      throw config.refused("num_key_value_heads", "divisors of num_attention_heads");
    }
    if (headWidth % 2 != 0) {
      throw config.refused("head_dim", "even numbers");
    }
    boolean isLaterGemma = kind == Kind.GEMMA2 || kind == Kind.GEMMA3;
    String activation = isLaterGemma ? "hidden_activation" : "hidden_act";
    boolean isOldGemma = kind == Kind.GEMMA && config.word(activation, "").equals("gelu");
    Outline outline =
        new Outline(
            config.word("model_type", ""),
            width,
            config.count("intermediate_size"),
            heads,
            keyHeads,
            headWidth,
            config.count("max_position_embeddings"),
            isOldGemma
                ? Activation.GELU_TANH // as transformers reads it
                : Activation.of(config, activation, kind.isGemma ? "gelu_pytorch_tanh" : "silu"),
            attention(kind, config, headWidth),
            true,
            isLaterGemma ? cap(config, "final_logit_softcapping") : OptionalDouble.empty());
    boolean hasBias = kind == Kind.QWEN2 || config.is("attention_bias", false);
    return new Llamas(
        kind,
        outline,
        config.number("rms_norm_eps", 1e-6),
        kind != Kind.MISTRAL && hasBias,
        kind != Kind.MISTRAL && kind != Kind.QWEN2 && hasBias,
        kind == Kind.LLAMA && config.is("mlp_bias", false),
        config.is("tie_word_embeddings", kind.isGemma));
  }

  private static OptionalDouble cap(Settings config, String key) {
    return config.has(key) ? OptionalDouble.of(config.number(key)) : OptionalDouble.empty();
  }

  private static List<Attention> attention(Kind kind, Settings config, int headWidth) {
    if (kind == Kind.GEMMA3 && config.has("attn_logit_softcapping")) {
      throw config.refused("attn_logit_softcapping", "only null");
    }
    boolean isLaterGemma = kind == Kind.GEMMA2 || kind == Kind.GEMMA3;
    double scale =
        1 / Math.sqrt(isLaterGemma ? config.number("query_pre_attn_scalar", 256) : headWidth);
    OptionalDouble cap =
        kind == Kind.GEMMA2 ? cap(config, "attn_logit_softcapping") : OptionalDouble.empty();
    List<Boolean> slides = slides(kind, config);
    Optional<Rope> full = Optional.of(rope(kind, config, false, headWidth));
    Optional<Rope> local =
        slides.contains(true) ? Optional.of(rope(kind, config, true, headWidth)) : full;
    List<Attention> all = new ArrayList<>();
    for (boolean isSliding : slides) {
      int window = isSliding ? config.count("sliding_window") : 0;
      all.add(new Attention(scale, cap, window, isSliding ? local : full));
    }
    return all;
  }

  /// Which layers see a window alone.
  private static List<Boolean> slides(Kind kind, Settings config) {
    int layers = config.count("num_hidden_layers");
    List<String> types =
        kind == Kind.LLAMA || kind == Kind.MISTRAL || kind == Kind.GEMMA
            ? List.of()
            : config.words("layer_types");
    if (!types.isEmpty() && types.size() != layers) {
      throw config.refused("layer_types", "as many as num_hidden_layers");
    }
    boolean isOn =
        switch (kind) {
          case LLAMA, GEMMA -> false;
          case QWEN2, QWEN3 ->
              config.is("use_sliding_window", false) && config.has("sliding_window");
          case MISTRAL, GEMMA2, GEMMA3 -> config.has("sliding_window");
        };
    List<Boolean> slides = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      boolean isSliding =
          types.isEmpty() ? isOn && slides(kind, config, i) : isSliding(config, types.get(i));
      if (isSliding && !isOn) {
        throw config.refused("layer_types", "sliding_attention with a sliding_window");
      }
      slides.add(isSliding);
    }
    return slides;
  }

  private static boolean slides(Kind kind, Settings config, int layer) {
    return switch (kind) {
      case LLAMA, GEMMA -> false;
      case MISTRAL -> true;
      case QWEN2, QWEN3 -> layer >= config.number("max_window_layers", 28);
      case GEMMA2 -> (layer + 1) % 2 != 0;
      case GEMMA3 -> (layer + 1) % config.count("sliding_window_pattern", 6) != 0;
    };
  }

  private static boolean isSliding(Settings config, String type) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> true;
      default -> throw config.refused("layer_types", "full_attention, sliding_attention");
    };
  }

  private static Rope rope(Kind kind, Settings config, boolean isLocal, int headWidth) {
    Optional<Settings> told = config.part("rope_parameters");
    Optional<Settings> scaling = config.part("rope_scaling");
    if (kind == Kind.GEMMA3) {
      Optional<Settings> own =
          told.flatMap(all -> all.part(isLocal ? "sliding_attention" : "full_attention"));
      return isLocal
          ? Rope.of(config, own, config.number("rope_local_base_freq", 10_000), headWidth)
          : Rope.of(
              config,
              scaling.isPresent() ? scaling : own,
              config.number("rope_theta", 1_000_000),
              headWidth);
    }
    Optional<Settings> one = scaling.isPresent() ? scaling : told;
    String layers = isLocal ? "sliding_attention" : "full_attention";
    Optional<Settings> nested = one.flatMap(all -> all.part(layers));
    return Rope.of(
        config, nested.isPresent() ? nested : one, config.number("rope_theta", 10_000), headWidth);
  }

  @Override
  public List<String> prefixes() {
    return List.of("model.", "", "model.language_model.", "language_model.model.");
  }

  @Override
  public Embedding embedding() {
    double factor = kind.isGemma ? Math.sqrt(outline.width()) : 1;
    return Embedding.of("embed_tokens.weight", (float) factor);
  }

  @Override
  public Optional<Norm> last(Weights weights) throws IOException {
    return Optional.of(norm(weights, "norm", outline.width()));
  }

  @Override
  public Optional<String> head() {
    return isTied ? Optional.empty() : Optional.of("lm_head.weight");
  }

  private Norm norm(Weights weights, String name, int width) throws IOException {
    float[] weight = weights.vector(name + ".weight", width);
    if (kind.isGemma) {
      for (int i = 0; i < width; i++) {
        weight[i] += 1;
      }
    }
    return new Norm(weight, Optional.empty(), epsilon);
  }

  @Override
  public Layer layer(Weights weights, Arena arena, int index)
      throws IOException, InterruptedException {
    String layer = "layers." + index + ".";
    String attention = layer + "self_attn.";
    String inner = layer + "mlp.";
    int width = outline.width();
    int queries = outline.heads() * outline.headWidth();
    int keys = outline.keyHeads() * outline.headWidth();
    Norm first = norm(weights, layer + "input_layernorm", width);
    Norm second = norm(weights, layer + "post_attention_layernorm", width);
    boolean four = kind.hasFourNorms;
    return new Layer(
        four ? Norms.around(first, second) : Norms.before(first),
        Family.linear(weights, arena, attention + "q_proj", queries, width, hasAttentionBias),
        Family.linear(weights, arena, attention + "k_proj", keys, width, hasAttentionBias),
        Family.linear(weights, arena, attention + "v_proj", keys, width, hasAttentionBias),
        Family.linear(weights, arena, attention + "o_proj", width, queries, hasOutputBias),
        headNorm(weights, attention + "q_norm"),
        headNorm(weights, attention + "k_norm"),
        four
            ? Norms.around(
                norm(weights, layer + "pre_feedforward_layernorm", width),
                norm(weights, layer + "post_feedforward_layernorm", width))
            : Norms.before(second),
        Optional.of(
            Family.linear(
                weights, arena, inner + "gate_proj", outline.inner(), width, hasInnerBias)),
        Family.linear(weights, arena, inner + "up_proj", outline.inner(), width, hasInnerBias),
        Family.linear(weights, arena, inner + "down_proj", width, outline.inner(), hasInnerBias));
  }

  private Optional<Norm> headNorm(Weights weights, String name) throws IOException {
    return kind.hasHeadNorms
        ? Optional.of(norm(weights, name, outline.headWidth()))
        : Optional.empty();
  }
}
