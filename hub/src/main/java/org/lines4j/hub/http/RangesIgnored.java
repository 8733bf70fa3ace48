package org.lines4j.hub.http;

import java.io.Serial;

/// A server that sends files whole or not at all.
public final class RangesIgnored extends Refused {
  @Serial private static final long serialVersionUID = 1L;

  RangesIgnored(String message) {
    super(message);
  }
}
