package org.lines4j.internal.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that files are read into and written from.
///
/// It begins on a page. What `malloc` gives begins 16 bytes behind one, and there some processors
/// (AMD's Zen 3 and 4) copy out of the page cache at a fifth of their speed: their block copy is
/// slow where the target lies less than 32 bytes behind the source, by the last twelve bits of the
/// addresses.
public final class Pages {
  /// Bytes of a page.
  public static final int SIZE = 4096;

  private Pages() {}

  /// Memory that begins on a page and lives as long as `arena`.
  public static MemorySegment allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, SIZE);
  }

  /// The same in huge pages, where it is large and the system has them. They are cleared and found
  /// in a fraction of the time that small ones take; and what is written past the page cache lies
  /// together, which small pages seldom do, so that a disk is told of fewer runs.
  public static MemorySegment allocateHuge(Arena arena, long bytes) {
    return bytes < HugePages.SIZE
        ? allocate(arena, bytes)
        : HugePages.map(arena, bytes).orElseGet(() -> allocate(arena, bytes));
  }
}
