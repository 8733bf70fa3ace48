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
import org.lines4j.method.Values.Numbers;

/// A number of the recipe that is searched: a parameter of the merge method.
///
/// @param symbol what labels call it: `density`, or `weight of math`
/// @param parameter its name
/// @param model the recipe's name of the model that it is for; empty for all, or the whole merge
/// @param range where it is searched
public record Hyperparameter(String symbol, String parameter, Optional<String> model, Range range) {
  /// Closer values would be the same model in float16.
  private static final int DECIMALS = 5;

  /// Numbers from one to a larger one. The search goes through shares of the way between them.
  ///
  /// @param isLogarithmic whether equal shares are equal factors
  /// @param isWhole whether only whole numbers are meant
  public record Range(double low, double high, boolean isLogarithmic, boolean isWhole) {
    /// Of a parameter without bounds, how far a search goes: twice as far as usual values.
    private static final double FAR = 2;

    private static final double DECADE = 10;

    /// Nothing is left of an update of which the method keeps less.
    private static final double LEAST_SHARE = 0.02;

    /// Of any numbers between the ends.
    public Range(double low, double high, boolean isLogarithmic) {
      this(low, high, isLogarithmic, false);
    }

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
    ///
    /// @throws RequestException if it is no number
    public static Range of(Parameter parameter) {
      Numbers numbers = numbers(parameter);
      double usual = parameter.fallback().map(value -> (Double) value).orElse(1.0);
      double least = numbers.least();
      boolean hasLeast = least > -Float.MAX_VALUE;
      if (hasLeast && numbers.most() < Float.MAX_VALUE) {
        boolean isFraction = least == 0 && numbers.most() == 1;
        return new Range(
            isFraction ? LEAST_SHARE : least, numbers.most(), false, numbers.isWhole());
      }
      if (hasLeast && least >= 0 && usual > 0 && usual != 1 && !numbers.isWhole()) {
        return new Range(Math.max(usual / DECADE, least), usual * DECADE, true);
      }
      double low = hasLeast ? Math.max(0, least) : 0;
      double far = Math.max(FAR * Math.abs(usual), low + FAR);
      return new Range(low, Math.min(far, numbers.most()), false, numbers.isWhole());
    }

    private static Numbers numbers(Parameter parameter) {
      if (parameter.values() instanceof Numbers numbers) {
        return numbers;
      }
      throw RequestException.expected(
          parameter.name(), "a number to be searched", parameter.values().inWords());
    }

    /// The number at a share of the way, 0 … 1.
    public double at(double share) {
      double value = isLogarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
      double largest = Math.max(Math.abs(low), Math.abs(high));
      double unit = Math.pow(10, DECIMALS - Math.max(0, Math.ceil(Math.log10(largest))));
      double rounded = isWhole ? Math.rint(value) : Math.rint(value * unit) / unit;
      return Math.clamp(rounded, low, high);
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
    Range usual = Range.of(parameter.get());
    Range where =
        range
            .map(asked -> new Range(asked.low(), asked.high(), false, usual.isWhole()))
            .orElse(usual);
    for (double end : List.of(where.low(), where.high())) {
      if (!parameter.get().values().contains(end)) {
        throw RequestException.expected(name, parameter.get().values().inWords(), end);
      }
    }
    return isEach
        ? subject.tunedModels().entrySet().stream()
            .map(
                model ->
                    new Hyperparameter(
                        name + " of " + model.getKey(), name, Optional.of(model.getValue()), where))
            .toList()
        : List.of(new Hyperparameter(name, name, Optional.empty(), where));
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
    return recipe.withSlices(slices).withParameters(global);
  }

  private ModelUse applyTo(ModelUse use, Setting setting) {
    if (model.isEmpty()) {
      return use.withParameters(without(use.parameters()));
    }
    if (!model.get().equals(use.model())) {
      return use;
    }
    Map<String, Setting> own = new LinkedHashMap<>(use.parameters());
    own.put(parameter, setting);
    return use.withParameters(own);
  }

  private Map<String, Setting> without(Map<String, Setting> parameters) {
    Map<String, Setting> others = new LinkedHashMap<>(parameters);
    if (model.isEmpty()) {
      others.remove(parameter);
    }
    return others;
  }
}
