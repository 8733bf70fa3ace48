package org.lines4j.s3;

import java.io.IOException;
import java.io.Serial;

/// An answer that is of no use, and would be of none if it were asked for again.
final class WrongAnswer extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  WrongAnswer(String message) {
    super(message);
  }
}
