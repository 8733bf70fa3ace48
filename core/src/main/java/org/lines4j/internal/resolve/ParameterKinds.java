package org.lines4j.internal.resolve;

import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;

/// Brings what a recipe gives for a parameter to the parameter's own kind.
final class ParameterKinds {
  private ParameterKinds() {}

  /// One of the parameter's values. A flag may be written as a number, as Python lets it, or as
  /// YAML 1.1's `yes` and `no`; a number as a flag.
  ///
  /// @throws RequestException if the value is none of the parameter's; the message starts with
  ///   `where`
  static Object convert(Parameter parameter, Object value, String where) {
    Values values = parameter.values();
    Object converted =
        switch (values) {
          case Values.Numbers _ ->
              value instanceof Boolean flag ? (Object) (flag ? 1.0 : 0.0) : value;
          case Values.Flags _ -> flag(value);
          case Values.Words _, Values.Patterns _ -> value;
        };
    if (!values.contains(converted)) {
      throw RequestException.expected(where, parameter.name(), values.inWords(), found(value))
          .withRemedy(advice(values, value));
    }
    return converted;
  }

  private static Object flag(Object value) {
    return switch (value) {
      case Double number -> number != 0;
      case String word when word.equalsIgnoreCase("yes") || word.equalsIgnoreCase("on") -> true;
      case String word when word.equalsIgnoreCase("no") || word.equalsIgnoreCase("off") -> false;
      default -> value;
    };
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
