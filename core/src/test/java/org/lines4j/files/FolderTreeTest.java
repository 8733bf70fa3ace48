package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {
  @TempDir Path folder;

  @Test
  void aFolderGoesWithAllThatIsInIt() throws IOException {
    Path root = folder.resolve("root");
    Files.createDirectories(root.resolve("a/b/c"));
    Files.writeString(root.resolve("a/b/file"), "x");
    FolderTree.delete(root);
    assertFalse(Files.exists(root));
  }

  @Test
  void aFileGoesTooAndWhatIsNotThereIsNoFailure() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    FolderTree.delete(file);
    FolderTree.delete(file);
    assertFalse(Files.exists(file));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // links take rights there
  void linksAreRemovedNotFollowed() throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    Path precious = Files.writeString(kept.resolve("precious"), "x");
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.createSymbolicLink(root.resolve("to-folder"), kept);
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
    FolderTree.delete(root);
    FolderTree.delete(dangling);
    assertEquals("x", Files.readString(precious));
    assertFalse(Files.exists(dangling, LinkOption.NOFOLLOW_LINKS));
  }
}
