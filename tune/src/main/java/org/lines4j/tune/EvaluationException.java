package org.lines4j.tune;

import java.io.Serial;

/// A model could not be measured.
public final class EvaluationException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String details;

  /// @param reason in a few words
  /// @param details such as the end of what a program said
  public EvaluationException(String reason, String details) {
    super(reason);
    this.details = details;
  }

  /// Why, in a few words.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// What else is known; may be empty.
  public String details() {
    return details;
  }
}
