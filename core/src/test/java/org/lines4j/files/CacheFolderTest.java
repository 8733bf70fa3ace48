package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  @Test
  void whatIsChosenWins() {
    assertEquals(Optional.of(Path.of("a")), CacheFolder.find("a", "b", "c"));
    assertEquals(Optional.of(Path.of("b", "lines4j")), CacheFolder.find(null, "b", "c"));
    assertEquals(Optional.of(Path.of("c", ".cache", "lines4j")), CacheFolder.find(null, "", "c"));
  }

  @Test
  void whoHasNoHomeHasNone() {
    assertEquals(Optional.empty(), CacheFolder.find(null, "", "?"));
    assertEquals(Optional.empty(), CacheFolder.find(null, "", ""));
    assertEquals(Optional.empty(), CacheFolder.find("", "b", "c"));
  }
}
