package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSizeTest {
  @TempDir Path folder;

  @Test
  void looksAtFilesAndAtFoldersOfThem() throws IOException {
    Path one = sparse("one.safetensors", 40L << 20);
    assertFalse(ModelSize.isLarge(one.toString()));
    assertFalse(ModelSize.isLarge(folder.toString()));
    Path two = sparse("two.safetensors", 70L << 20);
    assertTrue(ModelSize.isLarge(two.toString()));
    assertTrue(ModelSize.isLarge("--tuned=" + two));
    assertTrue(ModelSize.isLarge(folder.toString()));
  }

  @Test
  void takesOtherWordsForNothing() {
    assertFalse(ModelSize.isLarge("--alpha"));
    assertFalse(ModelSize.isLarge(""));
    assertFalse(ModelSize.isLarge("org/name\u0000"));
  }

  private Path sparse(String name, long size) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.setLength(size);
    }
    return file;
  }
}
