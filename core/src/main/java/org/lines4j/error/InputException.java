package org.lines4j.error;

import java.io.Serial;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// An input is malformed, or the inputs do not fit together.
///
/// The message starts with the file, then names the tensor where there is one, what was expected,
/// what was found, and what to do. [#problem] has the same in its parts.
public final class InputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 2L;

  private final transient Problem problem;

  /// For what has been put into words and parts already.
  public InputException(Problem problem) {
    super(problem.inWords());
    this.problem = problem;
  }

  /// For inputs that do not fit together; the message names each of them.
  public InputException(String message) {
    this(Problem.of(message));
  }

  /// For one file or folder that is not what it should be.
  ///
  /// @param file a path or location: its text begins the message
  public InputException(Object file, String message) {
    this(Problem.of(message).in(file));
  }

  /// For something else than there should be.
  ///
  /// @param file as for the constructor
  /// @param what should be something else; may be empty
  public static InputException expected(Object file, String what, Object expected, Object found) {
    return new InputException(Problem.expected(what, expected, found).in(file));
  }

  /// This with what should be there and what is, which the message says already.
  public InputException withExpected(Object expected, Object found) {
    return with(known -> known.withExpected(expected, found));
  }

  /// This, about a tensor, which the message names already.
  public InputException withTensor(String name) {
    return with(known -> known.withTensor(name));
  }

  /// This with what to do, with which the message ends.
  ///
  /// @param advice empty for none
  public InputException withRemedy(String advice) {
    return advice.isEmpty() ? this : withRemedy(Remedy.of(advice));
  }

  /// This with what to do, with which the message ends.
  public InputException withRemedy(Remedy advice) {
    return with(known -> known.withRemedy(advice));
  }

  /// This with more lines, each beginning with a line break and two spaces.
  public InputException withDetails(String lines) {
    return with(known -> known.withDetails(lines));
  }

  private InputException with(UnaryOperator<Problem> change) {
    InputException changed = new InputException(change.apply(problem));
    changed.setStackTrace(getStackTrace());
    return changed;
  }

  /// What another JVM has thrown: its message alone has come.
  @Serial
  private Object readResolve() {
    InputException read = new InputException(String.valueOf(getMessage()));
    read.setStackTrace(getStackTrace());
    return read;
  }

  /// What is wrong, in its parts.
  public Problem problem() {
    return problem;
  }

  /// The one file that is wrong; empty where it is none.
  public Optional<String> file() {
    return problem.file();
  }
}
