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

  /// The same for what is written past the page cache: in huge pages where the system has them. A
  /// disk is told of each run of memory that lies together, and small pages seldom do.
  public static MemorySegment allocateHuge(Arena arena, long bytes) {
    return HugePages.map(arena, bytes).orElseGet(() -> allocate(arena, bytes));
  }
}
