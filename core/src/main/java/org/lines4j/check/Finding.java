package org.lines4j.check;

import org.lines4j.error.Problem;

/// Something that a check has found.
///
/// @param kind what it is about
/// @param severity whether it stands in the way
/// @param model which of the models it is about, as it is called; empty for all together
/// @param problem what was found, and what to do where that is known
public record Finding(Kind kind, Severity severity, String model, Problem problem) {
  /// Whether something stands in the way.
  public enum Severity {
    /// What comes of editing or merging these models is most likely broken, or cannot be made.
    PROBLEM,
    /// A user should know.
    REMARK
  }

  /// What a finding is about.
  public enum Kind {
    /// Tensors that do not fit together, or models that cannot be read as such.
    MISFIT,
    /// What a merge refuses of models that can each be edited.
    MERGE,
    /// A model that is of another base.
    OTHER_BASE,
    /// A base and a tuned model in each other's place.
    SWAPPED,
    /// Two models that are one.
    SAME_MODEL,
    /// Updates that point the same way.
    ALIKE,
    /// NaN and infinity.
    NOT_FINITE,
    /// Tensors whose values are all the same.
    CONSTANT,
    /// Element types.
    TYPE,
    /// What the configurations say of the computation.
    SETTINGS,
    /// How text becomes tokens.
    TOKENIZER,
    /// How a conversation becomes text.
    CHAT_TEMPLATE,
    /// What cannot be loaded.
    OUTPUT
  }

  static Finding problem(Kind kind, String model, String message) {
    return problem(kind, model, Problem.of(message));
  }

  static Finding problem(Kind kind, String model, Problem problem) {
    return new Finding(kind, Severity.PROBLEM, model, problem);
  }

  static Finding remark(Kind kind, String model, String message) {
    return new Finding(kind, Severity.REMARK, model, Problem.of(message));
  }

  /// In words, without a full stop, the library's own for options.
  public String message() {
    return problem.inWords();
  }

  /// Whether it stands in the way.
  public boolean isProblem() {
    return severity == Severity.PROBLEM;
  }
}
