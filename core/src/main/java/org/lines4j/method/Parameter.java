package org.lines4j.method;

import java.util.Optional;

/// A parameter that a merge method takes from a recipe.
///
/// @param name as recipes write it, such as `density`
/// @param scope whether each model has its own value
/// @param values what its values may be
/// @param fallback the value where the recipe gives none; empty where it must
/// @param description one line: what it does
/// @param condition where alone it counts; empty for everywhere
public record Parameter(
    String name,
    Scope scope,
    Values values,
    Optional<Object> fallback,
    String description,
    Optional<Condition> condition) {
  /// @throws IllegalArgumentException if the fallback is none of the values
  public Parameter {
    fallback.ifPresent(
        value -> {
          if (!values.contains(value)) {
            throw new IllegalArgumentException(
                "%s falls back to %s, but should be %s".formatted(name, value, values.inWords()));
          }
        });
  }

  /// A parameter that counts everywhere.
  public Parameter(
      String name, Scope scope, Values values, Optional<Object> fallback, String description) {
    this(name, scope, values, fallback, description, Optional.empty());
  }

  /// This parameter, which counts only where another, a global one, has this value.
  public Parameter onlyWhere(String other, Object value) {
    return new Parameter(
        name, scope, values, fallback, description, Optional.of(new Condition(other, value)));
  }

  /// The value of a global parameter.
  public record Condition(String parameter, Object value) {
    @Override
    public String toString() {
      return parameter + ": " + value;
    }
  }

  /// Whose value it is.
  public enum Scope {
    /// One for the merge.
    GLOBAL,
    /// One for each model.
    MODEL
  }
}
