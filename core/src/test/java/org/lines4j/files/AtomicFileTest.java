package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPrivateFileStaysPrivate() throws IOException {
    Path file = folder.resolve("page.html");
    AtomicFile.write(file, "one");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    AtomicFile.write(file, "two");
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
  }

  @Test
  void whatCannotBeReplacedStays() throws IOException {
    Path file = folder.resolve("page.html");
    Files.createDirectories(file.resolve("inner"));
    assertThrows(IOException.class, () -> AtomicFile.write(file, "x"));
    assertEquals(List.of("page.html"), Models.names(folder));
  }

  /// Nobody knows of the draft.
  @Test
  void failuresNameTheFileThatWasAskedFor() {
    Path file = folder.resolve("none/page.html");
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, "x"));
    assertEquals(
        file + ": cannot be written: there is no folder " + file.getParent(), e.getMessage());
  }

  @Test
  void aFolderInTheWayIsNamed() throws IOException {
    Path file = folder.resolve("page.html");
    Files.createDirectories(file.resolve("inner"));
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, "x"));
    assertEquals(file + ": cannot be written: a folder of that name is there", e.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatTakesNoFilesIsTold() {
    Path file = Path.of("/proc/page.html");
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, "x"));
    assertEquals(file + ": cannot be written: its folder takes no files", e.getMessage());
  }
}
