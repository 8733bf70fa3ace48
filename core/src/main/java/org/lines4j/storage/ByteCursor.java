package org.lines4j.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads a part of a file from its beginning on, through a buffer. Numbers are little-endian.
///
/// It never reads behind the part's end: who asks for more than is [#left] gets an
/// `IndexOutOfBoundsException`, so formats ask first, and say what is missing. For one thread.
public final class ByteCursor {
  private static final int BUFFER = 1 << 16;

  private final ByteSource file;
  private final long end;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long bufferEnd;

  /// Stands at the beginning of a part.
  ///
  /// @param start of the part in the file
  /// @param end the byte behind it
  public ByteCursor(ByteSource file, long start, long end) {
    this.file = file;
    this.end = end;
    this.bufferEnd = start;
  }

  /// Where the next byte lies in the file.
  public long position() {
    return bufferEnd - buffer.remaining();
  }

  /// The bytes that are left.
  public long left() {
    return end - position();
  }

  /// Has at least `bytes` in the buffer.
  private void fill(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    check(bytes);
    buffer.compact();
    int more = (int) Math.min(buffer.remaining(), end - bufferEnd);
    file.read(bufferEnd, MemorySegment.ofBuffer(buffer.slice(buffer.position(), more)));
    bufferEnd += more;
    buffer.position(buffer.position() + more).flip();
  }

  private void check(long bytes) {
    if (bytes < 0 || bytes > left()) {
      throw new IndexOutOfBoundsException(bytes + " of the " + left() + " bytes that are left");
    }
  }

  /// A byte, unsigned.
  public int u8() throws IOException {
    fill(Byte.BYTES);
    return buffer.get() & 0xff;
  }

  /// Two bytes, unsigned.
  public int u16() throws IOException {
    fill(Short.BYTES);
    return buffer.getShort() & 0xffff;
  }

  /// Four bytes.
  public int i32() throws IOException {
    fill(Integer.BYTES);
    return buffer.getInt();
  }

  /// Eight bytes.
  public long i64() throws IOException {
    fill(Long.BYTES);
    return buffer.getLong();
  }

  /// Goes on behind `bytes` more.
  public void skip(long bytes) {
    check(bytes);
    if (bytes <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) bytes);
    } else {
      bufferEnd += bytes - buffer.remaining();
      buffer.position(0).limit(0);
    }
  }

  /// The next bytes.
  public byte[] bytes(int count) throws IOException {
    check(count);
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int part = Math.min(BUFFER, count - at);
      fill(part);
      buffer.get(bytes, at, part);
      at += part;
    }
    return bytes;
  }
}
