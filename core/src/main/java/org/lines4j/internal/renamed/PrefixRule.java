package org.lines4j.internal.renamed;

import java.util.Optional;

/// What stands before one model's names, and what before the other's.
///
/// @param from empty for nothing
/// @param to empty for nothing
record PrefixRule(String from, String to) {
  /// The name that the other model has for `name`; empty where it does not begin so.
  Optional<String> apply(String name) {
    if (from.isEmpty()) {
      return Optional.of(join(to, name));
    }
    if (name.equals(from)) {
      return to.isEmpty() ? Optional.empty() : Optional.of(to);
    }
    return name.startsWith(from + ".")
        ? Optional.of(join(to, name.substring(from.length() + 1)))
        : Optional.empty();
  }

  private static String join(String prefix, String rest) {
    return prefix.isEmpty() ? rest : prefix + "." + rest;
  }

  /// Whether it leaves layers alone: a number may stand in front, as in a chain of modules, but not
  /// within.
  boolean keepsNumbers() {
    return hasNoInnerNumber(from) && hasNoInnerNumber(to);
  }

  private static boolean hasNoInnerNumber(String prefix) {
    String[] parts = prefix.split("\\.", -1);
    for (int i = 1; i < parts.length; i++) {
      if (PlainName.isNumber(parts[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "'%s' → '%s'".formatted(from.isEmpty() ? "" : from + ".", to.isEmpty() ? "" : to + ".");
  }
}
