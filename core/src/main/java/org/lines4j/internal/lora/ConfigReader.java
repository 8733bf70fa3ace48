package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Companion;
import org.lines4j.internal.lora.AdapterConfig.Rule;
import org.lines4j.layers.NameSearch;

/// Reads `adapter_config.json`, and refuses what would make other weights than ΔW = s·B·A.
///
/// Read from PEFT 0.21 (`tuners/lora/config.py`). Settings of training alone are skipped.
final class ConfigReader {
  /// No adapter that was ever published has a rank above a few thousand.
  private static final long MOST_RANK = 1 << 20;

  /// Ways to begin that take something from the base, which PEFT does again when it loads.
  private static final Set<String> CHANGING_STARTS =
      Set.of("pissa", "olora", "corda", "loftq", "lora_ga");

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("alora_invocation_tokens", "works only behind certain tokens of a text"),
          Map.entry("layer_replication", "repeats layers of the base"),
          Map.entry("use_qalora", "adds up groups of inputs"),
          Map.entry("use_bdlora", "has factors of diagonal blocks"),
          Map.entry("enable_lora", "changes some of a layer's outputs and not others"),
          Map.entry("arrow_config", "chooses among adapters for each token"),
          Map.entry("kasa_config", "changes the base by its singular values"),
          Map.entry("monteclora_config", "draws its factors by chance"));

  /// Kinds that peft cannot merge into a model: they go before a text, or choose as it is read.
  private static final Set<String> OF_NO_WEIGHTS =
      Set.of(
          "ADAPTION_PROMPT",
          "CARTRIDGE",
          "CPT",
          "MULTITASK_PROMPT_TUNING",
          "POLY",
          "PREFIX_TUNING",
          "PROMPT_TUNING",
          "P_TUNING",
          "XLORA");

  private static final Set<String> KNOWN_SWITCHES =
      Set.of("use_rslora", "use_dora", "use_qalora", "use_bdlora");

  private final Companion file;
  private final Map<String, ConfigValue> fields;

  private ConfigReader(Companion file, Map<String, ConfigValue> fields) {
    this.file = file;
    this.fields = fields;
  }

  /// Reads a file.
  ///
  /// @throws InputException if it is not as PEFT writes it, or asks for what cannot be
  static AdapterConfig read(Companion file) throws IOException {
    return new ConfigReader(file, ConfigValue.read(file)).config();
  }

  private AdapterConfig config() {
    checkKind();
    checkVariants();
    return new AdapterConfig(
        file.location(),
        rank("r", field("r")),
        finite("lora_alpha", field("lora_alpha")),
        flag("use_rslora"),
        flag("use_dora"),
        flag("fan_in_fan_out"),
        flag("lora_bias"),
        flag("ensure_weight_tying"),
        texts("modules_to_save"),
        rules("rank_pattern", true),
        rules("alpha_pattern", false),
        texts("target_parameters"),
        tokens(),
        text(field("task_type")),
        field("auto_mapping") instanceof ConfigValue.Fields(Map<String, ConfigValue> mapping)
            ? text(mapping.getOrDefault("base_model_class", new ConfigValue.Nothing()))
            : Optional.empty(),
        text(field("base_model_name_or_path")));
  }

  private static Optional<String> text(ConfigValue value) {
    return value instanceof ConfigValue.Text(String text) && !text.isEmpty()
        ? Optional.of(text)
        : Optional.empty();
  }

  private ConfigValue field(String name) {
    return fields.getOrDefault(name, new ConfigValue.Nothing());
  }

  private void checkKind() {
    switch (field("peft_type")) {
      case ConfigValue.Text(String kind) when kind.equals("LORA") -> {}
      case ConfigValue.Text(String kind) when OF_NO_WEIGHTS.contains(kind) ->
          throw new InputException(
                  file,
                  "an adapter of the kind %s, whose changes no weights can say".formatted(kind))
              .withRemedy("use it with peft itself");
      case ConfigValue.Text(String kind) ->
          throw new InputException(
                  file,
                  "an adapter of the kind %s, which is no LoRA: its changes are no product of two matrices"
                      .formatted(Shown.of(kind)))
              .withRemedy("merge it into its model with peft first (merge_and_unload)");
      default -> {
        if (fields.containsKey("fine_tune_type") || fields.containsKey("lora_parameters")) {
          throw new InputException(file, "an adapter of MLX, not of PEFT")
              .withRemedy("merge it into its model with mlx_lm.fuse first");
        }
        if (fields.containsKey("config") && fields.containsKey("model_type")) {
          throw new InputException(file, "an adapter of AdapterHub, not of PEFT")
              .withRemedy(
                  "merge it into its model with adapters first (merge_adapter), as it can a LoRA");
        }
        throw InputException.expected(file, "peft_type", "\"LORA\"", "none");
      }
    }
  }

  private void checkVariants() {
    REFUSED.forEach(
        (name, what) -> {
          if (!field(name).isNeutral()) {
            throw new InputException(
                    file, "%s: an adapter that %s, which no weights can say".formatted(name, what))
                .withRemedy("train without it, or use the adapter with peft itself");
          }
        });
    fields.forEach(
        (name, value) -> {
          if (name.startsWith("use_") && !KNOWN_SWITCHES.contains(name) && !value.isNeutral()) {
            throw new InputException(
                file,
                "%s: not known here, so neither is what it makes of the weights"
                    .formatted(Shown.of(name)));
          }
        });
    if (field("init_lora_weights") instanceof ConfigValue.Text(String start)) {
      String lower = start.toLowerCase(Locale.ROOT);
      if (CHANGING_STARTS.stream().anyMatch(lower::startsWith)) {
        throw new InputException(
                file,
                "init_lora_weights is %s: the adapter belongs to what is left of the base without its start, not to the base"
                    .formatted(Shown.of(start)))
            .withRemedy(
                "convert it with peft: save_pretrained(…,"
                    + " path_initial_model_for_weight_conversion=…)");
      }
    }
  }

  private boolean flag(String name) {
    return switch (field(name)) {
      case ConfigValue.Flag(boolean value) -> value;
      case ConfigValue.Nothing _ -> false;
      default -> throw expected(name, "true or false");
    };
  }

  private long rank(String where, ConfigValue value) {
    if (value instanceof ConfigValue.Numeral(double rank, boolean isWhole)
        && isWhole
        && rank >= 1
        && rank <= MOST_RANK) {
      return (long) rank;
    }
    throw expected(where, "a whole number from 1 to " + MOST_RANK);
  }

  private double finite(String where, ConfigValue value) {
    if (value instanceof ConfigValue.Numeral(double number, _) && Double.isFinite(number)) {
      return number;
    }
    throw expected(where, "a number");
  }

  private List<Rule> rules(String name, boolean areRanks) {
    return switch (field(name)) {
      case ConfigValue.Nothing _ -> List.of();
      case ConfigValue.Fields(Map<String, ConfigValue> patterns) -> {
        List<Rule> rules = new ArrayList<>();
        patterns.forEach(
            (pattern, value) -> {
              String where = "%s of '%s'".formatted(name, Shown.of(pattern));
              double number = areRanks ? rank(where, value) : finite(where, value);
              rules.add(rule(name, pattern, number));
            });
        yield rules;
      }
      default -> throw expected(name, "an object of patterns");
    };
  }

  /// A name's end, from a dot on, matches: as PEFT's `get_pattern_key` has it.
  private Rule rule(String name, String pattern, double value) {
    String own = pattern.replace("(?P<", "(?<");
    try {
      return new Rule(NameSearch.compile("\\A(?:.*\\.)?(?:" + own + ")\\z"), value);
    } catch (PatternSyntaxException e) {
      throw new InputException(
          file,
          "%s: '%s' is no regular expression: %s"
              .formatted(name, Shown.of(pattern), e.getDescription()));
    }
  }

  private List<String> texts(String name) {
    return switch (field(name)) {
      case ConfigValue.Nothing _ -> List.of();
      case ConfigValue.Items(List<ConfigValue> items) -> {
        List<String> texts = new ArrayList<>();
        for (ConfigValue item : items) {
          if (!(item instanceof ConfigValue.Text(String text))) {
            throw expected(name, "a list of names");
          }
          texts.add(text);
        }
        yield texts;
      }
      default -> throw expected(name, "a list of names");
    };
  }

  private Map<String, List<Long>> tokens() {
    String name = "trainable_token_indices";
    return switch (field(name)) {
      case ConfigValue.Nothing _ -> Map.of();
      case ConfigValue.Items(List<ConfigValue> items) -> Map.of("", numbers(name, items));
      case ConfigValue.Fields(Map<String, ConfigValue> modules) -> {
        Map<String, List<Long>> tokens = new LinkedHashMap<>();
        modules.forEach(
            (module, value) -> {
              if (!(value instanceof ConfigValue.Items(List<ConfigValue> items))) {
                throw expected(name, "a list of numbers for each module");
              }
              tokens.put(module, numbers(name, items));
            });
        yield tokens;
      }
      default -> throw expected(name, "a list of numbers");
    };
  }

  private List<Long> numbers(String name, List<ConfigValue> items) {
    List<Long> numbers = new ArrayList<>();
    for (ConfigValue item : items) {
      if (!(item instanceof ConfigValue.Numeral(double number, boolean isWhole))
          || !isWhole
          || number < 0
          || number > Integer.MAX_VALUE) {
        throw expected(name, "a list of whole numbers from 0 on");
      }
      numbers.add((long) number);
    }
    return numbers;
  }

  private InputException expected(String where, String what) {
    return new InputException(file, "%s: expected %s, found something else".formatted(where, what));
  }
}
