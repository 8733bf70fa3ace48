package org.lines4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Lets one run at a time work in a folder, by a lock on a file in it. The system frees the lock of
/// a process that dies.
///
/// The holder may leave the folder ([#close()]) or remove it ([#delete()]).
public final class FolderLock implements Closeable {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  /// Small enough to stay in the block that the file has, should the disk be full.
  private static final int LONGEST_MARK = 4096;

  /// The folders in use by this JVM. The system's locks are no help here: they belong to the whole
  /// process, and closing any channel to the file gives them up.
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path key;
  private final FileChannel channel;
  private boolean released;

  private FolderLock(Path folder, Path key, FileChannel channel) {
    this.folder = folder;
    this.key = key;
    this.channel = channel;
  }

  /// Takes a folder, which is made if it is not there; the folder that it is in exists.
  ///
  /// @param file the name of the lock's file in the folder; everybody who locks it says the same
  /// @return empty if somebody else has it
  public static Optional<FolderLock> take(Path folder, String file) throws IOException {
    Path absolute = folder.toAbsolutePath();
    Path name = absolute.getFileName();
    Path key = name == null ? absolute : absolute.resolveSibling("").toRealPath().resolve(name);
    if (!IN_USE.add(key)) {
      return Optional.empty();
    }
    Optional<FileChannel> channel = Optional.empty();
    try {
      channel = acquire(absolute, file);
    } finally {
      if (channel.isEmpty()) {
        IN_USE.remove(key);
      }
    }
    return channel.map(held -> new FolderLock(absolute, key, held));
  }

  private static Optional<FileChannel> acquire(Path folder, String file) throws IOException {
    Path lock = folder.resolve(file);
    while (true) {
      makeFolder(folder);
      FileChannel channel;
      try {
        channel =
            FileChannel.open(
                lock,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        continue; // another run has just finished and removed the folder
      }
      boolean isHeld = false;
      try {
        if (!isLocked(channel)) {
          return Optional.empty();
        }
        isHeld = isStillAt(channel, lock);
      } finally {
        if (!isHeld) {
          channel.close();
        }
      }
      if (isHeld) {
        return Optional.of(channel);
      } // another run removed this very file before it could be locked
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(folder + ": should be a folder that a run makes; remove it", e);
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this library, loaded once more in this JVM
    }
  }

  /// Whether the locked file is the one that its path names: a length given to the one is then the
  /// length of the other. It is not opened again, as closing that would give up the lock.
  private static boolean isStillAt(FileChannel channel, Path lock) throws IOException {
    int mark = 2 + ThreadLocalRandom.current().nextInt(LONGEST_MARK - 1);
    channel.truncate(mark);
    channel.write(ByteBuffer.allocate(1), mark - 1);
    try {
      return Files.size(lock) == mark;
    } catch (NoSuchFileException e) {
      return false;
    } finally {
      channel.truncate(1);
    }
  }

  /// Gives the folder up and leaves it as it is; nothing if it was given up already.
  @Override
  public void close() throws IOException {
    release(() -> {});
  }

  /// Removes the folder with all that is in it, and gives it up.
  public void delete() throws IOException {
    release(() -> FolderTree.delete(folder));
  }

  private interface Ending {
    void run() throws IOException;
  }

  private synchronized void release(Ending ending) throws IOException {
    if (released) {
      return;
    }
    released = true;
    try {
      if (WINDOWS) {
        channel.close(); // open files cannot be deleted there
      }
      try (channel) {
        ending.run();
      }
    } finally {
      IN_USE.remove(key);
    }
  }
}
