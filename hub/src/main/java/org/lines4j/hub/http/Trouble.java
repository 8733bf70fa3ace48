package org.lines4j.hub.http;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;

/// A failure that may have passed when the server is asked again.
final class Trouble extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> wait;

  Trouble(String message) {
    this(message, Optional.empty());
  }

  /// @param wait that the server asked for
  Trouble(String message, Optional<Duration> wait) {
    super(message);
    this.wait = wait;
  }

  Trouble(String message, Throwable cause) {
    super(message, cause);
    this.wait = Optional.empty();
  }

  Optional<Duration> asked() {
    return wait;
  }
}
