package org.lines4j.internal.pickle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;

/// The bytes of a part of a file, one after the other. All numbers are little-endian.
public final class PickleBytes {
  private static final int BUFFER = 1 << 16;

  private final ByteSource file;
  private final long end;
  private final byte[] buffer = new byte[BUFFER];
  private long bufferStart;
  private int filled;
  private int next;

  /// @param start of the part in the file
  /// @param end the byte behind it
  public PickleBytes(ByteSource file, long start, long end) {
    this.file = file;
    this.bufferStart = start;
    this.end = end;
  }

  /// Where the next byte lies in the file.
  public long position() {
    return bufferStart + next;
  }

  /// The bytes that are left.
  public long left() {
    return end - position();
  }

  /// An error at the place that was reached.
  public InputException wrong(String message) {
    return new InputException(
        file.location(), "its pickle is malformed at byte %d: %s".formatted(position(), message));
  }

  int u1() throws IOException {
    if (next == filled) {
      fill();
    }
    return buffer[next++] & 0xff;
  }

  private void fill() throws IOException {
    bufferStart += filled;
    next = 0;
    filled = (int) Math.min(BUFFER, end - bufferStart);
    if (filled <= 0) {
      filled = 0;
      throw wrong("it ends in the middle; the file is truncated, fetch it again");
    }
    file.read(bufferStart, MemorySegment.ofArray(buffer).asSlice(0, filled));
  }

  int u2() throws IOException {
    return u1() | u1() << 8;
  }

  int i4() throws IOException {
    return u2() | u2() << 16;
  }

  long u4() throws IOException {
    return i4() & 0xffff_ffffL;
  }

  /// 8 bytes.
  public long i8() throws IOException {
    return u4() | u4() << 32;
  }

  /// Goes on behind `count` bytes.
  public void skip(long count) throws IOException {
    check(count);
    long to = position() + count;
    if (to <= bufferStart + filled) {
      next = (int) (to - bufferStart);
    } else {
      bufferStart = to;
      filled = 0;
      next = 0;
    }
  }

  byte[] bytes(long count, int most) throws IOException {
    check(count);
    if (count > most) {
      throw wrong("a value of %d bytes, at most %d are read".formatted(count, most));
    }
    byte[] bytes = new byte[(int) count];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) u1();
    }
    return bytes;
  }

  private void check(long count) {
    if (count < 0 || count > left()) {
      throw wrong(
          "a value of %s bytes, but only %d are left"
              .formatted(Long.toUnsignedString(count), left()));
    }
  }

  /// The text up to the end of the line.
  String line(int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = u1(); c != '\n'; c = u1()) {
      if (line.length() == most) {
        throw wrong("a line of more than " + most + " characters");
      }
      line.append((char) c);
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
