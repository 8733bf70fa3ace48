package org.lines4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A folder for what is made on the way to something else. It is gone with all that is in it when
/// this is closed or the process ends. What a killed process left is removed by the next one that
/// takes or clears the folder.
public final class ScratchFolder implements Closeable {
  private final Path folder;
  private final AtExit onExit = new AtExit("lines-scratch-cleanup", this::remove);
  private @Nullable FolderLock lock; // as long as the folder may be there

  private ScratchFolder(Path folder) {
    this.folder = folder;
  }

  /// Where what is made on the way to an output lies beside it.
  ///
  /// @param out with a name
  public static Path beside(Path out) {
    return out.resolveSibling("." + out.getFileName() + ".lines-stages");
  }

  /// Makes it, empty.
  ///
  /// @param folder whose parent is made, too, if it is not there
  /// @return nothing if another run is working in it
  public static Optional<ScratchFolder> take(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    Files.createDirectories(absolute.resolveSibling(""));
    ScratchFolder scratch = new ScratchFolder(absolute);
    boolean isTaken = false;
    try {
      isTaken = scratch.begin();
    } finally {
      if (!isTaken) {
        scratch.close();
      }
    }
    return isTaken ? Optional.of(scratch) : Optional.empty();
  }

  /// Makes the folder. A JVM that is ended meanwhile removes it when it is made.
  ///
  /// @return whether nobody else has it
  private synchronized boolean begin() throws IOException {
    onExit.arm();
    lock = FolderLock.take(folder, "lock").orElse(null);
    if (lock == null) {
      return false;
    }
    FolderTree.delete(path());
    Files.createDirectory(path());
    return true;
  }

  /// Removes what a killed run has left there, if anything.
  public static void clear(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      take(folder).ifPresent(ScratchFolder::close);
    }
  }

  /// Where to work.
  public Path path() {
    return folder.resolve("content");
  }

  @Override
  public void close() {
    remove();
    onExit.disarm();
  }

  private synchronized void remove() {
    if (lock == null) {
      return;
    }
    try {
      lock.delete();
      lock = null;
    } catch (IOException _) {
      // what cannot be removed now is removed by the next run
    }
  }
}
