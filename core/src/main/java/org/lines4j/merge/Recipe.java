package org.lines4j.merge;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.lines4j.error.RequestException;
import org.lines4j.tensor.DType;

/// What is to be merged and how, in mergekit's terms: what its YAML files say, plus `lines`.
///
/// Models go by the names that the recipe uses: paths, relative to the recipe's folder.
///
/// @param name of the recipe, such as its file: what messages start with
/// @param method the merge method's name
/// @param slices of the output's layers, first to last; a recipe that merges whole models has one
/// @param baseModel whose weights the models' updates start from
/// @param parameters for all slices and models
/// @param lines depth scaling of the merged task vector
/// @param dtype mergekit's: inputs are rounded to it, and the output has it unless `outDtype` is
///   given
/// @param outDtype the output's floating type
/// @param tokenizer which vocabulary the output has; empty for the base's (or first model's)
/// @param chatTemplate the output's: `auto`, the name of a known one, or the template itself
/// @param module whose layers are sliced, as mergekit's `modules` calls it, such as `text_decoder`;
///   empty for the main one
public record Recipe(
    String name,
    String method,
    List<Slice> slices,
    Optional<String> baseModel,
    Map<String, Setting> parameters,
    Optional<Lines> lines,
    Optional<DType> dtype,
    Optional<DType> outDtype,
    Optional<Tokenizer> tokenizer,
    Optional<String> chatTemplate,
    Optional<String> module) {

  /// Copies its collections.
  ///
  /// @throws RequestException if there is nothing to merge, or only some sources say which layers
  public Recipe {
    slices = List.copyOf(slices);
    parameters = copy(parameters);
    List<ModelUse> sources = slices.stream().flatMap(slice -> slice.sources().stream()).toList();
    if (sources.isEmpty()) {
      throw new RequestException(name, "names no models to merge");
    }
    long ranges = sources.stream().filter(source -> source.layers().isPresent()).count();
    if (ranges != sources.size() && (ranges != 0 || slices.size() > 1)) {
      throw new RequestException(name, "each source of a slice needs a layer_range");
    }
  }

  /// A recipe of the main module.
  public Recipe(
      String name,
      String method,
      List<Slice> slices,
      Optional<String> baseModel,
      Map<String, Setting> parameters,
      Optional<Lines> lines,
      Optional<DType> dtype,
      Optional<DType> outDtype,
      Optional<Tokenizer> tokenizer,
      Optional<String> chatTemplate) {
    this(
        name,
        method,
        slices,
        baseModel,
        parameters,
        lines,
        dtype,
        outDtype,
        tokenizer,
        chatTemplate,
        Optional.empty());
  }

  /// A recipe that merges whole models, everything else left open.
  public static Recipe of(String name, String method, List<ModelUse> models) {
    return new Recipe(
        name,
        method,
        List.of(new Slice(models, Optional.empty(), Map.of())),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// This recipe with a base model.
  public Recipe withBase(String model) {
    return with(parts -> parts.baseModel = Optional.of(model));
  }

  /// This recipe by another merge method.
  public Recipe withMethod(String other) {
    return with(parts -> parts.method = other);
  }

  /// This recipe with other slices.
  public Recipe withSlices(List<Slice> others) {
    return with(parts -> parts.slices = others);
  }

  /// This recipe with other parameters for all slices and models.
  public Recipe withParameters(Map<String, Setting> values) {
    return with(parts -> parts.parameters = values);
  }

  /// This recipe with depth scaling.
  public Recipe withLines(Lines scaling) {
    return with(parts -> parts.lines = Optional.of(scaling));
  }

  /// This recipe for the layers of one of a model's modules.
  public Recipe withModule(String part) {
    return with(parts -> parts.module = Optional.of(part));
  }

  private Recipe with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.recipe();
  }

  /// A recipe while one of its parts is changed.
  private static final class Parts {
    private final Recipe before;
    private String method;
    private List<Slice> slices;
    private Optional<String> baseModel;
    private Map<String, Setting> parameters;
    private Optional<Lines> lines;
    private Optional<String> module;

    Parts(Recipe recipe) {
      before = recipe;
      method = recipe.method;
      slices = recipe.slices;
      baseModel = recipe.baseModel;
      parameters = recipe.parameters;
      lines = recipe.lines;
      module = recipe.module;
    }

    Recipe recipe() {
      return new Recipe(
          before.name,
          method,
          slices,
          baseModel,
          parameters,
          lines,
          before.dtype,
          before.outDtype,
          before.tokenizer,
          before.chatTemplate,
          module);
    }
  }

  /// Whether whole models are merged, not chosen layers of them.
  public boolean mergesWholeModels() {
    return slices.getFirst().sources().getFirst().layers().isEmpty();
  }

  /// The models whose weights are merged, the base first.
  public Set<String> mergedModels() {
    Set<String> names = new LinkedHashSet<>();
    baseModel.ifPresent(names::add);
    for (Slice slice : slices) {
      slice.baseModel().ifPresent(names::add);
      slice.sources().forEach(source -> names.add(source.model()));
    }
    return names;
  }

  /// All models that it names: those that are merged, then those that give tokens alone.
  public Set<String> models() {
    Set<String> names = mergedModels();
    tokenizer.ifPresent(words -> names.addAll(words.models()));
    return names;
  }

  /// Whether it gives a parameter at any of its levels.
  public boolean gives(String parameter) {
    return parameters.containsKey(parameter)
        || slices.stream().anyMatch(slice -> slice.gives(parameter));
  }

  /// Whether a parameter goes by depth at any of its levels.
  public boolean hasGradients() {
    return haveGradients(parameters) || slices.stream().anyMatch(Slice::hasGradients);
  }

  private static boolean haveGradients(Map<String, Setting> settings) {
    return settings.values().stream()
        .flatMap(setting -> setting.cases().stream())
        .anyMatch(each -> each.values().size() > 1);
  }

  /// What a message about a line starts with; 0 for one of no line.
  public String at(int line) {
    return line == 0 ? name : name + ":" + line;
  }

  private static Map<String, Setting> copy(Map<String, Setting> settings) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// Consecutive layers of the output.
  ///
  /// @param sources that are merged into them
  /// @param baseModel for this slice, in place of the recipe's
  /// @param parameters for all of its sources
  public record Slice(
      List<ModelUse> sources, Optional<String> baseModel, Map<String, Setting> parameters) {
    /// Copies its collections.
    public Slice {
      sources = List.copyOf(sources);
      parameters = copy(parameters);
    }

    private boolean gives(String parameter) {
      return parameters.containsKey(parameter)
          || sources.stream().anyMatch(source -> source.parameters().containsKey(parameter));
    }

    private boolean hasGradients() {
      return haveGradients(parameters)
          || sources.stream().anyMatch(source -> haveGradients(source.parameters()));
    }
  }

  /// A model in a slice, or in the whole merge.
  ///
  /// @param layers which of its layers; empty for the whole model
  /// @param parameters for this model
  /// @param line of the recipe's file, for messages; 0 where there is none
  public record ModelUse(
      String model, Optional<LayerRange> layers, Map<String, Setting> parameters, int line) {
    /// Copies its parameters.
    public ModelUse {
      parameters = copy(parameters);
    }

    /// A whole model.
    public static ModelUse of(String model, Map<String, Setting> parameters) {
      return new ModelUse(model, Optional.empty(), parameters, 0);
    }

    /// The same with other parameters.
    public ModelUse withParameters(Map<String, Setting> values) {
      return new ModelUse(model, layers, values, line);
    }
  }

  /// Layers counted from 0.
  ///
  /// @param start the first
  /// @param end the first that is no more part of it
  public record LayerRange(int start, int end) {
    /// @throws RequestException unless 0 ≤ start < end
    public LayerRange {
      if (start < 0 || end <= start) {
        throw RequestException.expected(
            "layer_range", "[start, end] with 0 <= start < end", List.of(start, end));
      }
    }

    /// How many layers.
    public int length() {
      return end - start;
    }
  }

  /// Which vocabulary the output has.
  ///
  /// @param source where it comes from
  /// @param tokens where single tokens' embeddings come from; tokens that the source lacks are
  ///   added
  /// @param padToMultipleOf what the number of embeddings is rounded up to
  public record Tokenizer(
      TokenizerSource source, Map<String, TokenRule> tokens, OptionalInt padToMultipleOf) {
    /// Copies its rules.
    public Tokenizer {
      tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    }

    /// The models that it names.
    public Set<String> models() {
      Set<String> models = new LinkedHashSet<>();
      if (source instanceof TokenizerSource.OfModel(String model)) {
        models.add(model);
      }
      for (TokenRule rule : tokens.values()) {
        switch (rule.source()) {
          case TokenSource.SameToken(String model) -> models.add(model);
          case TokenSource.OtherToken(String model, _) -> models.add(model);
          case TokenSource.TokenNumber(String model, _) -> models.add(model);
          case TokenSource.Unsaid _, TokenSource.Zero _ -> {}
        }
      }
      return models;
    }

    /// A vocabulary with nothing changed in it.
    public static Tokenizer of(TokenizerSource source) {
      return new Tokenizer(source, Map.of(), OptionalInt.empty());
    }
  }

  /// Where a vocabulary comes from.
  public sealed interface TokenizerSource {
    /// The base model's, or the first model's where there is no base.
    record Base() implements TokenizerSource {}

    /// The base's tokens, then those that only others have.
    record Union() implements TokenizerSource {}

    /// One model's, which need not take part in the merge.
    record OfModel(String model) implements TokenizerSource {}
  }

  /// Where one token's embedding comes from.
  ///
  /// @param force whether also in the models that have the token
  public record TokenRule(TokenSource source, boolean force) {}

  /// Where an embedding comes from.
  public sealed interface TokenSource {
    /// Nothing is said of it.
    record Unsaid() implements TokenSource {}

    /// All zeros.
    record Zero() implements TokenSource {}

    /// The same token's in one model.
    record SameToken(String model) implements TokenSource {}

    /// That of another token in one model.
    record OtherToken(String model, String token) implements TokenSource {}

    /// That of the token numbered so in one model.
    record TokenNumber(String model, int id) implements TokenSource {}
  }
}
