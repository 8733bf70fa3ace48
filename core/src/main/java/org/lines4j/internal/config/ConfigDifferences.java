package org.lines4j.internal.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;

/// Settings of models' configurations that say what weights of one shape are used for: weights that
/// come of models which differ in them were trained for different computations. The names of
/// classes are among them: they say what rows of a head are for; and so is what makes a model's
/// inputs.
public final class ConfigDifferences {
  private static final String CONFIG = "config.json";

  /// What turns images, sound and text into a model's inputs, and its outputs into a vector: which
  /// settings count; of the processors of `transformers`, all that name no class or layout.
  private static final Map<String, Pattern> BESIDE = new LinkedHashMap<>();

  private static final Pattern COMPUTED =
      Pattern.compile(
          "model_type|(.*_)?act(ivation)?(_fn|_function)?|is_gated_act|feed_forward_proj"
              + "|(.*_)?(num|n)_(.*_)?heads?|(.*_)?attention_heads|num_heads_.*"
              + "|(.*_)?(head_dim|d_head|dim_head)|(.*_)?n_groups?"
              + "|(.*_)?rope_.*|rotary_.*|partial_rotary_factor|factor|.*_freq_factor|original_max_position.*"
              + "|.*_eps|.*_epsilon|layer_types|layers_block_type"
              + "|(use_)?sliding_window(_pattern)?|attention_chunk_size|attn_temperature_tuning"
              + "|.*softcap(ping)?|.*_multiplier|logits?_scal(e|ing)|query_pre_attn_scalar|clip_qkv"
              + "|scale_.*|norm_topk_prob|num_experts_per_tok(en)?|moe_(k|topk)|top_k_experts"
              + "|top_?k_group|topk_method|routed_scaling_factor|scoring_func"
              + "|position_embedding_type|relative_attention.*|max_relative_positions|pos_att_type"
              + "|is_decoder|pre_norm|normalize_before|do_layer_norm_before|norm_type|alibi"
              + "|use_parallel_residual|parallel_attn|apply_residual_connection_post_layernorm"
              + "|use_mean_pooling|classifier_pooling|summary_type"
              + "|vision_feature_(layer|select_strategy)|(image|video|audio)_token_(id|index)"
              + "|tie_word_embeddings");

  /// What is said of settings that a configuration leaves out, where it is the same for nearly all
  /// models; of others, it is not known what they are.
  private static final Map<Pattern, String> LEFT_OUT =
      Map.of(
          Pattern.compile("rope_theta"), "10000",
          Pattern.compile("rope_type"), "default",
          Pattern.compile("factor|.*_multiplier"), "1",
          Pattern.compile("sliding_window|.*softcap(ping)?"), "none",
          Pattern.compile("pooling_mode_(?!mean_tokens$).+"), "false");

  /// Names of the object that `transformers` keeps what turns positions in.
  private static final Pattern ROPE = Pattern.compile("/rope_(parameters|scaling)$");

  /// How long texts may be: a setting like others where positions are computed with it, too.
  private static final Pattern LIMIT =
      Pattern.compile(
          "max_position_embeddings|n_positions|n_ctx|max_(seq|sequence)_len(gth)?|seq_length");

  /// Kinds of positions that are computed with the limit.
  private static final Set<String> LIMITED = Set.of("dynamic", "longrope");

  /// What sentence-transformers does with texts.
  private static final String SENTENCES = "sentence_bert_config.json";

  private static final String CLASSES = "/architectures";

  /// What a kind of positions was called before.
  private static final Map<String, String> OLD_ROPES = Map.of("mrope", "default", "su", "longrope");

  static {
    Pattern processor =
        Pattern.compile("(?!.*(_type|_class|_format|_keys)$|auto_map|return_.*|device|_.*).*");
    BESIDE.put("preprocessor_config.json", processor);
    BESIDE.put("processor_config.json", processor);
    BESIDE.put("video_preprocessor_config.json", processor);
    BESIDE.put(
        "tokenizer_config.json",
        Pattern.compile(
            "do_lower_case|strip_accents|tokenize_chinese_chars|add_prefix_space|add_[be]os_token"));
    BESIDE.put(SENTENCES, Pattern.compile("do_lower_case"));
    BESIDE.put("1_Pooling/config.json", Pattern.compile("pooling_mode.*"));
  }

  private static final Pattern LABELS = Pattern.compile("(/.*)?/id2label");

  /// What classes are called that nobody named.
  private static final Pattern UNNAMED = Pattern.compile("LABEL_\\d+");

  /// So many differences are told of a model.
  private static final int SHOWN = 8;

  private ConfigDifferences() {}

  /// In words, what other models' configurations say otherwise than that of `folder`, which is the
  /// output's, or its base's.
  public static List<String> between(Companions folder, Collection<Companions> models)
      throws IOException {
    List<String> notices = new ArrayList<>(between(folder, models, CONFIG, COMPUTED));
    for (Map.Entry<String, Pattern> file : BESIDE.entrySet()) {
      notices.addAll(between(folder, models, file.getKey(), file.getValue()));
    }
    return notices;
  }

  /// In words, which models' texts may be of another length than those of `folder`, which is the
  /// output's, where that changes nothing that is computed.
  public static List<String> limits(Companions folder, Collection<Companions> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    notices.addAll(limits(folder, models, CONFIG, COMPUTED));
    notices.addAll(limits(folder, models, SENTENCES, LIMIT));
    return notices;
  }

  private static List<String> limits(
      Companions folder, Collection<Companions> models, String file, Pattern counted)
      throws IOException {
    List<String> notices = new ArrayList<>();
    Map<String, String> own = settings(folder, file, counted).limits();
    for (Companions model : models) {
      settings(model, file, counted)
          .limits()
          .forEach(
              (name, there) -> {
                String here = own.getOrDefault(name, there);
                if (!isSame(here, there)) {
                  notices.add(
                      "%s: its %s is %s, and that of %s, which counts, is %s: that limits how long texts may be, and changes nothing that the weights compute"
                          .formatted(
                              model.location(), name.substring(1), there, folder.location(), here));
                }
              });
    }
    return notices;
  }

  private static List<String> between(
      Companions folder, Collection<Companions> models, String file, Pattern counted)
      throws IOException {
    List<String> notices = new ArrayList<>();
    Settings own = settings(folder, file, counted);
    for (Companions model : models) {
      Settings others = settings(model, file, counted);
      if (others.mistake().isPresent() && !model.equals(folder)) {
        notices.add(
            "whether its settings are those of %s is not known: %s"
                .formatted(folder.location(), others.mistake().get()));
      }
      List<String> differences = differences(own, others);
      boolean isOther = !Objects.equals(model.location(), folder.location());
      if (isOther && !differences.isEmpty()) {
        int more = differences.size() - SHOWN;
        notices.add(
            "%s: trained with other settings than %s, whose %s counts: %s"
                .formatted(
                    model.location(),
                    folder.location(),
                    file,
                    String.join(", ", differences.stream().limit(SHOWN).toList())
                        + (more > 0 ? ", and " + more + " more" : "")));
      }
    }
    return notices;
  }

  private static List<String> differences(Settings own, Settings others) {
    Set<String> names = new TreeSet<>(own.values().keySet());
    names.addAll(others.values().keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      Optional<String> here = own.value(name);
      Optional<String> there = others.value(name);
      if (here.isPresent()
          && there.isPresent()
          && !isSame(here.get(), there.get())
          && !(name.equals(CLASSES) && areAlike(own, others))) {
        differences.add(
            "%s is %s there and %s here".formatted(name.substring(1), there.get(), here.get()));
      }
    }
    return differences;
  }

  /// Whether two classes compute the same with tensors of one name, or a type of model that differs
  /// says so.
  private static boolean areAlike(Settings own, Settings others) {
    Optional<String> type = own.value("/model_type");
    boolean isTold = type.isPresent() && !type.equals(others.value("/model_type"));
    return isTold
        || ModelClass.of(own.value(CLASSES).orElse(""))
            .isLike(ModelClass.of(others.value(CLASSES).orElse("")));
  }

  /// What a configuration says.
  ///
  /// @param values by JSON pointer
  /// @param limits how long texts may be, where nothing is computed with that; by JSON pointer
  /// @param names what they are called, wherever they stand
  /// @param objects the pointers of its objects
  /// @param mistake why it cannot be read
  private record Settings(
      Map<String, String> values,
      Map<String, String> limits,
      Set<String> names,
      Set<String> objects,
      Optional<String> mistake) {
    Settings(Map<String, String> all, Set<String> objects, Optional<String> mistake) {
      Set<String> names = new HashSet<>();
      all.keySet().forEach(pointer -> names.add(pointer.substring(pointer.lastIndexOf('/') + 1)));
      Map<String, String> limits = new TreeMap<>();
      all.forEach(
          (pointer, value) -> {
            int slash = pointer.lastIndexOf('/');
            boolean isLimit = LIMIT.matcher(pointer.substring(slash + 1)).matches();
            String kind = all.getOrDefault(pointer.substring(0, slash) + "/rope_type", "");
            if (isLimit && !LIMITED.contains(kind)) {
              limits.put(pointer, value);
            }
          });
      Map<String, String> settings = new TreeMap<>(all);
      settings.keySet().removeAll(limits.keySet());
      this(settings, limits, names, objects, mistake);
    }

    /// Empty where it is not known.
    Optional<String> value(String pointer) {
      return Optional.ofNullable(values.get(pointer)).or(() -> leftOut(pointer));
    }

    /// Unless another object has a setting of this name, as where a model has a part for text.
    private Optional<String> leftOut(String pointer) {
      int slash = pointer.lastIndexOf('/');
      String name = pointer.substring(slash + 1);
      boolean isElsewhere = names.contains(name) || !objects.contains(pointer.substring(0, slash));
      return LEFT_OUT.entrySet().stream()
          .filter(entry -> !isElsewhere && entry.getKey().matcher(name).matches())
          .map(Map.Entry::getValue)
          .findFirst();
    }
  }

  private static Settings settings(Companions folder, String file, Pattern counted)
      throws IOException {
    Map<String, String> values = new TreeMap<>();
    Set<String> objects = new HashSet<>();
    Optional<Companion> config = folder.own(file);
    try {
      if (config.isPresent()) {
        ConfigTree.read(config.get())
            .objects()
            .forEach(
                (pointer, fields) -> {
                  objects.add(ROPE.matcher(pointer).replaceFirst(""));
                  add(pointer, fields, counted, values);
                });
      }
    } catch (InputException e) {
      return new Settings(Map.of(), Set.of(), Optional.of(String.valueOf(e.getMessage())));
    }
    return new Settings(values, objects, Optional.empty());
  }

  private static void add(
      String pointer, Map<String, Value> fields, Pattern counted, Map<String, String> values) {
    boolean isRope = ROPE.matcher(pointer).find();
    boolean areLabels = LABELS.matcher(pointer).matches();
    String place = ROPE.matcher(pointer).replaceFirst("");
    boolean slides = !new Value.Flag(false).equals(fields.get("use_sliding_window"));
    fields.forEach(
        (name, value) -> {
          String text = shown(value);
          boolean isLabel = areLabels && !UNNAMED.matcher(text).matches();
          if (text.equals("null") || (name.equals("sliding_window") && !slides)) {
            return; // as if it were left out
          }
          if (isRope && (name.equals("type") || name.equals("rope_type"))) {
            values.putIfAbsent(place + "/rope_type", OLD_ROPES.getOrDefault(text, text));
          } else if (isRope
              || isLabel
              || counted.matcher(name).matches()
              || isOfConfig(place, name, counted)) {
            values.put(place + "/" + name, text);
          }
        });
  }

  /// A limit, or the model's class.
  private static boolean isOfConfig(String place, String name, Pattern counted) {
    return counted == COMPUTED
        && (LIMIT.matcher(name).matches() || CLASSES.equals(place + "/" + name));
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
