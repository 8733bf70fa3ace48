package org.lines4j.internal.config;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.internal.config.ConfigTree.Value;
import org.lines4j.internal.config.LayerSetting.Computed.Follows;
import org.lines4j.internal.work.SidecarChanges.Layers;
import org.lines4j.internal.work.SidecarChanges.Layers.Side;

/// What a `config.json` says of layers by their position: how many there are, lists with an entry
/// for each, lists of some layers' numbers, periods and counts.
public final class LayerSettings {
  private static final Set<String> COUNTS =
      Set.of("num_hidden_layers", "num_layers", "n_layer", "n_layers", "depth");

  /// The same number once more, which is the one that counts (xLSTM).
  private static final String BLOCKS = "num_blocks";

  private static final Set<String> OF_ENCODER = Set.of("encoder_layers", "num_encoder_layers");
  private static final Set<String> OF_DECODER = Set.of("decoder_layers", "num_decoder_layers");

  /// Where this is the first number of layers of the other kind, or one less.
  private static final Map<String, Integer> LEADING =
      Map.of(
          "first_k_dense_replace", 0,
          "num_dense_layers", 0,
          "n_dense_layers", 0,
          "num_hash_layers", 0,
          "max_window_layers", 0,
          "moe_layer_start_index", 0,
          "moe_layer_end_index", -1);

  /// A list of groups of kinds, each with the times that it is repeated.
  private static final String GROUPS = "attention_types";

  /// A list of an encoder's layers, though its name does not say so.
  private static final String WINDOWS = "attention_window";

  private static final Set<String> TRAILING = Set.of("num_kv_shared_layers");

  /// A list that, where it is there, counts instead of a number.
  private static final Map<String, Set<String>> SUPERSEDED =
      Map.of(
          "sliding_window_pattern", Set.of("layer_types"),
          "_sliding_window_pattern", Set.of("layer_types"),
          "max_window_layers", Set.of("layer_types"),
          "full_attention_interval", Set.of("layer_types"),
          "full_attn_every_n_layers", Set.of("layer_types"),
          "global_attn_every_n_layers", Set.of("layer_types"),
          "no_rope_layer_interval", Set.of("no_rope_layers"),
          "interleave_moe_layer_step", Set.of("moe_layers"),
          "first_k_dense_replace", Set.of("mlp_layer_types"),
          "decoder_sparse_step", Set.of("mlp_layer_types"));

  /// Attention is divided by the layer's number, from 1 (GPT-2).
  private static final String OVER_NUMBER = "scale_attn_by_inverse_layer_idx";

  /// Residuals are multiplied by this over the root of how many layers there are (MiniCPM).
  private static final String OVER_ROOT = "scale_depth";

  /// Every other layer of the encoder looks at other blocks (PEGASUS-X).
  private static final String STAGGERED = "stagger_local_blocks";

  /// Divides its layers by how many are sparse, and passes over the step.
  private static final String SWITCH = "switch_transformers";

  private static final Set<String> FULL_AT_LAST =
      Set.of("gemma4_text", "gemma4_unified_text", "diffusion_gemma_text");

  private static final String KINDS = "layer_types";

  private static final String DECAY = "the decay of its linear attention";

  /// Types of models whose layers compute what follows from their number, or from how many there
  /// are, in transformers and whatever else loads them; and the setting that says so where it is
  /// there and not null.
  private static final Map<String, Derived> DERIVED =
      Map.ofEntries(
          derived("diffllama", "the initial lambda of its attention", "", Follows.NUMBER),
          derived("minimax", DECAY, "", Follows.NUMBER_AND_COUNT),
          derived("minimax_text_01", DECAY, "", Follows.NUMBER_AND_COUNT),
          derived("minimax_m1", DECAY, "", Follows.NUMBER_AND_COUNT),
          derived("bailing_moe_linear", DECAY, "", Follows.NUMBER_AND_COUNT),
          derived("esmc", "the scale of its residuals", "", Follows.COUNT),
          derived("chatglm", "the weight of its residuals", "padded_vocab_size", Follows.COUNT),
          derived("minicpm", "scale_depth, left out,", OVER_ROOT, Follows.COUNT),
          derived("minicpm3", "scale_depth, left out,", OVER_ROOT, Follows.COUNT),
          derived(
              "neomme", "residual_multiplier, left out,", "residual_multiplier", Follows.COUNT));

  private static Map.Entry<String, Derived> derived(
      String type, String what, String setting, Follows follows) {
    return Map.entry(type, new Derived(what, setting, follows));
  }

  /// @param what follows, in words
  /// @param setting that says it instead, whatever the layers are, or that only later models of
  ///   this type have, whose layers compute nothing so
  private record Derived(String what, String setting, Follows follows) {
    LayerSetting of(String type) {
      return new LayerSetting.Computed("%s (model_type %s)".formatted(what, type), follows);
    }
  }

  private static final Value NOTHING = new Value.Other("null");

  private static final Pattern PERIOD =
      Pattern.compile("(^|_)(period|freq|frequency|interval|every|step|pattern)(_|$)");
  private static final Pattern OF_LAYERS =
      Pattern.compile("layer|block|attn|attention|moe|expert|sparse|dense|mlp|window|global|rope");
  private static final Pattern PER_LAYER =
      Pattern.compile("layer|block|pattern|types|heads|ffn|intermediate|_kv|multipliers|window");
  private static final Pattern OF_EACH = Pattern.compile("layer|block");
  private static final Pattern NUMBERS =
      Pattern.compile("layers$|blocks$|layer_ids$|indices$|indexes$|idxs?$");
  private static final Pattern NOT_PER_LAYER =
      Pattern.compile(
          "architectures|token|(?<!layer)_ids$|labels|mean$|std$|section|feature|out_|quantile");

  /// Two models of any kinds put together, each with its own configuration (TrOCR, BERT2BERT).
  private static final Set<String> SIDES = Set.of("/encoder", "/decoder");

  /// A configuration within the configuration, of what makes tokens of images or sounds.
  private static final Pattern MODALITY =
      Pattern.compile("/(vision|visual|image|video|audio|speech|perceiver|vit|vq)[^/]*$");

  /// A list as long as there are layers is one for the layers from here on, whatever its name.
  private static final int TELLING = 8;

  private final Companion file;
  private final Layers layers;
  private final Map<String, LayerSetting> settings = new LinkedHashMap<>();
  private final Map<String, LayerChange> changes = new LinkedHashMap<>();
  private boolean countsNowhere;
  private Set<String> counts = COUNTS;

  private LayerSettings(Companion file, Layers layers) {
    this.file = file;
    this.layers = layers;
  }

  /// Reads a configuration, and finds what must change in it.
  ///
  /// @throws InputException if it is not JSON, or cannot say what the new layers are
  public static LayerSettings read(Companion file, Layers layers) throws IOException {
    LayerSettings found = new LayerSettings(file, layers);
    ConfigTree tree = ConfigTree.read(file);
    found.counts = counts(tree, layers.side());
    Map<String, Map<String, Value>> parts = found.parts(tree);
    parts.forEach(found::addObject);
    SortedMap<String, Map<String, Value>> sorted = new TreeMap<>(parts);
    sorted.forEach((pointer, fields) -> found.addNumbered(pointer, fields, sorted));
    for (Map.Entry<String, LayerSetting> setting : found.settings.entrySet()) {
      try {
        setting
            .getValue()
            .moved(layers)
            .ifPresent(change -> found.changes.put(setting.getKey(), change));
      } catch (LayerSetting.Unfit e) {
        throw new InputException(file, String.valueOf(e.getMessage()));
      }
    }
    return found;
  }

  /// What the number of layers is called. Where an encoder and a decoder are configured side by
  /// side, other names than theirs are the encoder's, and a decoder that none counts has as many.
  private static Set<String> counts(ConfigTree tree, Side side) {
    Set<String> all =
        tree.objects().values().stream()
            .flatMap(fields -> fields.keySet().stream())
            .collect(Collectors.toSet());
    boolean isPaired =
        tree.objects().getOrDefault("", Map.of()).get("is_encoder_decoder")
                instanceof Value.Flag(boolean both)
            && both;
    boolean countsDecoder = OF_DECODER.stream().anyMatch(all::contains);
    boolean isJoined = tree.objects().keySet().containsAll(SIDES);
    if (side == Side.ONLY || !(isPaired || countsDecoder) || (isJoined && !countsDecoder)) {
      return COUNTS;
    }
    if (side == Side.DECODER || !countsDecoder) {
      return OF_DECODER;
    }
    return Stream.concat(COUNTS.stream(), OF_ENCODER.stream()).collect(Collectors.toSet());
  }

  /// What the number of these layers is called.
  Set<String> counts() {
    return counts;
  }

  /// The objects that speak of the stack whose layers change: where a language model and an image
  /// encoder are configured in one file, those of one of them.
  private Map<String, Map<String, Value>> parts(ConfigTree tree) {
    countsNowhere =
        tree.objects().values().stream()
            .noneMatch(fields -> fields.keySet().stream().anyMatch(counts::contains));
    Map<String, Map<String, Value>> all = new LinkedHashMap<>(tree.objects());
    if (layers.side() != Side.ONLY && all.keySet().containsAll(SIDES)) {
      String other = layers.side() == Side.DECODER ? "/encoder" : "/decoder";
      all.keySet().removeIf(pointer -> (pointer + "/").startsWith(other + "/"));
    }
    Map<String, Map<String, Value>> own = new LinkedHashMap<>(all);
    own.keySet().removeIf(pointer -> MODALITY.matcher(pointer).find() != layers.isOfModality());
    boolean isCounted = own.values().stream().anyMatch(this::isCounted);
    return isCounted || countsNowhere ? own : all;
  }

  /// Whether the number of layers is known only by the lists with an entry for each.
  boolean isCountedByLists() {
    return countsNowhere
        && changes.entrySet().stream()
            .anyMatch(
                change ->
                    change.getValue() instanceof LayerChange.Order
                        && change.getKey().contains("layer"));
  }

  /// What must change, by JSON pointer.
  Map<String, LayerChange> changes() {
    return changes;
  }

  /// What the configuration says of a layer, from 0; equal where it says the same.
  public List<String> of(int layer) {
    return kinds().map(setting -> setting.of(layer)).toList();
  }

  /// The names of what it says anything of layers with.
  public List<String> names() {
    return kinds().map(LayerSetting::name).distinct().toList();
  }

  private Stream<LayerSetting> kinds() {
    return settings.values().stream().filter(LayerSetting::tellsKinds);
  }

  /// The configuration that it is.
  public Companion file() {
    return file;
  }

  /// An object with fields for some layers, under their numbers.
  private void addNumbered(
      String pointer, Map<String, Value> own, SortedMap<String, Map<String, Value>> parts) {
    int slash = pointer.lastIndexOf('/');
    String name = pointer.substring(slash + 1);
    if (slash < 0
        || !OF_EACH.matcher(name).find()
        || !isCounted(parts.getOrDefault(pointer.substring(0, slash), Map.of()))) {
      return;
    }
    Map<String, String> entries = new TreeMap<>();
    own.forEach((key, value) -> entries.put(key, value.toString()));
    String end = pointer + (char) ('/' + 1);
    parts
        .subMap(pointer + "/", end)
        .forEach(
            (inner, fields) -> {
              String[] path = inner.substring(pointer.length() + 1).split("/", 2);
              String rest = path.length > 1 ? path[1] : "";
              entries.merge(path[0], rest + new TreeMap<>(fields), String::concat);
            });
    if (entries.isEmpty() || !entries.keySet().stream().allMatch(this::isLayer)) {
      return;
    }
    Map<Integer, String> byLayer = new TreeMap<>();
    entries.forEach((key, entry) -> byLayer.put(Integer.parseInt(key), entry));
    settings.put(pointer, new LayerSetting.Numbered(name, byLayer));
  }

  private boolean isLayer(String key) {
    return key.matches("\\d{1,6}") && Integer.parseInt(key) < layers.before();
  }

  private boolean isCounted(Map<String, Value> fields) {
    return fields.entrySet().stream()
        .anyMatch(field -> counts.contains(field.getKey()) && isCount(field.getValue()));
  }

  private void addObject(String pointer, Map<String, Value> fields) {
    boolean isCounted = isCounted(fields);
    fields.forEach(
        (name, value) -> {
          Optional<LayerSetting> setting =
              switch (value) {
                case Value _ when isOfOtherSide(name) -> Optional.empty();
                case Value.Items(List<String> entries) -> list(name, entries, fields, isCounted);
                case Value.Whole(long number) when isCounted -> number(name, number, fields);
                case Value.Text(String text) when isCounted -> text(name, text, fields);
                case Value.Flag(boolean isOn) when isCounted && isOn -> flag(name);
                case Value.Other(String json) when isCounted -> decimal(name, json);
                default -> Optional.empty();
              };
          setting.ifPresent(found -> settings.put(pointer + "/" + name, found));
          if (isCount(value) && (counts.contains(name) || (isCounted && name.equals(BLOCKS)))) {
            changes.put(pointer + "/" + name, new LayerChange.Whole(layers.origins().size()));
          }
        });
    if (isCounted && fields.get("model_type") instanceof Value.Text(String type)) {
      for (UnsaidSetting unsaid : UnsaidSetting.of(type)) {
        if (unsaid.isOn(fields) && !isSaid(unsaid.setting(), fields)) {
          LayerSetting setting = unsaid.in(type, layers.before());
          settings.put(pointer + "/model_type/" + unsaid.setting(), setting);
        }
      }
      if (type.equals(SWITCH)) {
        addSpread(pointer, fields);
      }
      if (FULL_AT_LAST.contains(type)) {
        List<String> kinds =
            fields.get(KINDS) instanceof Value.Items(List<String> items) ? items : List.of();
        settings.put(pointer + "/model_type/last", new LayerSetting.FullAtLast(KINDS, type, kinds));
      }
      Optional.ofNullable(DERIVED.get(type))
          .filter(derived -> fields.getOrDefault(derived.setting, NOTHING).equals(NOTHING))
          .ifPresent(derived -> settings.put(pointer + "/model_type", derived.of(type)));
    }
  }

  /// What says which layers of Switch Transformers are sparse: their number, by default 3.
  private void addSpread(String pointer, Map<String, Value> fields) {
    String side = layers.side() == Side.DECODER ? "decoder" : "encoder";
    String number = "num_sparse_%s_layers".formatted(side);
    String step = side + "_sparse_step";
    settings.remove(pointer + "/" + step);
    if (fields.get(number) instanceof Value.Whole(long count)) {
      int sparse = Math.clamp(count, 0, layers.before());
      settings.put(
          pointer + "/" + number, new LayerSetting.Spread(number, layers.before(), sparse, false));
      if (fields.get(step) instanceof Value.Whole) {
        settings.put(
            pointer + "/" + step, new LayerSetting.Spread(step, layers.before(), sparse, true));
      }
    } else {
      String name = "%s (left out; %s has 3)".formatted(number, SWITCH);
      settings.put(
          pointer + "/model_type/" + number,
          new LayerSetting.LeftOut(new LayerSetting.Spread(name, layers.before(), 3, false)));
    }
  }

  /// Whether a setting is the decoder's where layers of an encoder beside it change, or the other
  /// way round.
  private boolean isOfOtherSide(String name) {
    return switch (layers.side()) {
      case ENCODER -> name.startsWith("decoder_");
      case DECODER -> name.startsWith("encoder_");
      case ONLY -> false;
    };
  }

  private static boolean isSaid(String setting, Map<String, Value> fields) {
    return Stream.of(setting, "_" + setting)
            .map(name -> fields.getOrDefault(name, NOTHING))
            .anyMatch(value -> !value.equals(NOTHING))
        || isSuperseded(setting, fields);
  }

  private boolean isCount(Value value) {
    return value.equals(new Value.Whole(layers.before()));
  }

  private Optional<LayerSetting> list(
      String name, List<String> entries, Map<String, Value> fields, boolean isCounted) {
    Optional<LayerSetting> stages =
        isCounted ? OutputStages.setting(name, entries, fields, layers.before()) : Optional.empty();
    return stages.isPresent() ? stages : list(name, entries, isCounted);
  }

  private Optional<LayerSetting> list(String name, List<String> entries, boolean isCounted) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (NUMBERS.matcher(lower).find() && !NOT_PER_LAYER.matcher(lower).find() && isCounted) {
      Optional<List<Integer>> numbers = LayerSetting.indices(entries, layers.before());
      if (numbers.isPresent() && !entries.isEmpty()) {
        return Optional.of(new LayerSetting.Indices(name, numbers.get()));
      }
    }
    if (name.equals(GROUPS)) {
      List<String> kinds = RepeatedKinds.of(entries, layers.before());
      return kinds.size() == layers.before()
          ? Optional.of(new LayerSetting.Groups(name, kinds))
          : Optional.empty();
    }
    if (name.equals(WINDOWS) && layers.side() == Side.DECODER) {
      return Optional.empty();
    }
    boolean named = lower.contains("layer") || lower.contains("block");
    boolean listed =
        isCounted
            && !NOT_PER_LAYER.matcher(lower).find()
            && (PER_LAYER.matcher(lower).find() || entries.size() >= TELLING);
    return entries.size() == layers.before() && (named || listed)
        ? Optional.of(new LayerSetting.PerLayer(name, entries, false))
        : Optional.empty();
  }

  /// `M-M*-`: a letter for each layer; or `LLLG`, over and over.
  private Optional<LayerSetting> text(String name, String text, Map<String, Value> fields) {
    if (!name.endsWith("pattern") || text.isEmpty() || isSuperseded(name, fields)) {
      return Optional.empty();
    }
    return Optional.of(
        text.length() == layers.before()
            ? new LayerSetting.PerLayer(name, List.of(text.split("")), true)
            : new LayerSetting.Period(name, text.length(), Optional.empty()));
  }

  private Optional<LayerSetting> flag(String name) {
    if (name.equals(OVER_NUMBER)) {
      return Optional.of(new LayerSetting.Computed(name, Follows.NUMBER));
    }
    return name.equals(STAGGERED) && layers.side() != Side.DECODER
        ? Optional.of(new LayerSetting.Period(name, 2, Optional.empty()))
        : Optional.empty();
  }

  private static Optional<LayerSetting> decimal(String name, String json) {
    try {
      return name.equals(OVER_ROOT)
          ? Optional.of(new LayerSetting.OverRoot(name, Double.parseDouble(json)))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static boolean isSuperseded(String name, Map<String, Value> fields) {
    return SUPERSEDED.getOrDefault(name, Set.of()).stream()
        .anyMatch(list -> fields.get(list) instanceof Value.Items(var items) && !items.isEmpty());
  }

  private Optional<LayerSetting> number(String name, long number, Map<String, Value> fields) {
    boolean isOff =
        isSuperseded(name, fields)
            || (name.contains("window")
                && new Value.Flag(false).equals(fields.get("use_sliding_window")));
    if (isOff || number < 0 || number > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    int value = (int) number;
    if (name.equals(OVER_ROOT)) {
      return decimal(name, Long.toString(number));
    }
    if (LEADING.containsKey(name)) {
      int shift = LEADING.getOrDefault(name, 0);
      return Optional.of(new LayerSetting.Leading(name, value - shift, shift));
    }
    if (TRAILING.contains(name)) {
      return Optional.of(new LayerSetting.Trailing(name, value, layers.before()));
    }
    boolean isPeriod = value > 1 && PERIOD.matcher(name).find() && OF_LAYERS.matcher(name).find();
    return isPeriod
        ? Optional.of(new LayerSetting.Period(name, value, offset(name, fields)))
        : Optional.empty();
  }

  private static Optional<Integer> offset(String name, Map<String, Value> fields) {
    return name.endsWith("_period")
            && fields.get(name.replaceAll("_period$", "_offset"))
                instanceof Value.Whole(long offset)
        ? Optional.of((int) offset)
        : Optional.empty();
  }
}
