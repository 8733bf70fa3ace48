package org.lines4j.internal.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Memory that Linux maps and is asked to make of huge pages. Linked at the first use.
final class HugePages {
  /// Bytes of a huge page.
  static final long SIZE = 2L << 20;

  private static final int PROT_READ_AND_WRITE = 3;
  private static final int MAP_PRIVATE_AND_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  private static final Optional<MethodHandle> MMAP =
      Posix.find("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final Optional<MethodHandle> MADVISE =
      Posix.find("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final Optional<MethodHandle> MUNMAP =
      Posix.find("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

  private HugePages() {}

  /// Memory that begins on a huge page and is given back when `arena` closes; empty where there is
  /// none to be had.
  @SuppressWarnings("restricted") // what was mapped is given its size
  static Optional<MemorySegment> map(Arena arena, long bytes) {
    if (!Posix.isLinux() || MMAP.isEmpty() || MADVISE.isEmpty() || MUNMAP.isEmpty()) {
      return Optional.empty();
    }
    long mapped = bytes + SIZE;
    try {
      MemorySegment memory =
          (MemorySegment)
              MMAP.get()
                  .invokeExact(
                      MemorySegment.NULL,
                      mapped,
                      PROT_READ_AND_WRITE,
                      MAP_PRIVATE_AND_ANONYMOUS,
                      -1,
                      0L);
      if (memory.address() == MAP_FAILED) {
        return Optional.empty();
      }
      MemorySegment all = memory.reinterpret(mapped, arena, HugePages::unmap);
      MemorySegment aligned = all.asSlice(Math.floorMod(-all.address(), SIZE), bytes);
      // not the rest of a page at the end, which would take a huge one
      int _ = (int) MADVISE.get().invokeExact(aligned, bytes / SIZE * SIZE, MADV_HUGEPAGE);
      return Optional.of(aligned);
    } catch (Throwable e) {
      throw Posix.failed(e);
    }
  }

  private static void unmap(MemorySegment memory) {
    try {
      int _ = (int) MUNMAP.orElseThrow().invokeExact(memory, memory.byteSize());
    } catch (Throwable e) {
      throw Posix.failed(e);
    }
  }
}
