package org.lines4j.hub.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Takes an answer's body as it comes, piece by piece, one at a time.
public interface Receiver {
  /// Takes what has come.
  ///
  /// @return whether more is wanted; if not, the connection is given up
  /// @throws IOException if it cannot be, which ends the exchange
  boolean take(ByteBuffer bytes) throws IOException;
}
