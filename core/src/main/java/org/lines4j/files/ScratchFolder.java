package org.lines4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// A folder for what is made on the way to something else. It is gone with all that is in it when
/// this is closed or the process ends. What a killed process left is removed by the next one that
/// takes or clears the folder.
public final class ScratchFolder implements Closeable {
  private final Path content;
  private final FolderLock lock;
  private final AtExit onExit = new AtExit("lines-scratch-cleanup", this::remove);

  private ScratchFolder(Path content, FolderLock lock) {
    this.content = content;
    this.lock = lock;
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
    Optional<FolderLock> lock = FolderLock.take(absolute, "lock");
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    ScratchFolder scratch = new ScratchFolder(absolute.resolve("content"), lock.get());
    try {
      FolderTree.delete(scratch.content);
      Files.createDirectory(scratch.content);
      scratch.onExit.arm();
      return Optional.of(scratch);
    } catch (IOException | RuntimeException e) {
      scratch.remove();
      throw e;
    }
  }

  /// Removes what a killed run has left there, if anything.
  public static void clear(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      take(folder).ifPresent(ScratchFolder::close);
    }
  }

  /// Where to work.
  public Path path() {
    return content;
  }

  @Override
  public void close() {
    remove();
    onExit.disarm();
  }

  private void remove() {
    try {
      lock.delete();
    } catch (IOException _) {
      // what cannot be removed now is removed by the next run
    }
  }
}
