package org.lines4j.error;

import java.io.Serial;
import java.util.Optional;

/// An input is malformed, or the inputs do not fit together.
///
/// The message starts with the file, then names the tensor where there is one, what was expected,
/// what was found, and what to do.
public final class InputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Optional<String> file;

  /// For inputs that do not fit together; the message names each of them.
  public InputException(String message) {
    super(message);
    this.file = Optional.empty();
  }

  /// For one file or folder that is not what it should be.
  ///
  /// @param file a path or location: its text begins the message
  public InputException(Object file, String message) {
    super(file + ": " + message);
    this.file = Optional.of(file.toString());
  }

  /// The one file that is wrong; empty where inputs do not fit together.
  public Optional<String> file() {
    return file;
  }
}
