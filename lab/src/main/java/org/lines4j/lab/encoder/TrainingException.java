package org.lines4j.lab.encoder;

import java.io.IOException;
import java.io.Serial;

/// A training failed. The message names its folder and says why.
public final class TrainingException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  TrainingException(String message) {
    super(message);
  }

  TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
