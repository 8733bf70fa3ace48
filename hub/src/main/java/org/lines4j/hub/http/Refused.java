package org.lines4j.hub.http;

import java.io.IOException;
import java.io.Serial;

/// An answer that is of no use, and would be of none if it were asked for again.
public class Refused extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
