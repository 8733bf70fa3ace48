package org.lines4j.internal.local;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.lines4j.error.RequestException;
import org.lines4j.internal.posix.Posix;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Sink;

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
public final class Staging implements Draft {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  /// Small enough to stay in the block that the file has, should the disk be full.
  private static final int LONGEST_MARK = 4096;

  private static final int COPY_BYTES = 1 << 18;

  /// The folders in use by this JVM. The system's locks are no help here: they belong to the whole
  /// process, and closing any channel to the file gives them up.
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path out;
  private final boolean isFolder;
  private final Path folder;
  private final Path key;
  private final FileChannel lock;
  private final Thread onExit = new Thread(this::discard, "lines-cleanup");
  private boolean open = true;

  private Staging(Path out, boolean isFolder, Path folder, Path key, FileChannel lock) {
    this.out = out;
    this.isFolder = isFolder;
    this.folder = folder;
    this.key = key;
    this.lock = lock;
  }

  /// Makes the folder, or clears the one that a killed run has left.
  ///
  /// @param out absolute
  static Staging create(Path out, boolean isFolder) throws IOException {
    Files.createDirectories(out.resolveSibling(""));
    Path folder = folderOf(out);
    Path key = out.resolveSibling("").toRealPath().resolve(folder.getFileName());
    if (!IN_USE.add(key)) {
      throw inUse(out);
    }
    FileChannel lock;
    try {
      lock = acquire(out, folder);
    } catch (IOException | RuntimeException e) {
      IN_USE.remove(key);
      throw e;
    }
    Staging staging = new Staging(out, isFolder, folder, key, lock);
    try {
      staging.clear();
      if (isFolder) {
        Files.createDirectory(staging.content());
      }
      Runtime.getRuntime().addShutdownHook(staging.onExit);
    } catch (IOException | RuntimeException e) {
      staging.discard();
      throw e;
    }
    return staging;
  }

  /// Removes what a killed run to `out` has left, if anything.
  static void clearLeftover(Path out, boolean isFolder) throws IOException {
    if (Files.isDirectory(folderOf(out), LinkOption.NOFOLLOW_LINKS)) {
      create(out, isFolder).close();
    }
  }

  private static Path folderOf(Path out) {
    return out.resolveSibling("." + out.getFileName() + ".lines-partial");
  }

  private static RequestException inUse(Path out) {
    return new RequestException(out + ": another run is writing this output at the moment");
  }

  private static FileChannel acquire(Path out, Path folder) throws IOException {
    Path lockFile = folder.resolve("lock");
    while (true) {
      makeFolder(folder);
      FileChannel channel;
      try {
        channel =
            FileChannel.open(
                lockFile,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        continue; // another run has just finished and removed the folder
      }
      if (isLocked(channel, out) && isStillAt(channel, lockFile)) {
        return channel;
      }
      channel.close(); // another run removed this very file before it could be locked
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

  private static boolean isLocked(FileChannel channel, Path out) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return true;
      }
    } catch (OverlappingFileLockException e) {
      // held by this library, loaded once more in this JVM: the same answer
    }
    channel.close();
    throw inUse(out);
  }

  /// Whether the locked file is the one that its path names: a length given to the one is then the
  /// length of the other. It is not opened again, as closing that would give up the lock.
  private static boolean isStillAt(FileChannel channel, Path lockFile) throws IOException {
    int mark = 1 + ThreadLocalRandom.current().nextInt(LONGEST_MARK);
    channel.truncate(mark);
    channel.write(ByteBuffer.allocate(1), mark - 1);
    try {
      return Files.size(lockFile) == mark;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Where the output is made: a folder, or the file itself.
  public Path content() {
    return folder.resolve("new");
  }

  /// Where a file of the output is made.
  private Path place(String name) throws IOException {
    if (!isFolder) {
      return content();
    }
    Path place = content().resolve(name);
    Files.createDirectories(place.resolveSibling(""));
    return place;
  }

  @Override
  public Sink create(String name, long size) throws IOException {
    return LocalSink.create(place(name), size);
  }

  @Override
  public void write(String name, byte[] bytes) throws IOException {
    Path place = place(name);
    Files.write(place, bytes);
    Disk.syncFile(place);
  }

  /// With the rights of a new file: what is copied may be write-protected, as in a cache.
  @Override
  public void copy(String name, ByteSource source) throws IOException {
    Path place = place(name);
    byte[] buffer = new byte[COPY_BYTES];
    try (OutputStream file = Files.newOutputStream(place)) {
      for (long from = 0; from < source.size(); from += buffer.length) {
        int count = (int) Math.min(buffer.length, source.size() - from);
        source.read(from, MemorySegment.ofArray(buffer).asSlice(0, count));
        file.write(buffer, 0, count);
      }
    }
    Disk.syncFile(place);
  }

  private boolean exists() {
    return Files.exists(out, LinkOption.NOFOLLOW_LINKS);
  }

  private Path replaced() {
    return folder.resolve("old");
  }

  /// Clears what a killed run left. Should it have died between the two moves of a replacement, on
  /// a system that cannot exchange folders in one step, the old output goes back first.
  private void clear() throws IOException {
    if (Files.exists(replaced()) && !exists()) {
      Files.move(replaced(), out, StandardCopyOption.ATOMIC_MOVE);
    }
    delete(content());
    delete(replaced());
  }

  /// Moves the finished output into place and syncs the folders that name it.
  @Override
  public void publish() throws IOException {
    if (isFolder) {
      Disk.syncFolder(content());
    }
    synchronized (this) {
      if (!open) {
        throw new IOException(out + ": the run was stopped");
      }
      if (!isFolder || !exists()) {
        Files.move(content(), out, StandardCopyOption.ATOMIC_MOVE);
      } else if (!Posix.exchange(content(), out)) {
        Files.move(out, replaced(), StandardCopyOption.ATOMIC_MOVE);
        Files.move(content(), out, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Disk.syncFolder(out.resolveSibling(""));
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
    try {
      delete(content());
      delete(replaced());
      if (WINDOWS) {
        lock.close(); // open files cannot be deleted there
      }
      try (lock) {
        delete(folder);
      }
    } catch (IOException e) {
      // What cannot be removed now is removed by the next run; the output itself is not concerned.
    } finally {
      IN_USE.remove(key);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
