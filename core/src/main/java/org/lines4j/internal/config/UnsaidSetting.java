package org.lines4j.internal.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.config.ConfigTree.Value;
import org.lines4j.internal.config.LayerSetting.Computed.Follows;

/// What a type of model has where its configuration says nothing of a setting, in transformers and
/// whatever else loads it: kinds of layers that show in no tensor, such as which look at a window.
/// Kinds that do show need no entry: a layer's tensors are compared with those that its place has.
///
/// @param setting that would say it
/// @param kind how it is told
/// @param number the period, or how many layers
/// @param onlyWith a setting without which it is off; empty where none is needed
record UnsaidSetting(String setting, Kind kind, int number, String onlyWith) {
  enum Kind {
    /// Layers are alike whose numbers leave the same remainder.
    PERIOD,
    /// The first layers are of one kind.
    FIRST,
    /// The last layers are.
    LAST,
    /// It follows from a layer's number and how many there are, by no rule that others share.
    IRREGULAR
  }

  private static final String KINDS = "layer_types";
  private static final String PATTERN = "sliding_window_pattern";
  private static final String GLOBAL = "global_attn_every_n_layers";
  private static final String NO_ROPE = "no_rope_layer_interval";
  private static final String WINDOWS = "max_window_layers";
  private static final String USES_WINDOW = "use_sliding_window";

  private static final Map<String, List<UnsaidSetting>> OF_TYPES = new HashMap<>();

  static {
    periods(KINDS, 2, "gemma2", "vaultgemma", "gpt_oss", "t5_gemma_module");
    periods("attention_types", 2, "gpt_neo");
    periods(KINDS, 4, "olmo3", "cwm", "granite_swa", "granitemoe_swa", "muse_glimmer_text");
    periods(KINDS, 5, "gemma3n_text");
    periods(KINDS, 6, "inkling_text");
    periods(PATTERN, 4, "cohere2", "cohere2_moe", "exaone4", "exaone_moe");
    periods(PATTERN, 6, "gemma3_text", "t5gemma2_text", "t5gemma2_decoder");
    periods(GLOBAL, 3, "modernbert", "modernbert-decoder");
    periods(GLOBAL, 4, "afmoe");
    periods(NO_ROPE, 4, "llama4_text", "smollm3");
    add("gemma3n_text", new UnsaidSetting("activation_sparsity_pattern", Kind.FIRST, 10, ""));
    add("gemma3n_text", new UnsaidSetting("num_kv_shared_layers", Kind.LAST, 15, ""));
    for (String type : List.of("gemma4_text", "gemma4_unified_text", "diffusion_gemma_text")) {
      add(type, new UnsaidSetting(KINDS, Kind.IRREGULAR, 0, ""));
    }
    add("neomme", new UnsaidSetting(KINDS, Kind.IRREGULAR, 0, ""));
    windows(28, "qwen2", "qwen2_moe", "qwen3", "qwen2_5_omni_text", "qwen2_5_omni_talker");
    windows(80, "qwen2_vl_text", "qwen2_5_vl_text");
    add("dots1", new UnsaidSetting(WINDOWS, Kind.FIRST, 62, "sliding_window"));
    add("qwen2_moe", new UnsaidSetting(KINDS, Kind.PERIOD, 2, USES_WINDOW));
  }

  private static void periods(String setting, int period, String... types) {
    for (String type : types) {
      add(type, new UnsaidSetting(setting, Kind.PERIOD, period, ""));
    }
  }

  private static void windows(int layers, String... types) {
    for (String type : types) {
      add(type, new UnsaidSetting(WINDOWS, Kind.FIRST, layers, USES_WINDOW));
    }
  }

  private static void add(String type, UnsaidSetting setting) {
    OF_TYPES.computeIfAbsent(type, _ -> new ArrayList<>()).add(setting);
  }

  /// Those of a type of model.
  static List<UnsaidSetting> of(String type) {
    return OF_TYPES.getOrDefault(type, List.of());
  }

  /// Whether it counts in a configuration with these entries.
  boolean isOn(Map<String, Value> fields) {
    Optional<Value> needed = Optional.ofNullable(fields.get(onlyWith));
    return onlyWith.isEmpty()
        || needed
            .filter(value -> !value.equals(new Value.Flag(false)))
            .filter(value -> !value.equals(new Value.Other("null")))
            .isPresent();
  }

  /// What it says of the layers of a model of `type`.
  LayerSetting in(String type, int layers) {
    String name = "%s (left out; %s has %s)".formatted(setting, type, inWords());
    return switch (kind) {
      case PERIOD -> new LayerSetting.Period(name, number, Optional.empty());
      case FIRST -> new LayerSetting.LeftOut(new LayerSetting.Leading(name, number, 0));
      case LAST -> new LayerSetting.LeftOut(new LayerSetting.Trailing(name, number, layers));
      case IRREGULAR -> new LayerSetting.Computed(name, Follows.NUMBER_AND_COUNT);
    };
  }

  private String inWords() {
    return switch (kind) {
      case PERIOD -> "a period of " + number;
      case FIRST, LAST -> String.valueOf(number);
      case IRREGULAR -> "an order of its own";
    };
  }
}
