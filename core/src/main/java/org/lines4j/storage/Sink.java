package org.lines4j.storage;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A file in the making, of a size that is known, written by position from any thread.
public interface Sink extends Closeable {
  /// Writes bytes at a place. No byte is written twice, but by JVMs that share a file, which may
  /// write the same bytes again.
  ///
  /// @throws IOException if writing fails; the message names the file
  void write(MemorySegment bytes, long position) throws IOException;

  /// Returns when all that was written stays, whatever happens to the machine.
  void sync() throws IOException;

  /// Where another JVM that reaches this storage joins in writing the file ([Storage#join]). No
  /// other file is ever written there, so that whoever writes late does no harm. Empty where this
  /// JVM alone can write it.
  default Optional<Location> shared() {
    return Optional.empty();
  }
}
