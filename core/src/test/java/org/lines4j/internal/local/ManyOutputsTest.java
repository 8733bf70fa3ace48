package org.lines4j.internal.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An output may have more files than a process may have open.
final class ManyOutputsTest {
  @TempDir private Path folder;

  @Test
  void filesBeyondTheLimitAreWrittenInTurns() throws IOException {
    List<LocalSink> sinks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sinks.add(LocalSink.create(folder.resolve("part-" + i), 4));
    }
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < sinks.size(); i++) {
        byte[] bytes = {(byte) i, (byte) half};
        sinks.get(i).write(MemorySegment.ofArray(bytes), 2L * half);
        assertTrue(OpenFiles.WRITTEN.count() <= 128, "open: " + OpenFiles.WRITTEN.count());
      }
    }
    for (int i = 0; i < sinks.size(); i++) {
      sinks.get(i).sync();
      sinks.get(i).close();
      byte[] expected = {(byte) i, 0, (byte) i, 1};
      assertArrayEquals(expected, Files.readAllBytes(folder.resolve("part-" + i)));
    }
  }

  @Test
  void aClosedFileIsNotOpenedAgain() throws IOException {
    LocalSink sink = LocalSink.create(folder.resolve("part"), 4);
    sink.close();
    IOException e =
        assertThrows(IOException.class, () -> sink.write(MemorySegment.ofArray(new byte[4]), 0));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(folder.resolve("part").toString()), message);
  }
}
