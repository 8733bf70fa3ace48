package org.lines4j.s3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.storage.ByteRange;

/// A part of a file in the making, in memory until all of its bytes are there. One thread's at a
/// time.
final class Part implements AutoCloseable {
  private final int number;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes;
  private final Pieces pieces = new Pieces();

  /// @param number in the file, from 0
  Part(int number, long length) {
    this.number = number;
    this.bytes = arena.allocate(length);
  }

  int number() {
    return number;
  }

  /// All of its memory.
  MemorySegment bytes() {
    return bytes;
  }

  /// What is there of it.
  Pieces pieces() {
    return pieces;
  }

  void put(long from, MemorySegment piece) {
    MemorySegment.copy(piece, 0, bytes, from, piece.byteSize());
    pieces.add(new ByteRange(from, piece.byteSize()));
  }

  boolean isComplete() {
    return pieces.holds(new ByteRange(0, bytes.byteSize()));
  }

  @Override
  public void close() {
    arena.close();
  }
}
