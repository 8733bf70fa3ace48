package org.lines4j.internal.local;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtExit;
import org.lines4j.files.FolderLock;
import org.lines4j.files.FolderTree;
import org.lines4j.files.Rights;
import org.lines4j.files.ScratchFolder;
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
/// parent/.OUT.lines-partial/parts  its large files until all is there, each in a folder of its own
/// parent/.OUT.lines-partial/old    what was replaced, until it is deleted
/// ```
///
/// Killed at any moment, OUT is the old or the new one; the next run to OUT finds the folder
/// unlocked and clears it away. Two runs to one OUT at a time are refused.
///
/// Other processes may share in writing the large files. Those folders' names are drawn by chance,
/// so that a process that outlives its run never writes into what a later one makes.
public final class Staging implements Draft {
  private static final int COPY_BYTES = 1 << 18;
  private static final String PARTS = "parts";

  private final Path out;
  private final boolean isFolder;
  private final Path folder;
  private final AtExit onExit = new AtExit("lines-cleanup", this::discard);
  private final Map<Path, Path> parts = new LinkedHashMap<>(); // place → where it is until then
  private @Nullable FolderLock lock; // as long as the folder may be there
  private boolean open = true;

  private Staging(Path out, boolean isFolder) {
    this.out = out;
    this.isFolder = isFolder;
    this.folder = folderOf(out);
  }

  /// Makes the folder, or clears the one that a killed run has left.
  ///
  /// @param out absolute
  static Staging create(Path out, boolean isFolder) throws IOException {
    Files.createDirectories(out.resolveSibling(""));
    ScratchFolder.clear(ScratchFolder.beside(out));
    Staging staging = new Staging(out, isFolder);
    try {
      staging.begin();
    } catch (IOException | RuntimeException e) {
      staging.close();
      throw e;
    }
    return staging;
  }

  /// Makes the folder. A JVM that is ended meanwhile removes it when it is made.
  private synchronized void begin() throws IOException {
    onExit.arm();
    lock = FolderLock.take(folder, "lock").orElseThrow(() -> inUse(out));
    clear();
    if (isFolder) {
      Files.createDirectory(content());
      Rights.narrow(content(), out);
    }
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

  /// Where the output is made: a folder, or the file itself.
  public Path content() {
    return folder.resolve("new");
  }

  /// Where a file of the output is made.
  private Path place(String name) throws IOException {
    if (!isFolder) {
      return content();
    }
    Path place = content().resolve(Draft.checkName(name)).normalize();
    if (!place.startsWith(content())) {
      throw new IllegalArgumentException(out + ": no file in it can be called " + name);
    }
    Files.createDirectories(place.resolveSibling(""));
    return place;
  }

  @Override
  public synchronized Sink create(String name, long size) throws IOException {
    checkOpen();
    Path place = place(name);
    Path own =
        folder.resolve(PARTS).resolve(Long.toHexString(ThreadLocalRandom.current().nextLong()));
    Path part = Files.createDirectories(own).resolve(place.getFileName());
    Sink sink = LocalSink.create(part, size);
    Path before = parts.put(place, part);
    if (before != null) {
      Files.deleteIfExists(before);
    }
    return sink;
  }

  @Override
  public synchronized void write(String name, byte[] bytes) throws IOException {
    checkOpen();
    Path place = place(name);
    Files.write(place, bytes);
    Disk.syncFile(place);
  }

  /// With the rights of a new file: what is copied may be write-protected, as in a cache.
  @Override
  public void copy(String name, ByteSource source) throws IOException {
    Path place;
    OutputStream begun;
    synchronized (this) {
      checkOpen();
      place = place(name);
      begun = Files.newOutputStream(place);
    }
    byte[] buffer = new byte[COPY_BYTES];
    try (OutputStream file = begun) {
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
    FolderTree.delete(content());
    FolderTree.delete(folder.resolve(PARTS));
    FolderTree.delete(replaced());
  }

  private synchronized void gather() throws IOException {
    checkOpen();
    for (Map.Entry<Path, Path> part : parts.entrySet()) {
      Files.move(part.getValue(), part.getKey(), StandardCopyOption.ATOMIC_MOVE);
    }
    parts.clear();
  }

  private void checkOpen() throws IOException {
    if (!open) {
      throw new IOException(out + ": the run was stopped");
    }
  }

  /// Moves the finished output into place and syncs the folders that name it.
  @Override
  public void publish() throws IOException {
    gather();
    if (isFolder) {
      Disk.syncFolder(content());
    } else {
      Rights.narrow(content(), out);
    }
    synchronized (this) {
      checkOpen();
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
    onExit.disarm();
  }

  private synchronized void discard() {
    FolderLock held = lock;
    open = false;
    lock = null;
    if (held == null) {
      return;
    }
    try (held) {
      FolderTree.delete(content());
      FolderTree.delete(replaced());
      held.delete();
    } catch (IOException e) {
      // What cannot be removed now is removed by the next run; the output itself is not concerned.
    }
  }
}
