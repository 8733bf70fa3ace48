package org.lines4j.files;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What is computed before its place is known, kept on disk so that it need not be kept in memory.
/// It is gone when this is closed. Any thread may read; one at a time may write.
public final class ScratchFile implements Closeable {
  private static final int PIECE = 1 << 30;

  private final FileChannel channel;
  private long size;

  private ScratchFile(FileChannel channel) {
    this.channel = channel;
  }

  /// An empty one, in the system's folder for such files.
  public static ScratchFile create() throws IOException {
    Path file = Files.createTempFile("lines", ".scratch");
    return new ScratchFile(
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /// Adds bytes at the end.
  ///
  /// @return where they begin
  public long append(MemorySegment bytes) throws IOException {
    long start = size;
    for (long from = 0; from < bytes.byteSize(); from += PIECE) {
      ByteBuffer piece =
          bytes.asSlice(from, Math.min(PIECE, bytes.byteSize() - from)).asByteBuffer();
      while (piece.hasRemaining()) {
        size += channel.write(piece, size);
      }
    }
    return start;
  }

  /// Fills `target` with the bytes from `position` on.
  public void read(long position, MemorySegment target) throws IOException {
    for (long from = 0; from < target.byteSize(); from += PIECE) {
      ByteBuffer piece =
          target.asSlice(from, Math.min(PIECE, target.byteSize() - from)).asByteBuffer();
      long at = position + from;
      while (piece.hasRemaining()) {
        int count = channel.read(piece, at);
        if (count < 0) {
          throw new EOFException("a scratch file was cut short");
        }
        at += count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
