package org.lines4j.recipe;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.NearestName;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.LayerRange;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Setting;
import org.lines4j.method.Calibration;
import org.lines4j.recipe.PathVariable.Binding;
import org.lines4j.tensor.DType;

/// A recipe's YAML as records.
final class RecipeReader {
  /// Keys that begin so are there for the anchors behind them.
  private static final String ANCHORS = "x-";

  /// Keys that only files of mergekit's other programs have.
  private static final Map<String, String> OTHERS =
      Map.of(
          "experts", "mergekit-moe",
          "gate_mode", "mergekit-moe",
          "genome", "mergekit-evolve");

  /// Parameters that recipes have beside `parameters`, where mergekit passes over them.
  private static final Set<String> MISPLACED =
      Set.of("density", "int8_mask", "lambda", "normalize", "rescale", "t", "weight");

  /// What versions of mergekit that are gone read, and what recipes of LazyMergekit end with.
  private static final String RANDOM_SEED = "random_seed";

  private static final String AUTO = "auto";

  private static final List<String> PROFILES =
      Arrays.stream(DepthProfile.values()).map(DepthProfile::title).toList();

  private final String name;
  private final SettingReader settings;
  private final Binding binding;

  /// @param name what messages call the recipe
  RecipeReader(String name, Binding binding) {
    this.name = name;
    this.binding = binding;
    this.settings = new SettingReader(binding);
  }

  /// The recipe that `root` describes.
  Recipe read(Entry root) {
    Map<String, Entry> said = root.saidFields();
    refuseOthers(root, said);
    said.forEach(RecipeReader::refuseMisplaced);
    Map<String, Entry> fields = root.fields(RecipePart.RECIPE.names(), ANCHORS);
    return new Recipe(
        name,
        Entry.required(fields, "merge_method", root).text(),
        slices(root, parts(fields)),
        model(fields, "base_model"),
        withNeighbours(parameters(fields), said),
        Optional.ofNullable(said.get("lines")).map(this::lines),
        dtype(fields, "dtype"),
        dtype(fields, "out_dtype"),
        tokenizer(fields),
        text(fields, "chat_template"),
        Optional.ofNullable(fields.get("modules"))
            .map(modules -> modules.saidFields().keySet().iterator().next()));
  }

  /// What mergekit's other programs read is YAML with `base_model`, too.
  private static void refuseOthers(Entry root, Map<String, Entry> said) {
    if (said.containsKey("merge_method")) {
      return;
    }
    for (String key : said.keySet()) {
      String other = OTHERS.get(key);
      if (other != null) {
        throw root.error(
            "a file for %s (it has '%s'), not a recipe to merge by: that has merge_method, and models or slices"
                .formatted(other, key));
      }
    }
  }

  private static void refuseMisplaced(String key, Entry value) {
    Set<String> known = RecipePart.RECIPE.names();
    if (MISPLACED.contains(key)) {
      throw value
          .error("'%s' stands beside parameters, where mergekit passes over it".formatted(key))
          .withRemedy("leave it out or, to have it count, move it under parameters");
    }
    if (!known.contains(key) && !key.startsWith(ANCHORS) && value.isMapping()) {
      throw value
          .error("unknown key '%s' in the recipe".formatted(key))
          .withRemedy(
              "%s; a key that is there for its anchor alone begins with %s"
                  .formatted(NearestName.advice(key, known), ANCHORS));
    }
  }

  private static Optional<String> model(Map<String, Entry> fields, String key) {
    return Optional.ofNullable(fields.get(key)).map(ModelName::read);
  }

  private static Optional<String> text(Map<String, Entry> fields, String key) {
    return Optional.ofNullable(fields.get(key)).map(Entry::text);
  }

  /// What is merged, where a recipe names the module that it speaks of: the one whose layers are
  /// sliced here anyway.
  private static Map<String, Entry> parts(Map<String, Entry> fields) {
    Entry modules = fields.get("modules");
    if (modules == null) {
      return fields;
    }
    Map<String, Entry> named = modules.saidFields();
    if (named.size() != 1 || fields.containsKey("models") || fields.containsKey("slices")) {
      throw modules.error(
          "modules should be one module, the one whose layers are sliced, with models or slices in"
              + " it and none beside it, found %s; all other parts of the model are as in the first"
                  .formatted(named.keySet())
              + " slice's model");
    }
    Entry module = named.values().iterator().next();
    Map<String, Entry> parts = new LinkedHashMap<>(fields);
    parts.putAll(module.fields(RecipePart.MODULE.names()));
    return parts;
  }

  private List<Slice> slices(Entry root, Map<String, Entry> fields) {
    Entry models = fields.get("models");
    Entry slices = fields.get("slices");
    if ((models == null) == (slices == null)) {
      throw root.error(
          "a recipe has either models or slices, found " + (models == null ? "neither" : "both"));
    }
    if (slices != null) {
      return nonEmpty(slices).stream().map(this::slice).toList();
    }
    List<ModelUse> uses = nonEmpty(models).stream().map(this::model).toList();
    return List.of(new Slice(uses, Optional.empty(), Map.of()));
  }

  private static List<Entry> nonEmpty(@org.jspecify.annotations.Nullable Entry list) {
    Entry present = java.util.Objects.requireNonNull(list);
    List<Entry> items = present.items();
    if (items.isEmpty()) {
      throw present.error(present.what() + " is empty");
    }
    return items;
  }

  private Slice slice(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.SLICE.names());
    List<ModelUse> sources =
        nonEmpty(Entry.required(fields, "sources", entry)).stream().map(this::source).toList();
    return new Slice(sources, model(fields, "base_model"), parameters(fields));
  }

  private ModelUse model(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.MODEL.names());
    String model = ModelName.read(Entry.required(fields, "model", entry));
    return new ModelUse(model, Optional.empty(), parameters(fields), entry.line());
  }

  private ModelUse source(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.SOURCE.names());
    Entry range = Entry.required(fields, "layer_range", entry);
    return new ModelUse(
        ModelName.read(Entry.required(fields, "model", entry)),
        Optional.of(layers(range)),
        parameters(fields),
        entry.line());
  }

  private static LayerRange layers(Entry range) {
    List<Integer> ends = range.items().stream().map(Entry::count).toList();
    if (ends.size() != 2 || ends.get(0) >= ends.get(1)) {
      throw range.error(
          "layer_range should be [first, one past the last], counted from 0, found "
              + Entry.shortened(ends.toString()));
    }
    return new LayerRange(ends.get(0), ends.get(1));
  }

  private Map<String, Setting> parameters(Map<String, Entry> fields) {
    Map<String, Setting> parameters = new LinkedHashMap<>();
    Entry entry = fields.get("parameters");
    if (entry != null) {
      entry.saidFields().forEach((name, value) -> parameters.put(name, settings.read(value)));
    }
    return parameters;
  }

  /// `calibrate:` stands beside the method, and is a parameter like any other behind that; so is
  /// what changes nothing.
  private Map<String, Setting> withNeighbours(
      Map<String, Setting> parameters, Map<String, Entry> said) {
    Map<String, Setting> all = new LinkedHashMap<>(parameters);
    for (String key : List.of(Calibration.PARAMETER, RANDOM_SEED)) {
      Entry entry = said.get(key);
      if (entry != null && all.put(key, settings.read(entry)) != null) {
        throw entry.error(key + " stands among the parameters, too; leave one of them out");
      }
    }
    return all;
  }

  private Lines lines(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.LINES.names());
    Entry alpha = Entry.required(fields, "alpha", entry);
    Entry outside = fields.get("outside");
    DepthProfile profile =
        Optional.ofNullable(fields.get("profile"))
            .map(name -> DepthProfile.ofTitle(name.word(PROFILES)).orElseThrow())
            .orElse(DepthProfile.LINES);
    boolean isUniform = profile == DepthProfile.UNIFORM;
    boolean isFlat = isUniform && !fields.containsKey("beta");
    double beta = isFlat ? 0 : number(Entry.required(fields, "beta", entry));
    boolean depth = outside != null && outside.word(List.of("alpha", "depth")).equals("depth");
    if (isUniform && (beta != 0 || depth)) {
      throw entry.error(
          "%s has no effect with profile: uniform, whose lambda is alpha everywhere; leave it out"
              .formatted(beta != 0 ? "beta" : "outside: depth"));
    }
    return new Lines(
        alpha.isScalar(AUTO) ? Optional.empty() : Optional.of(number(alpha, AUTO)),
        beta,
        depth ? Outside.DEPTH : Outside.ALPHA,
        profile);
  }

  /// @param words that may stand there instead, for messages
  private double number(Entry entry, String... words) {
    Object value = entry.scalar();
    Optional<Double> bound = binding.valueOf(value);
    if (bound.isPresent()) {
      return bound.get();
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return number;
    }
    throw entry.wrongKind(binding.numberOr(words));
  }

  private static Optional<DType> dtype(Map<String, Entry> fields, String key) {
    return Optional.ofNullable(fields.get(key))
        .map(
            entry -> {
              String name = entry.text();
              String bare = name.startsWith("torch.") ? name.substring(6) : name;
              return DType.ofTorchName(bare)
                  .orElseThrow(
                      () ->
                          entry.error(
                              "%s should be float32, float16, bfloat16 or float64, found '%s'"
                                  .formatted(key, name)));
            });
  }

  private static Optional<Tokenizer> tokenizer(Map<String, Entry> fields) {
    Entry source = fields.get("tokenizer_source");
    Entry tokenizer = fields.get("tokenizer");
    if (source != null && tokenizer != null) {
      throw tokenizer.error("give tokenizer_source or tokenizer, not both");
    }
    return Optional.ofNullable(source)
        .map(entry -> Tokenizer.of(TokenizerReader.source(entry)))
        .or(() -> Optional.ofNullable(tokenizer).map(TokenizerReader::read));
  }
}
