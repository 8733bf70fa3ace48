package org.lines4j.method;

import java.util.Optional;

/// A parameter that a merge method takes from a recipe.
///
/// @param name as recipes write it, such as `density`
/// @param scope whether each model has its own value
/// @param kind what its values are
/// @param fallback the value where the recipe gives none; empty where it must
/// @param description one line: what it does, its range
public record Parameter(
    String name, Scope scope, Kind kind, Optional<Object> fallback, String description) {
  /// Whose value it is.
  public enum Scope {
    /// One for the merge.
    GLOBAL,
    /// One for each model.
    MODEL
  }

  /// What the values are: `Double`, `Boolean`, or `String`.
  public enum Kind {
    NUMBER,
    FLAG,
    WORD
  }
}
