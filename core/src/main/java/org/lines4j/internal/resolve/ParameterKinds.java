package org.lines4j.internal.resolve;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;

/// Brings what a recipe gives for a parameter to the parameter's own kind.
final class ParameterKinds {
  private static final Map<String, Boolean> WORDS =
      Map.of("yes", true, "on", true, "no", false, "off", false);

  private ParameterKinds() {}

  /// One of the parameter's values. A flag may be written as a number, as Python lets it, or as
  /// YAML 1.1's `yes` and `no`; a number as a flag.
  ///
  /// @throws RequestException if the value is none of the parameter's; the message starts with
  ///   `where`
  static Object convert(Parameter parameter, Object value, String where) {
    Values values = parameter.values();
    Object converted = value;
    if (values instanceof Values.Numbers && value instanceof Boolean flag) {
      converted = flag ? 1.0 : 0.0;
    } else if (values instanceof Values.Flags) {
      converted = flag(value);
    }
    if (!values.contains(converted)) {
      throw RequestException.expected(where, parameter.name(), values.inWords(), found(value))
          .withRemedy(advice(values, value));
    }
    return converted;
  }

  private static Object flag(Object value) {
    if (value instanceof Double number) {
      return number != 0;
    }
    if (value instanceof String word) {
      return Optional.ofNullable(WORDS.get(word.toLowerCase(Locale.ROOT)))
          .map(Object.class::cast)
          .orElse(value);
    }
    return value;
  }

  private static String found(Object value) {
    return switch (value) {
      case Double number when !Float.isFinite((float) (double) number) ->
          number + ", which float32 does not hold";
      case String word -> "'" + word + "'";
      default -> String.valueOf(value);
    };
  }

  private static String advice(Values values, Object value) {
    return value instanceof String word && values instanceof Values.Words known
        ? NearestName.meant(word, known.words())
        : "";
  }
}
