package org.lines4j.internal.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 4096, 2 << 20, (4 << 20) + 4096, (6 << 20) - 1})
  void hugePagesAreMemoryLikeAnyOther(long bytes) {
    MemorySegment memory;
    try (Arena arena = Arena.ofConfined()) {
      memory = Pages.allocateHuge(arena, bytes);
      assertEquals(bytes, memory.byteSize());
      assertEquals(0, memory.address() % Pages.SIZE);
      for (long i = 0; i < bytes; i++) {
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, i));
      }
      memory.fill((byte) 7);
      assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, bytes - 1));
    }
    assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
  }
}
