package org.lines4j.internal.pickle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteCursor;
import org.lines4j.storage.ByteSource;

/// The bytes of a part of a file, one after the other. All numbers are little-endian.
public final class PickleBytes {
  private final ByteSource file;
  private final ByteCursor cursor;

  /// @param start of the part in the file
  /// @param end the byte behind it
  public PickleBytes(ByteSource file, long start, long end) {
    this.file = file;
    this.cursor = new ByteCursor(file, start, end);
  }

  /// Where the next byte lies in the file.
  public long position() {
    return cursor.position();
  }

  /// An error at the place that was reached.
  public InputException wrong(String message) {
    return new InputException(
        file.location(), "its pickle is malformed at byte %d: %s".formatted(position(), message));
  }

  private void need(int bytes) {
    if (cursor.left() < bytes) {
      throw wrong("it ends in the middle").withRemedy("the file is truncated, fetch it again");
    }
  }

  int u1() throws IOException {
    need(Byte.BYTES);
    return cursor.u8();
  }

  int u2() throws IOException {
    need(Short.BYTES);
    return cursor.u16();
  }

  int i4() throws IOException {
    need(Integer.BYTES);
    return cursor.i32();
  }

  long u4() throws IOException {
    return i4() & 0xffff_ffffL;
  }

  /// 8 bytes.
  public long i8() throws IOException {
    need(Long.BYTES);
    return cursor.i64();
  }

  /// Goes on behind `count` bytes.
  public void skip(long count) {
    check(count);
    cursor.skip(count);
  }

  byte[] bytes(long count, int most) throws IOException {
    check(count);
    if (count > most) {
      throw wrong("a value of %d bytes, at most %d are read".formatted(count, most));
    }
    return cursor.bytes((int) count);
  }

  private void check(long count) {
    if (count < 0 || count > cursor.left()) {
      throw wrong(
          "a value of %s bytes, but only %d are left"
              .formatted(Long.toUnsignedString(count), cursor.left()));
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
