package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Folders for models that live as long as they are measured: in memory where the system has such a
/// place, for a model is a megabyte and there are thousands.
final class ScratchFolder {
  private static final Path MEMORY = Path.of("/dev/shm");

  private ScratchFolder() {}

  static Path make() throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "lines-lab")
        : Files.createTempDirectory("lines-lab");
  }
}
