package org.lines4j.tune.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.files.FreeMemory;
import org.lines4j.files.FreeSpace;

/// Files in memory: `/dev/shm` of Linux.
///
/// @param root the folder
/// @param bytes that may be used of it
public record Memory(Path root, long bytes) {
  private static final Path ROOT = Path.of("/dev/shm");

  /// The half of what is free: whoever measures a model needs memory, too.
  public static Memory available() {
    try {
      boolean isThere = Files.isDirectory(ROOT) && Files.isWritable(ROOT);
      if (!isThere || !Files.getFileStore(ROOT).type().equals("tmpfs")) {
        return none();
      }
      return new Memory(ROOT, Math.min(FreeSpace.of(ROOT), FreeMemory.bytes()) / 2);
    } catch (IOException e) {
      return none();
    }
  }

  /// No room at all.
  public static Memory none() {
    return new Memory(ROOT, 0);
  }
}
