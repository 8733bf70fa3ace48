package org.lines4j.cli;

import java.io.Serial;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import picocli.CommandLine.TypeConversionException;

/// An option's value that is something else than it should be.
final class WrongValue extends TypeConversionException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private WrongValue(Problem problem) {
    super(problem.inWords());
    this.problem = problem;
  }

  /// @param found as it was typed
  static WrongValue of(String expected, String found) {
    return new WrongValue(Problem.expected("", expected, "'" + found + "'"));
  }

  /// The same, with what to do.
  ///
  /// @param remedy empty for nothing
  static WrongValue of(String expected, String found, String remedy) {
    return remedy.isEmpty()
        ? of(expected, found)
        : new WrongValue(
            Problem.expected("", expected, "'" + found + "'").withRemedy(Remedy.of(remedy)));
  }

  Problem problem() {
    return problem;
  }
}
