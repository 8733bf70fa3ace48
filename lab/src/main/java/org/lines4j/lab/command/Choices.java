package org.lines4j.lab.command;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;

/// Checks what options name before anything is fetched or trained for them.
final class Choices {
  private Choices() {}

  /// @param names that the option gives; null where it is not given
  /// @throws RequestException unless each is known, and given once
  static void among(String option, @Nullable List<String> names, List<String> known) {
    if (names == null) {
      return;
    }
    for (String name : names) {
      if (!known.contains(name)) {
        throw new RequestException(
            "%s: there is no '%s'; there are %s".formatted(option, name, String.join(", ", known)));
      }
    }
    checkOnce(option, names);
  }

  /// @throws RequestException unless each is a rate that something can be trained at, and given
  ///   once
  static void rates(String option, @Nullable List<Double> rates) {
    if (rates == null) {
      return;
    }
    for (double rate : rates) {
      if (!(rate > 0 && rate <= 1)) {
        throw RequestException.expected(option, "numbers above 0 and up to 1", rate);
      }
    }
    checkOnce(option, rates);
  }

  private static void checkOnce(String option, List<?> values) {
    Set<Object> seen = new HashSet<>();
    for (Object value : values) {
      if (!seen.add(value)) {
        throw new RequestException("%s: %s is given twice".formatted(option, value));
      }
    }
  }
}
