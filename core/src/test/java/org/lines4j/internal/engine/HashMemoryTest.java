package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashMemoryTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private final Instant longAfter = Instant.now().plusSeconds(3600);

  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void makeAFile() throws IOException {
    file = Files.writeString(folder.resolve("weights"), "one");
  }

  @Test
  void aFileThatStaysAsItIsIsKnownAgain() {
    HashMemory.remember(file, HASH, longAfter);
    assertEquals(Optional.of(HASH), HashMemory.recall(file));
  }

  @Test
  void aFileIsNotKnownBeforeItWasHashed() {
    assertEquals(Optional.empty(), HashMemory.recall(file));
  }

  @Test
  void aFileThatWasJustWrittenIsNotRemembered() {
    HashMemory.remember(file, HASH, Instant.now());
    assertEquals(Optional.empty(), HashMemory.recall(file));
  }

  @Test
  void contentOfTheSameSizeAndTimeIsAnotherFile() throws IOException {
    HashMemory.remember(file, HASH, longAfter);
    FileTime time = Files.getLastModifiedTime(file);
    Object changed = Files.getAttribute(file, "unix:ctime");
    while (changed.equals(Files.getAttribute(file, "unix:ctime"))) {
      Files.writeString(file, "two"); // until the clock that stamps files has ticked
      Files.setLastModifiedTime(file, time);
    }
    assertEquals(Optional.empty(), HashMemory.recall(file));
  }

  @Test
  void aReplacementOfTheSameSizeAndTimeIsAnotherFile() throws IOException {
    HashMemory.remember(file, HASH, longAfter);
    FileTime time = Files.getLastModifiedTime(file);
    Files.move(file, folder.resolve("old"));
    Files.writeString(file, "one");
    Files.setLastModifiedTime(file, time);
    assertEquals(Optional.empty(), HashMemory.recall(file));
  }
}
