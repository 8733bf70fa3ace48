package org.lines4j.error;

/// What becomes of a tensor that not all models have, whose shapes differ, or which is not of a
/// floating type and not equal in all.
public enum OnMismatch {
  /// An error that names all of them.
  REFUSE,
  /// The output has what the base has; what the base of a merge lacks is left out.
  BASE,
  /// The output has what the tuned model has, of several the first.
  TUNED
}
