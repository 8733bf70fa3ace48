package org.lines4j.error;

import java.io.Serial;

/// What was asked for is wrong in itself, whatever the inputs hold: an option, a number, a place to
/// write to.
public final class RequestException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// A request that cannot be carried out; the message says what to change.
  public RequestException(String message) {
    super(message);
  }
}
