package org.lines4j.internal.llamacpp;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Models that llama.cpp's converter treats alike. Facts: llama.cpp's `conversion/llama.py`,
/// `qwen.py` and `gemma.py`, and gguf-py 0.19's `tensor_mapping.py`.
enum Family {
  LLAMA(Set.of("llama", "mistral"), Trait.TURNED_HEADS),
  QWEN2(Set.of("qwen2")),
  QWEN3(Set.of("qwen3"), Trait.HEAD_NORMS),
  GEMMA(Set.of("gemma"), Trait.NORMS_PLUS_ONE),
  GEMMA2(Set.of("gemma2"), Trait.NORMS_PLUS_ONE, Trait.FOUR_NORMS),
  GEMMA3(Set.of("gemma3", "gemma3_text"), Trait.NORMS_PLUS_ONE, Trait.FOUR_NORMS, Trait.HEAD_NORMS);

  /// In what families differ.
  private enum Trait {
    /// The rows of q and k lie in pairs that are rotated together, not in halves.
    TURNED_HEADS,
    /// Norms are stored with the one that Gemma adds to them.
    NORMS_PLUS_ONE,
    /// Norms before and behind both attention and the feed-forward module.
    FOUR_NORMS,
    /// Norms of queries and keys.
    HEAD_NORMS
  }

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
  private final Set<String> modelTypes;

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
  private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

  Family(Set<String> modelTypes, Trait... traits) {
    this.modelTypes = modelTypes;
    this.traits.addAll(Arrays.asList(traits));
  }

  /// The family of a `general.architecture`.
  static Optional<Family> of(String architecture) {
    return Arrays.stream(values())
        .filter(family -> family.architecture().equals(architecture))
        .findFirst();
  }

  /// The architectures that are known, in words.
  static String known() {
    return Arrays.stream(values()).map(Family::architecture).collect(Collectors.joining(", "));
  }

  /// What GGUF files call it.
  String architecture() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The `model_type`s of the configurations that become this.
  Set<String> modelTypes() {
    return modelTypes;
  }

  boolean hasTurnedHeads() {
    return traits.contains(Trait.TURNED_HEADS);
  }

  boolean addsOneToNorms() {
    return traits.contains(Trait.NORMS_PLUS_ONE);
  }

  /// What modules of a layer are called here and there: `self_attn.q_proj` → `attn_q`.
  Map<String, String> modules() {
    Map<String, String> modules = new LinkedHashMap<>();
    modules.put("self_attn.q_proj", "attn_q");
    modules.put("self_attn.k_proj", "attn_k");
    modules.put("self_attn.v_proj", "attn_v");
    modules.put("self_attn.o_proj", "attn_output");
    modules.put("mlp.gate_proj", "ffn_gate");
    modules.put("mlp.up_proj", "ffn_up");
    modules.put("mlp.down_proj", "ffn_down");
    modules.put("input_layernorm", "attn_norm");
    if (traits.contains(Trait.FOUR_NORMS)) {
      modules.put("post_attention_layernorm", "post_attention_norm");
      modules.put("pre_feedforward_layernorm", "ffn_norm");
      modules.put("post_feedforward_layernorm", "post_ffw_norm");
    } else {
      modules.put("post_attention_layernorm", "ffn_norm");
    }
    if (traits.contains(Trait.HEAD_NORMS)) {
      modules.put("self_attn.q_norm", "attn_q_norm");
      modules.put("self_attn.k_norm", "attn_k_norm");
    }
    return modules;
  }
}
