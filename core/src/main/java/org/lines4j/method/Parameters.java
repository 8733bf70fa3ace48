package org.lines4j.method;

import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter.Kind;
import org.lines4j.method.Parameter.Scope;

/// Parameters that several methods have, and their ranges.
final class Parameters {
  static final Parameter WEIGHT =
      model("weight", 1.0, "what the model is multiplied by; any number");
  static final Parameter DENSITY =
      model("density", 1.0, "the fraction of the update's elements that is kept; 0 … 1");
  static final Parameter LAMBDA =
      global("lambda", 1.0, "what the merged task vector is multiplied by; any number");
  static final Parameter INT8_MASK =
      flag("int8_mask", false, "accepted for mergekit's sake; changes nothing here");

  private Parameters() {}

  static Parameter model(String name, double fallback, String description) {
    return new Parameter(name, Scope.MODEL, Kind.NUMBER, Optional.of(fallback), description);
  }

  static Parameter global(String name, double fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, Kind.NUMBER, Optional.of(fallback), description);
  }

  static Parameter required(String name, String description) {
    return new Parameter(name, Scope.GLOBAL, Kind.NUMBER, Optional.empty(), description);
  }

  static Parameter flag(String name, boolean fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, Kind.FLAG, Optional.of(fallback), description);
  }

  static Parameter word(String name, String fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, Kind.WORD, Optional.of(fallback), description);
  }

  static Parameter normalize(boolean fallback) {
    return flag("normalize", fallback, "whether the sum is divided by the sum of the weights");
  }

  /// Each model's `density`.
  static List<Double> densities(Settings settings) {
    List<Double> densities = settings.numbers("density");
    densities.forEach(density -> check("density", density, 0, 1));
    return densities;
  }

  /// A whole number from 0 to `most`.
  static int whole(String name, double value, int most) {
    if (!(value >= 0 && value <= most && value == Math.rint(value))) {
      throw new IllegalArgumentException(
          "%s should be a whole number ≥ 0 and ≤ %s, found %s".formatted(name, most, value));
    }
    return (int) value;
  }

  static void atLeast(String name, double value, double least) {
    if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s should be a number ≥ %s, found %s".formatted(name, least, value));
    }
  }

  static void positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s should be a number > 0, found %s".formatted(name, value));
    }
  }

  static void check(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s should be %s … %s, found %s".formatted(name, least, most, value));
    }
  }

  /// A word that is one of an enum's names, in lower case.
  static <E extends Enum<E>> E choice(Settings settings, String parameter, Class<E> type) {
    String word = settings.word(parameter);
    List<String> known =
        java.util.Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(java.util.Locale.ROOT))
            .toList();
    int index = known.indexOf(word);
    if (index < 0) {
      throw new IllegalArgumentException(
          "%s should be one of %s, found %s".formatted(parameter, String.join(", ", known), word));
    }
    return type.getEnumConstants()[index];
  }
}
