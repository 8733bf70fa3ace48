package org.lines4j.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Setting;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;

/// A number of the recipe that is searched: a parameter of the merge method.
///
/// @param parameter its name
/// @param model the recipe's name of the model that it is for; empty for all, or the whole merge
/// @param range where it is searched
public record Hyperparameter(String parameter, Optional<String> model, Range range) {
  /// Closer values would be the same model in float16.
  private static final int DECIMALS = 5;

  /// Numbers from one to a larger one. The search goes through shares of the way between them.
  ///
  /// @param isLogarithmic whether equal shares are equal factors
  public record Range(double low, double high, boolean isLogarithmic) {
    /// Of a parameter without bounds, how far a search goes: twice as far as usual values.
    private static final double FAR = 2;

    /// Nothing is left of an update of which the method keeps less.
    private static final double LEAST_SHARE = 0.02;

    /// @throws RequestException if there is nothing between the ends
    public Range {
      boolean isWrong = !(low < high) || !Double.isFinite(high - low);
      if (isWrong || (isLogarithmic && low <= 0)) {
        throw new RequestException(
            "the range should go from a number to a larger one, found %s to %s"
                .formatted(low, high));
      }
    }

    /// As a method declares its parameter: between bounds, evenly; what has only a lower bound of 0
    /// by factors, a decade to each side of its usual value; else from 0 to twice the usual value.
    public static Range of(Parameter parameter) {
      if (!(parameter.values() instanceof Values.Numbers(double least, double most, _))) {
        throw RequestException.expected(
            parameter.name(), "a number to be searched", parameter.values().inWords());
      }
      double usual =
          parameter.fallback().filter(Double.class::isInstance).map(d -> (Double) d).orElse(1.0);
      boolean hasLeast = least > -Float.MAX_VALUE;
      boolean hasMost = most < Float.MAX_VALUE;
      if (hasLeast && hasMost) {
        return new Range(least == 0 && most == 1 ? LEAST_SHARE : least, most, false);
      }
      if (hasLeast && least >= 0 && usual > 0 && usual != 1) {
        return new Range(Math.max(usual / 10, least), usual * 10, true);
      }
      double low = hasLeast ? Math.max(0, least) : 0;
      return new Range(low, Math.max(FAR, FAR * Math.abs(usual)), false);
    }

    /// The number at a share of the way, 0 … 1.
    public double at(double share) {
      double value = isLogarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
      double unit = Math.pow(10, DECIMALS - Math.max(0, Math.ceil(Math.log10(high))));
      return Math.clamp(Math.rint(value * unit) / unit, low, high);
    }
  }

  /// The numbers of a method that a word asks for: `weights` each merged model's weight, another
  /// word the parameter of that name, one number for all.
  ///
  /// @param range where to search; empty for as the method declares it
  /// @return nothing if the method has no such parameter
  /// @throws RequestException if it is no number
  public static List<Hyperparameter> of(
      String word, Optional<Range> range, MethodType method, Subject subject) {
    boolean isEach = word.equals("weights");
    String name = isEach ? "weight" : word;
    Optional<Parameter> parameter =
        method.parameters().stream().filter(known -> known.name().equals(name)).findFirst();
    if (parameter.isEmpty()) {
      return List.of();
    }
    Range where = range.orElseGet(() -> Range.of(parameter.get()));
    for (double end : List.of(where.low(), where.high())) {
      if (!parameter.get().values().contains(end)) {
        throw RequestException.expected(name, parameter.get().values().inWords(), end);
      }
    }
    return isEach
        ? subject.tunedModels().values().stream()
            .map(model -> new Hyperparameter(name, Optional.of(model), where))
            .toList()
        : List.of(new Hyperparameter(name, Optional.empty(), where));
  }

  /// What labels call it: `density`, or `weight of math`.
  public String symbol() {
    return model
        .map(name -> parameter + " of " + name.substring(name.lastIndexOf('/') + 1))
        .orElse(parameter);
  }

  /// A recipe with this number, wherever it gives the parameter.
  public Recipe applyTo(Recipe recipe, double value) {
    Setting setting = Setting.of(value);
    Map<String, Setting> global = new LinkedHashMap<>(recipe.parameters());
    if (model.isEmpty()) {
      global.put(parameter, setting);
    }
    List<Slice> slices = new ArrayList<>();
    for (Slice slice : recipe.slices()) {
      List<ModelUse> sources = slice.sources().stream().map(use -> applyTo(use, setting)).toList();
      slices.add(new Slice(sources, slice.baseModel(), without(slice.parameters())));
    }
    return new Recipe(
        recipe.name(),
        recipe.method(),
        slices,
        recipe.baseModel(),
        global,
        recipe.lines(),
        recipe.dtype(),
        recipe.outDtype(),
        recipe.tokenizer(),
        recipe.chatTemplate());
  }

  private ModelUse applyTo(ModelUse use, Setting setting) {
    if (model.isEmpty()) {
      return new ModelUse(use.model(), use.layers(), without(use.parameters()), use.line());
    }
    if (!model.get().equals(use.model())) {
      return use;
    }
    Map<String, Setting> own = new LinkedHashMap<>(use.parameters());
    own.put(parameter, setting);
    return new ModelUse(use.model(), use.layers(), own, use.line());
  }

  private Map<String, Setting> without(Map<String, Setting> parameters) {
    Map<String, Setting> others = new LinkedHashMap<>(parameters);
    if (model.isEmpty()) {
      others.remove(parameter);
    }
    return others;
  }
}
