package org.lines4j.error;

import java.io.IOException;
import java.io.Serial;

/// A place cannot be read from or written to, and there is something to do about it.
///
/// The message says what. [#problem] has the same in its parts.
public final class PlaceException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /// For what has been put into words and parts already.
  public PlaceException(Problem problem) {
    super(problem.inWords());
    this.problem = problem;
  }

  /// The same, and what it comes of.
  public PlaceException(Problem problem, Throwable cause) {
    super(problem.inWords(), cause);
    this.problem = problem;
  }

  /// What another JVM has thrown: its message alone has come.
  @Serial
  private Object readResolve() {
    PlaceException read = new PlaceException(Problem.of(String.valueOf(getMessage())));
    read.setStackTrace(getStackTrace());
    return read;
  }

  /// What is wrong, in its parts.
  public Problem problem() {
    return problem;
  }
}
