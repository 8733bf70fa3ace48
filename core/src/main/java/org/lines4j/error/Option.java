package org.lines4j.error;

import java.util.Locale;

/// What a caller may set in a request, and a message may speak of. Called as in `Edit` and `Merge`;
/// whoever offers it under another name, as a command line does, words it so
/// ([Problem#inWords(java.util.function.Function)]).
public enum Option {
  /// Whether an output that exists is replaced.
  FORCE,
  /// What becomes of tensors that do not fit together.
  MISMATCH,
  /// The pattern that finds layers' numbers in names.
  LAYERS,
  /// Which tensors belong to which layers, or lie outside.
  RULES,
  /// Whether a model without any stack is all outside.
  STACKLESS,
  /// What tensors are called in another model.
  RENAMES,
  /// The pattern of the tensors that are scaled.
  ONLY,
  /// The pattern of the tensors that are not scaled.
  SKIP,
  /// The output's floating type.
  DTYPE,
  /// What a search makes large.
  OBJECTIVE,
  /// Where results of a search go.
  OUT,
  /// Whether models far away are read as they are needed, not fetched to this machine's cache
  /// first.
  STREAMING;

  /// In the library's own words.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
