package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Contents of files, and reads whose surroundings are watched.
final class Bytes {
  private static final int MARGIN = 64;
  private static final byte CANARY = (byte) 0xA7;

  private Bytes() {}

  /// Something that fills memory.
  @FunctionalInterface
  interface Reader {
    void read(long from, MemorySegment target) throws IOException;
  }

  /// As many bytes as wanted, the same for the same seed.
  static byte[] random(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /// Reads into the middle of memory of either kind, and checks that what is beside it stays as it
  /// was.
  static byte[] read(Reader reader, long from, int count, boolean isNative) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment all =
          isNative
              ? arena.allocate(count + 2L * MARGIN)
              : MemorySegment.ofArray(new byte[count + 2 * MARGIN]);
      all.fill(CANARY);
      reader.read(from, all.asSlice(MARGIN, count));
      for (long i = 0; i < MARGIN; i++) {
        assertEquals(CANARY, all.get(ValueLayout.JAVA_BYTE, i), "a byte before what was read");
        assertEquals(
            CANARY,
            all.get(ValueLayout.JAVA_BYTE, MARGIN + count + i),
            "a byte behind what was read");
      }
      return all.asSlice(MARGIN, count).toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
