package org.lines4j.internal.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;

/// Reads a header from its beginning on, and never behind the file's end.
final class HeaderCursor {
  private static final int BUFFER = 1 << 16;

  private final ByteSource file;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long bufferEnd;

  HeaderCursor(ByteSource file) {
    this.file = file;
  }

  /// Where the next byte lies.
  long position() {
    return bufferEnd - buffer.remaining();
  }

  /// How many bytes there are still.
  long left() {
    return file.size() - position();
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

  /// Has at least `bytes` in the buffer.
  private void fill(int bytes, String what) throws IOException {
    need(bytes, what);
    if (buffer.remaining() >= bytes) {
      return;
    }
    buffer.compact();
    int more = (int) Math.min(buffer.remaining(), file.size() - bufferEnd);
    file.read(bufferEnd, MemorySegment.ofBuffer(buffer.slice(buffer.position(), more)));
    bufferEnd += more;
    buffer.position(buffer.position() + more).flip();
  }

  /// A byte, unsigned.
  int u8(String what) throws IOException {
    fill(Byte.BYTES, what);
    return buffer.get() & 0xff;
  }

  /// Four bytes.
  int i32(String what) throws IOException {
    fill(Integer.BYTES, what);
    return buffer.getInt();
  }

  /// Eight bytes.
  long i64(String what) throws IOException {
    fill(Long.BYTES, what);
    return buffer.getLong();
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
    if (bytes <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) bytes);
    } else {
      bufferEnd += bytes - buffer.remaining();
      buffer.position(0).limit(0);
    }
  }

  /// The next bytes.
  byte[] bytes(int count, String what) throws IOException {
    need(count, what);
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int part = Math.min(BUFFER, count - at);
      fill(part, what);
      buffer.get(bytes, at, part);
      at += part;
    }
    return bytes;
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
