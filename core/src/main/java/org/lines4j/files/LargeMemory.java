package org.lines4j.files;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.internal.posix.Pages;

/// Memory for what is computed, in huge pages where it is large and the system has them.
public final class LargeMemory {
  private LargeMemory() {}

  /// Memory of zeros that begins on a page and lives as long as `arena`.
  public static MemorySegment allocate(Arena arena, long bytes) {
    return Pages.allocateHuge(arena, bytes);
  }
}
