package org.lines4j.internal.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.posix.Posix;
import org.lines4j.storage.Sink;

/// A file that is written by position, from any thread, and past the page cache where the file
/// system allows it: a model is not read again right away, so caching it would only cost a copy and
/// push the inputs out.
final class LocalSink implements Sink {
  /// What direct writes need positions, lengths and addresses to be multiples of, on all common
  /// disks and file systems.
  static final int BLOCK = Pages.SIZE;

  private static final Optional<OpenOption> DIRECT = directOption();

  private final Path file;
  private final FileChannel buffered;
  private final Optional<FileChannel> direct;

  private LocalSink(Path file, FileChannel buffered, Optional<FileChannel> direct) {
    this.file = file;
    this.buffered = buffered;
    this.direct = direct;
  }

  /// Creates `file` with its final size.
  static LocalSink create(Path file, long size) throws IOException {
    try (RandomAccessFile preallocated = new RandomAccessFile(file.toFile(), "rw")) {
      preallocated.setLength(size);
    } catch (IOException e) {
      throw failed(file, e);
    }
    boolean _ = Posix.allocate(file, size); // else blocks are found as they are written
    Optional<FileChannel> direct = openDirect(file);
    try {
      return new LocalSink(file, FileChannel.open(file, StandardOpenOption.WRITE), direct);
    } catch (IOException e) {
      if (direct.isPresent()) {
        direct.get().close();
      }
      throw e;
    }
  }

  private static Optional<FileChannel> openDirect(Path file) throws IOException {
    if (DIRECT.isEmpty() || Files.getFileStore(file).getBlockSize() > BLOCK) {
      return Optional.empty();
    }
    try {
      return Optional.of(FileChannel.open(file, StandardOpenOption.WRITE, DIRECT.get()));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // not on this file system
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
    long whole = direct.isPresent() && aligned ? (bytes.byteSize() - head) / BLOCK * BLOCK : 0;
    try {
      writeFully(buffered, bytes.asSlice(0, head), position);
      if (direct.isPresent()) {
        writeFully(direct.get(), bytes.asSlice(head, whole), position + head);
      }
      writeFully(buffered, bytes.asSlice(head + whole), position + head + whole);
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

  /// Returns when all that was written is on the disk.
  @Override
  public void sync() throws IOException {
    buffered.force(true);
  }

  @Override
  public void close() throws IOException {
    try (buffered) {
      if (direct.isPresent()) {
        direct.get().close();
      }
    }
  }
}
