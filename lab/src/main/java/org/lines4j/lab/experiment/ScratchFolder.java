package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.files.AtExit;
import org.lines4j.files.FolderTree;

/// A folder for a model that lives as long as it is measured: in memory where the system has such a
/// place with room, for most models are a megabyte and there are thousands. It goes with the
/// process, too.
record ScratchFolder(Path path) implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  /// What several models of the largest kind take.
  private static final long ROOM = 4L << 30;

  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    new AtExit("lab-cleanup", ScratchFolder::removeAll).arm();
  }

  /// Makes one. A JVM that is ended meanwhile removes it when it is made.
  static synchronized ScratchFolder make() throws IOException {
    Path made =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM
            ? Files.createTempDirectory(MEMORY, "lines-lab")
            : Files.createTempDirectory("lines-lab");
    OPEN.add(made);
    return new ScratchFolder(made);
  }

  @Override
  public void close() throws IOException {
    FolderTree.delete(path);
    OPEN.remove(path);
  }

  private static synchronized void removeAll() {
    OPEN.forEach(ScratchFolder::remove);
  }

  private static void remove(Path folder) {
    try {
      FolderTree.delete(folder);
    } catch (IOException _) {
      // the process ends; nobody is left to be told
    }
  }
}
