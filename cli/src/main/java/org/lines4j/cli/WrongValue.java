package org.lines4j.cli;

import java.io.Serial;
import org.lines4j.error.Problem;
import picocli.CommandLine.TypeConversionException;

/// An option's value that is something else than it should be.
final class WrongValue extends TypeConversionException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private WrongValue(Problem problem) {
    super(problem.text());
    this.problem = problem;
  }

  /// @param found as it was typed
  static WrongValue of(String expected, String found) {
    return new WrongValue(Problem.expected("", expected, "'" + found + "'"));
  }

  Problem problem() {
    return problem;
  }
}
