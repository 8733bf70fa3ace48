package org.lines4j.storage;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongConsumer;

/// The bytes of one file, wherever it lies. Reads are by position, so any number of threads may
/// share one.
public interface ByteSource extends Closeable {
  /// Where it lies.
  Location location();

  /// The number of bytes when it was opened.
  long size();

  /// Fills `target` with the bytes from `from` on.
  ///
  /// @throws EOFException if there are fewer
  /// @throws IOException if reading fails; the message begins with the location
  void read(long from, MemorySegment target) throws IOException;

  /// What the file is known by now. The first one was taken when it was opened.
  ///
  /// @throws IOException if it is gone
  Stamp stamp() throws IOException;

  /// What one read is worth, in bytes: 128 KiB where reading costs a copy, megabytes where it costs
  /// a round trip.
  default int request() {
    return 1 << 17;
  }

  /// The bytes that [#fetch] would bring; 0 where reading is as fast as it gets.
  default long toFetch() {
    return 0;
  }

  /// Brings all of it near where it lies far away, so that reading it from then on needs no
  /// network. For a file of which most will be read.
  ///
  /// @param arrived told how many more bytes have come, from any thread
  /// @throws IOException if it cannot be brought; the message begins with the location
  default void fetch(LongConsumer arrived) throws IOException {}

  /// The SHA-256 of its content in hexadecimal, where the storage knows it without reading.
  default Optional<String> sha256() {
    return Optional.empty();
  }
}
