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
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

class HashMemoryTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private final Instant longAfter = Instant.now().plusSeconds(3600);

  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void makeAFile() throws IOException {
    file = Files.writeString(folder.resolve("weights"), "one");
  }

  private ByteSource source() throws IOException {
    Location location = Location.of(file);
    return Storages.of(location).open(location);
  }

  @Test
  void aFileThatStaysAsItIsIsKnownAgain() throws IOException {
    HashMemory.remember(source(), HASH, longAfter);
    assertEquals(Optional.of(HASH), HashMemory.recall(source()));
  }

  @Test
  void aFileIsNotKnownBeforeItWasHashed() throws IOException {
    assertEquals(Optional.empty(), HashMemory.recall(source()));
  }

  @Test
  void aFileThatWasJustWrittenIsNotRemembered() throws IOException {
    HashMemory.remember(source(), HASH, Instant.now());
    assertEquals(Optional.empty(), HashMemory.recall(source()));
  }

  @Test
  void contentOfTheSameSizeAndTimeIsAnotherFile() throws IOException {
    HashMemory.remember(source(), HASH, longAfter);
    FileTime time = Files.getLastModifiedTime(file);
    Object changed = Files.getAttribute(file, "unix:ctime");
    while (changed.equals(Files.getAttribute(file, "unix:ctime"))) {
      Files.writeString(file, "two"); // until the clock that stamps files has ticked
      Files.setLastModifiedTime(file, time);
    }
    assertEquals(Optional.empty(), HashMemory.recall(source()));
  }

  @Test
  void aReplacementOfTheSameSizeAndTimeIsAnotherFile() throws IOException {
    HashMemory.remember(source(), HASH, longAfter);
    FileTime time = Files.getLastModifiedTime(file);
    Files.move(file, folder.resolve("old"));
    Files.writeString(file, "one");
    Files.setLastModifiedTime(file, time);
    assertEquals(Optional.empty(), HashMemory.recall(source()));
  }
}
