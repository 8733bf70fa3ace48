package org.lines4j.internal.method;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Condition;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.Values;

/// Parameters that several methods have.
public final class Parameters {
  public static final Parameter WEIGHT = model("weight", 1.0, "what the model is multiplied by");
  static final Parameter DENSITY =
      model("density", Values.FRACTION, 1.0, "the fraction of the update's elements that is kept");
  static final Parameter LAMBDA =
      global("lambda", 1.0, "what the merged task vector is multiplied by");
  static final Parameter INT8_MASK =
      flag("int8_mask", false, "accepted for mergekit's sake; changes nothing here");

  /// Greater than 0.
  public static final Values POSITIVE = Values.numbers(Float.MIN_VALUE, Float.MAX_VALUE);

  static final Values NOT_NEGATIVE = Values.numbers(0, Float.MAX_VALUE);

  private Parameters() {}

  static Parameter model(String name, double fallback, String description) {
    return model(name, Values.NUMBER, fallback, description);
  }

  static Parameter model(String name, Values values, double fallback, String description) {
    return new Parameter(name, Scope.MODEL, values, Optional.of(fallback), description);
  }

  public static Parameter global(String name, double fallback, String description) {
    return global(name, Values.NUMBER, fallback, description);
  }

  static Parameter global(String name, Values values, double fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, values, Optional.of(fallback), description);
  }

  static Parameter required(String name, Values values, String description) {
    return new Parameter(name, Scope.GLOBAL, values, Optional.empty(), description);
  }

  public static Parameter flag(String name, boolean fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, Values.FLAG, Optional.of(fallback), description);
  }

  /// @param fallback of an enum, whose names, in lower case, are the values
  static <E extends Enum<E>> Parameter word(String name, E fallback, String description) {
    String[] words =
        Arrays.stream(fallback.getDeclaringClass().getEnumConstants())
            .map(Parameters::word)
            .toArray(String[]::new);
    return new Parameter(
        name, Scope.GLOBAL, Values.words(words), Optional.of(word(fallback)), description);
  }

  static Parameter normalize(boolean fallback) {
    return flag("normalize", fallback, "whether the sum is divided by the sum of the weights");
  }

  /// What is wrong with a method's parameters, if something is: two of one name, or a condition
  /// that none of them can meet.
  public static Optional<String> mistake(List<Parameter> parameters) {
    Map<String, Parameter> byName = new HashMap<>();
    for (Parameter parameter : parameters) {
      if (byName.put(parameter.name(), parameter) != null) {
        return Optional.of("two parameters are called " + parameter.name());
      }
    }
    for (Parameter parameter : parameters) {
      if (parameter.condition().isPresent()) {
        Condition condition = parameter.condition().get();
        Parameter other = byName.get(condition.parameter());
        if (other == null
            || other.scope() != Scope.GLOBAL
            || !other.values().contains(condition.value())) {
          return Optional.of(
              "%s counts only where %s, which no parameter of the whole merge can be"
                  .formatted(parameter.name(), condition));
        }
      }
    }
    return Optional.empty();
  }

  /// What a word stands for: one of an enum's names, in lower case.
  static <E extends Enum<E>> E choice(Settings settings, String parameter, Class<E> type) {
    return Enum.valueOf(type, settings.word(parameter).toUpperCase(Locale.ROOT));
  }

  private static <E extends Enum<E>> String word(E value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
