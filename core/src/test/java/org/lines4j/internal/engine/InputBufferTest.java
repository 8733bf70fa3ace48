package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.Source;
import org.lines4j.testing.Safetensors;

class InputBufferTest {
  private static final int COUNT = 100;
  private static final int PLACES = 2 * Pages.SIZE;

  @TempDir private Path folder;

  /// Every place in a page, for the first part of a buffer and for the second: what is read is
  /// right, lies where vectors want it and not a few bytes behind its place in the file.
  @Test
  void readsToWhereCopyingIsFast() throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] content = Safetensors.file("{" + Safetensors.u8("a", 0, PLACES) + "}", PLACES);
    Files.write(file, content);
    try (Checkpoint model = Checkpoint.open(file);
        Arena arena = Arena.ofConfined()) {
      Source source = new Source(model, model.tensors().getFirst());
      int start = Math.toIntExact(source.tensor().place());
      InputBuffer buffer = new InputBuffer(arena, 2 * Pages.SIZE, 2);
      for (int from = 0; from + COUNT <= PLACES; from++) {
        for (long at : new long[] {0, Pages.SIZE + InputBuffer.SLACK}) {
          MemorySegment read = buffer.read(source, from, COUNT, at);
          byte[] wanted = Arrays.copyOfRange(content, start + from, start + from + COUNT);
          assertArrayEquals(wanted, read.toArray(ValueLayout.JAVA_BYTE));
          assertEquals(0, read.address() % 64);
          long behind = Math.floorMod(read.address() - start - from, Pages.SIZE);
          assertTrue(behind == 0 || behind >= 32, "byte " + from + ": behind by " + behind);
        }
      }
    }
  }

  @Test
  void knowsHowMuchItHolds() {
    try (Arena arena = Arena.ofConfined()) {
      assertTrue(new InputBuffer(arena, 1000).holds(1000, 1));
      assertFalse(new InputBuffer(arena, 1000).holds(1000, 2));
      assertTrue(new InputBuffer(arena, 1000, 2).holds(1000, 2));
    }
  }
}
