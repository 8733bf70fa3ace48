package org.lines4j.internal.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;

/// Settings of models' configurations that say what weights of one shape are used for: weights that
/// come of models which differ in them were trained for different computations.
public final class ConfigDifferences {
  private static final String CONFIG = "config.json";

  private static final Pattern COMPUTED =
      Pattern.compile(
          "model_type|hidden_act|hidden_activation|activation_function|hidden_activation_fn"
              + "|(num|n)_(attention_|key_value_|kv_)?heads?|n_head|head_dim|num_heads_.*"
              + "|rope_.*|rotary_.*|partial_rotary_factor|factor|.*_freq_factor|original_max_position.*"
              + "|.*_eps|.*_epsilon|layer_types|layers_block_type|sliding_window"
              + "|.*softcap(ping)?|.*_multiplier|logits?_scal(e|ing)|query_pre_attn_scalar"
              + "|scale_.*|norm_topk_prob|num_experts_per_tok|top_?k_group|n_group"
              + "|routed_scaling_factor|scoring_func|position_embedding_type|is_decoder"
              + "|pre_norm|normalize_before|do_layer_norm_before|alibi|tie_word_embeddings");

  /// Names of the object that `transformers` keeps what turns positions in.
  private static final Pattern ROPE = Pattern.compile("/rope_(parameters|scaling)$");

  private ConfigDifferences() {}

  /// In words, what other models' configurations say otherwise than that of `folder`, which is the
  /// output's, or its base's.
  public static List<String> between(Companions folder, Collection<Companions> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    Map<String, String> own = settings(folder);
    for (Companions model : models) {
      Map<String, String> others = settings(model);
      List<String> differences = new ArrayList<>();
      own.forEach(
          (name, value) -> {
            String other = others.getOrDefault(name, value);
            if (!isSame(value, other)) {
              differences.add(
                  "%s is %s there and %s here".formatted(name.substring(1), other, value));
            }
          });
      if (!differences.isEmpty()) {
        notices.add(
            "%s: trained with other settings than %s, whose %s counts: %s"
                .formatted(
                    model.location(), folder.location(), CONFIG, String.join(", ", differences)));
      }
    }
    return notices;
  }

  /// A configuration that cannot be read is noted elsewhere.
  private static Map<String, String> settings(Companions folder) throws IOException {
    Optional<Companion> config = folder.own(CONFIG);
    Map<String, String> settings = new TreeMap<>();
    if (config.isEmpty()) {
      return settings;
    }
    try {
      ConfigTree.read(config.get())
          .objects()
          .forEach(
              (pointer, fields) -> {
                String place = ROPE.matcher(pointer).replaceFirst("");
                fields.forEach(
                    (name, value) -> {
                      if (COMPUTED.matcher(name).matches()) {
                        settings.put(place + "/" + name, shown(value));
                      }
                    });
              });
    } catch (InputException e) {
      settings.clear();
    }
    return settings;
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Whole(long number) -> String.valueOf(number);
      case Value.Text(String text) -> text;
      case Value.Flag(boolean flag) -> String.valueOf(flag);
      case Value.Items(List<String> items) -> items.toString();
      case Value.Other(String json) -> json;
    };
  }

  /// 1e-5 is 0.00001.
  private static boolean isSame(String a, String b) {
    if (a.equals(b)) {
      return true;
    }
    try {
      return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
