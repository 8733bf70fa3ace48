package org.lines4j.storage;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file in the making, of a size that is known, written by position from any thread.
public interface Sink extends Closeable {
  /// Writes bytes at a place. No byte is written twice.
  ///
  /// @throws IOException if writing fails; the message names the file
  void write(MemorySegment bytes, long position) throws IOException;

  /// Returns when all that was written stays, whatever happens to the machine.
  void sync() throws IOException;
}
