package org.lines4j.files;

import java.nio.file.Path;

/// How many bytes may still be written.
public final class FreeSpace {
  private FreeSpace() {}

  /// On the disk of a file or folder that exists. Asks the disk itself: its mount point cannot be
  /// found from within a changed root.
  public static long of(Path path) {
    return path.toFile().getUsableSpace();
  }
}
