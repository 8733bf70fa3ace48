package org.lines4j.internal.local;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.posix.Posix;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// A file that is written by position, from any thread, and past the page cache where the file
/// system allows it: a model is not read again right away, so caching it would only cost a copy and
/// push the inputs out. Its channels are opened when it is written to, and may be closed in between
/// ([OpenFiles]).
final class LocalSink implements Sink {
  /// What direct writes need positions, lengths and addresses to be multiples of, on all common
  /// disks and file systems.
  static final int BLOCK = Pages.SIZE;

  private static final Optional<OpenOption> DIRECT = directOption();

  private final Path file;
  private volatile boolean closed;

  private LocalSink(Path file) {
    this.file = file;
  }

  /// What it is written through.
  ///
  /// @param direct past the page cache, where that can be done
  record Channels(FileChannel buffered, Optional<FileChannel> direct) implements Closeable {
    @Override
    public void close() throws IOException {
      try (buffered) {
        if (direct.isPresent()) {
          direct.get().close();
        }
      }
    }
  }

  /// Creates `file` with its final size.
  static LocalSink create(Path file, long size) throws IOException {
    try (RandomAccessFile preallocated = new RandomAccessFile(file.toFile(), "rw")) {
      preallocated.setLength(size);
    } catch (IOException e) {
      throw failed(file, e);
    }
    boolean _ = Posix.allocate(file, size); // else blocks are found as they are written
    return new LocalSink(file);
  }

  /// A file that another process has created.
  static LocalSink join(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          file.toString(),
          null,
          "the run that began it is over, or this machine does not see its folder");
    }
    return new LocalSink(file);
  }

  @Override
  public Optional<Location> shared() {
    return Optional.of(Location.of(file.toAbsolutePath()));
  }

  /// Channels to the file, which is there.
  Channels channels() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    FileChannel buffered = Handles.open(file, StandardOpenOption.WRITE);
    try {
      return new Channels(buffered, openDirect(file));
    } catch (IOException e) {
      buffered.close();
      throw e;
    }
  }

  private static Optional<FileChannel> openDirect(Path file) throws IOException {
    if (DIRECT.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (Files.getFileStore(file).getBlockSize() > BLOCK) {
        return Optional.empty();
      }
      return Optional.of(FileChannel.open(file, StandardOpenOption.WRITE, DIRECT.get()));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // not on this file system, or not known which it is
    }
  }

  /// `com.sun.nio.file.ExtendedOpenOption.DIRECT`: public, but javac warns at every mention of it
  /// and cannot be told not to.
  private static Optional<OpenOption> directOption() {
    try {
      Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
      return Stream.of(options.getEnumConstants())
          .filter(option -> option.toString().equals("DIRECT"))
          .map(OpenOption.class::cast)
          .findFirst();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  /// Writes `bytes` at `position`. Whole blocks of the file go past the page cache where their
  /// address in memory is aligned as their position is; what shares a block with other writes goes
  /// through it.
  @Override
  public void write(MemorySegment bytes, long position) throws IOException {
    long head = Math.min(Math.floorMod(-position, BLOCK), bytes.byteSize());
    boolean aligned = bytes.isNative() && (bytes.address() + head) % BLOCK == 0;
    try {
      Channels channels = OpenFiles.WRITTEN.acquire(this);
      try {
        Optional<FileChannel> direct = channels.direct();
        long whole = direct.isPresent() && aligned ? (bytes.byteSize() - head) / BLOCK * BLOCK : 0;
        writeFully(channels.buffered(), bytes.asSlice(0, head), position);
        if (direct.isPresent()) {
          writeFully(direct.get(), bytes.asSlice(head, whole), position + head);
        }
        long rest = head + whole;
        writeFully(channels.buffered(), bytes.asSlice(rest), position + rest);
      } finally {
        OpenFiles.WRITTEN.release(this);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /// The system's own message does not say which file.
  private static IOException failed(Path file, IOException e) {
    return new IOException(file + ": writing failed: " + e.getMessage(), e);
  }

  private static void writeFully(FileChannel channel, MemorySegment bytes, long position)
      throws IOException {
    ByteBuffer buffer = bytes.asByteBuffer();
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  /// Returns when all that was written is on the disk, through whichever channels.
  @Override
  public void sync() throws IOException {
    Channels channels = OpenFiles.WRITTEN.acquire(this);
    try {
      channels.buffered().force(true);
    } finally {
      OpenFiles.WRITTEN.release(this);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    OpenFiles.WRITTEN.close(this);
  }
}
