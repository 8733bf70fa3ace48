package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.testing.Models;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("größe.html");
    AtomicFile.write(file, "one");
    AtomicFile.write(file, "zwei ü");
    assertEquals("zwei ü", Files.readString(file));
    assertEquals(List.of("größe.html"), Models.names(folder));
  }

  @Test
  void whatCannotBeReplacedStays() throws IOException {
    Path file = folder.resolve("page.html");
    Files.createDirectories(file.resolve("inner"));
    assertThrows(IOException.class, () -> AtomicFile.write(file, "x"));
    assertEquals(List.of("page.html"), Models.names(folder));
  }
}
