package org.lines4j.internal.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteCursor;
import org.lines4j.storage.ByteSource;

/// Reads a header from its beginning on, and never behind the file's end.
final class HeaderCursor {
  private final ByteSource file;
  private final ByteCursor cursor;

  HeaderCursor(ByteSource file) {
    this.file = file;
    this.cursor = new ByteCursor(file, 0, file.size());
  }

  /// Where the next byte lies.
  long position() {
    return cursor.position();
  }

  /// How many bytes there are still.
  long left() {
    return cursor.left();
  }

  InputException malformed(String reason) {
    return new InputException(file.location(), reason);
  }

  private void need(long bytes, String what) {
    if (bytes > left()) {
      throw malformed(
          "truncated: %s takes %d bytes from byte %d on, the file has only %d"
              .formatted(what, bytes, position(), file.size()));
    }
  }

  /// A byte, unsigned.
  int u8(String what) throws IOException {
    need(Byte.BYTES, what);
    return cursor.u8();
  }

  /// Two bytes, unsigned.
  int u16(String what) throws IOException {
    need(Short.BYTES, what);
    return cursor.u16();
  }

  /// Four bytes.
  int i32(String what) throws IOException {
    need(Integer.BYTES, what);
    return cursor.i32();
  }

  /// Eight bytes.
  long i64(String what) throws IOException {
    need(Long.BYTES, what);
    return cursor.i64();
  }

  /// A count of things that take at least `bytes` each.
  ///
  /// @throws InputException if the file has no room for so many
  long count(String what, long bytes) throws IOException {
    long count = i64(what);
    if (count < 0 || count > left() / bytes) {
      throw malformed(
          "%s is %s, but only %d bytes follow in the file"
              .formatted(what, Long.toUnsignedString(count), left()));
    }
    return count;
  }

  /// Goes on behind `bytes` more.
  void skip(long bytes, String what) {
    need(bytes, what);
    cursor.skip(bytes);
  }

  /// The next bytes.
  byte[] bytes(int count, String what) throws IOException {
    need(count, what);
    return cursor.bytes(count);
  }

  /// A name: its length in bytes, then UTF-8.
  ///
  /// @param most bytes that it may have
  String name(String what, int most) throws IOException {
    long length = count("the length of " + what, 1);
    if (length > most) {
      throw malformed("%s has %d bytes, at most %d are read".formatted(what, length, most));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes((int) length, what)))
          .toString();
    } catch (CharacterCodingException _) {
      throw malformed("%s before byte %d is not UTF-8".formatted(what, position()));
    }
  }
}
