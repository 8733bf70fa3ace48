package org.lines4j.error;

import java.io.Serial;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What was asked for is wrong in itself, whatever the inputs hold: an option, a number, a place to
/// write to.
///
/// The message says what to change. [#problem] has the same in its parts.
public final class RequestException extends RuntimeException {
  @Serial private static final long serialVersionUID = 2L;

  private final transient Problem problem;

  /// For what has been put into words and parts already.
  public RequestException(Problem problem) {
    super(problem.inWords());
    this.problem = problem;
  }

  /// A request that cannot be carried out.
  public RequestException(String message) {
    this(Problem.of(message));
  }

  /// For what is wrong with one place.
  ///
  /// @param file a path, location or line of a recipe: its text begins the message
  public RequestException(Object file, String message) {
    this(Problem.of(message).in(file));
  }

  /// For something else than there should be.
  ///
  /// @param file as for the constructor
  /// @param what should be something else; may be empty
  public static RequestException expected(Object file, String what, Object expected, Object found) {
    return new RequestException(Problem.expected(what, expected, found).in(file));
  }

  /// For an option or another part of a request that is something else than it should be.
  ///
  /// @param what should be something else; may be empty
  public static RequestException expected(String what, Object expected, Object found) {
    return new RequestException(Problem.expected(what, expected, found));
  }

  /// This, of an option: the message begins with its name.
  public RequestException about(Option option) {
    return with(known -> known.about(option));
  }

  /// This with what should be there and what is, which the message says already.
  public RequestException withExpected(Object expected, Object found) {
    return with(known -> known.withExpected(expected, found));
  }

  /// This, about a tensor, which the message names already.
  public RequestException withTensor(String name) {
    return with(known -> known.withTensor(name));
  }

  /// This with what to do, with which the message ends.
  ///
  /// @param advice empty for none
  public RequestException withRemedy(String advice) {
    return advice.isEmpty() ? this : withRemedy(Remedy.of(advice));
  }

  /// This with what to do, with which the message ends.
  public RequestException withRemedy(Remedy advice) {
    return with(known -> known.withRemedy(advice));
  }

  /// This with more lines, each beginning with a line break and two spaces.
  public RequestException withDetails(String lines) {
    return with(known -> known.withDetails(lines));
  }

  private RequestException with(UnaryOperator<Problem> change) {
    RequestException changed = new RequestException(change.apply(problem));
    changed.setStackTrace(getStackTrace());
    return changed;
  }

  /// What another JVM has thrown: its message alone has come.
  @Serial
  private Object readResolve() {
    RequestException read = new RequestException(String.valueOf(getMessage()));
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
