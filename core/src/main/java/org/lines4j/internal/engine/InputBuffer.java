package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.Source;

/// Memory that tensors are read into, placed so that copying from the page cache is fast ([Pages]),
/// whatever their place in the file, and so that vectors lie within cache lines.
final class InputBuffer {
  /// Bytes of a cache line.
  private static final int LINE = 64;

  /// What a part of a buffer must have room for, besides what is read into it.
  static final int SLACK = LINE;

  private final MemorySegment memory;

  /// A buffer with room for `bytes` in one part.
  InputBuffer(Arena arena, long bytes) {
    this(arena, bytes, 1);
  }

  /// A buffer with room for `bytes` in `parts` parts.
  InputBuffer(Arena arena, long bytes, int parts) {
    this.memory = Pages.allocate(arena, bytes + (long) parts * SLACK);
  }

  /// Whether there is room for `bytes` in `parts` parts.
  boolean holds(long bytes, int parts) {
    return bytes + (long) parts * SLACK <= memory.byteSize();
  }

  /// Reads into the buffer's beginning.
  ///
  /// @param from the first byte of the tensor that is wanted
  /// @return what was read
  MemorySegment read(Source source, long from, long bytes) throws IOException {
    return read(source, from, bytes, 0);
  }

  /// Reads into a part of the buffer.
  ///
  /// @param at where the part begins: a multiple of 64
  MemorySegment read(Source source, long from, long bytes, long at) throws IOException {
    long behind = Math.floorMod(at - source.tensor().place() - from, Pages.SIZE);
    MemorySegment target = memory.asSlice(behind < LINE ? at + LINE : at, bytes);
    source.read(from, target);
    return target;
  }
}
