package org.lines4j.internal.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.lines4j.error.RequestException;
import org.lines4j.files.FolderLock;
import org.lines4j.files.FolderTree;
import org.lines4j.internal.posix.Posix;

/// A folder beside the destination in which the output is made, and from which it is moved into
/// place in one step.
///
/// ```
/// parent/OUT                       old output, or nothing
/// parent/.OUT.lines-partial/lock   held while a run lives; the system frees it when it dies
/// parent/.OUT.lines-partial/new    the output in the making
/// parent/.OUT.lines-partial/old    what was replaced, until it is deleted
/// ```
///
/// Killed at any moment, OUT is the old or the new one; the next run to OUT finds the folder
/// unlocked and clears it away. Two runs to one OUT at a time are refused.
public final class Staging implements AutoCloseable {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private final Destination destination;
  private final Path folder;
  private final FolderLock lock;
  private final Thread onExit = new Thread(this::discard, "lines-cleanup");
  private boolean open = true;

  private Staging(Destination destination, Path folder, FolderLock lock) {
    this.destination = destination;
    this.folder = folder;
    this.lock = lock;
  }

  /// Makes the folder, or clears the one that a killed run has left.
  public static Staging create(Destination destination) throws IOException {
    Path out = destination.path();
    Files.createDirectories(out.resolveSibling(""));
    Path folder = folderOf(destination);
    FolderLock lock = FolderLock.take(folder, "lock").orElseThrow(() -> inUse(destination));
    Staging staging = new Staging(destination, folder, lock);
    try {
      staging.clear();
      if (!destination.isFile()) {
        Files.createDirectory(staging.content());
      }
      Runtime.getRuntime().addShutdownHook(staging.onExit);
    } catch (IOException | RuntimeException e) {
      staging.discard();
      throw e;
    }
    return staging;
  }

  /// Removes what a killed run to `destination` has left, if anything.
  static void clearLeftover(Destination destination) throws IOException {
    if (Files.isDirectory(folderOf(destination), LinkOption.NOFOLLOW_LINKS)) {
      create(destination).close();
    }
  }

  private static Path folderOf(Destination destination) {
    Path out = destination.path();
    return out.resolveSibling("." + out.getFileName() + ".lines-partial");
  }

  private static RequestException inUse(Destination destination) {
    return new RequestException(
        destination.path() + ": another run is writing this output at the moment");
  }

  /// Where the output is made: a folder, or the name of the file to create.
  public Path content() {
    return folder.resolve("new");
  }

  /// Where the files of the output are made: [#content()], or the folder that will hold it.
  public Path workFolder() {
    return destination.isFile() ? folder : content();
  }

  private Path replaced() {
    return folder.resolve("old");
  }

  /// Clears what a killed run left. Should it have died between the two moves of a replacement, on
  /// a system that cannot exchange folders in one step, the old output goes back first.
  private void clear() throws IOException {
    if (Files.exists(replaced()) && !destination.exists()) {
      Files.move(replaced(), destination.path(), StandardCopyOption.ATOMIC_MOVE);
    }
    FolderTree.delete(content());
    FolderTree.delete(replaced());
  }

  /// Moves the finished output into place and syncs the folders that name it.
  public void publish() throws IOException {
    Path out = destination.path();
    if (!destination.isFile()) {
      syncFolder(content());
    }
    synchronized (this) {
      if (!open) {
        throw new IOException(out + ": the run was stopped");
      }
      if (destination.isFile() || !destination.exists()) {
        Files.move(content(), out, StandardCopyOption.ATOMIC_MOVE);
      } else if (!Posix.exchange(content(), out)) {
        Files.move(out, replaced(), StandardCopyOption.ATOMIC_MOVE);
        Files.move(content(), out, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    syncFolder(out.resolveSibling(""));
  }

  /// Syncs a file's content and size.
  public static void syncFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    if (WINDOWS) {
      return; // folders cannot be opened there
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Removes everything but the published output.
  @Override
  public void close() {
    discard();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // shutting down: the hook has nothing left to do
    }
  }

  private synchronized void discard() {
    if (!open) {
      return;
    }
    open = false;
    try (lock) {
      FolderTree.delete(content());
      FolderTree.delete(replaced());
      lock.delete();
    } catch (IOException e) {
      // What cannot be removed now is removed by the next run; the output itself is not concerned.
    }
  }
}
