package org.lines4j.merge;

import java.util.Locale;
import org.lines4j.RequestException;
import org.lines4j.method.Parameter;

/// Brings what a recipe gives for a parameter to the parameter's own kind.
final class ParameterKinds {
  private ParameterKinds() {}

  /// A `Double`, `Boolean` or `String`, as the parameter's kind says. A flag may be written as a
  /// number, as Python lets it, or as YAML 1.1's `yes` and `no`.
  ///
  /// @throws RequestException if the value is of another kind; the message starts with `where`
  static Object convert(Parameter parameter, Object value, String where) {
    return switch (parameter.kind()) {
      case NUMBER -> number(parameter, value, where);
      case FLAG -> flag(parameter, value, where);
      case WORD -> word(parameter, value, where);
    };
  }

  private static Double number(Parameter parameter, Object value, String where) {
    return switch (value) {
      case Double number when Double.isFinite(number) -> number;
      case Boolean flag -> flag ? 1.0 : 0.0;
      default -> throw wrong(parameter, value, where, "a number");
    };
  }

  private static String word(Parameter parameter, Object value, String where) {
    if (value instanceof String word) {
      return word;
    }
    throw wrong(parameter, value, where, "a word");
  }

  private static Boolean flag(Parameter parameter, Object value, String where) {
    return switch (value) {
      case Boolean flag -> flag;
      case Double number -> number != 0;
      case String word when word.equalsIgnoreCase("yes") || word.equalsIgnoreCase("on") -> true;
      case String word when word.equalsIgnoreCase("no") || word.equalsIgnoreCase("off") -> false;
      default -> throw wrong(parameter, value, where, "true or false");
    };
  }

  private static RequestException wrong(
      Parameter parameter, Object value, String where, String wanted) {
    String kind = value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return new RequestException(
        "%s: %s should be %s, found %s"
            .formatted(
                where,
                parameter.name(),
                wanted,
                kind.equals("string") ? "'" + value + "'" : String.valueOf(value)));
  }
}
