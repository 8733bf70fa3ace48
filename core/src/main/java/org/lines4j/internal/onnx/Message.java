package org.lines4j.internal.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteCursor;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;

/// One message of protobuf, field by field: a number, how its value is written, and the value,
/// which is a range of the file.
///
/// ```java
/// while (message.next()) {
///   switch (message.number()) { … }
/// }
/// ```
///
/// What nobody asks for is passed over by its length, so nothing can be nested too deep.
final class Message {
  /// How a value is written: a number of variable length, 8 bytes, bytes with their length, 4
  /// bytes.
  enum Wire {
    VARINT,
    FIXED64,
    BYTES,
    FIXED32
  }

  private static final int MOST_VARINT = 10;
  private static final int WIRE_BITS = 3;

  private final ByteSource file;
  private final ByteCursor cursor;
  private final String what;
  private final long end;

  private long next;
  private int number;
  private Wire wire = Wire.VARINT;
  private long start;
  private long value;
  private boolean isCutShort;

  private Message(ByteSource file, ByteCursor cursor, String what, long end) {
    this.file = file;
    this.cursor = cursor;
    this.what = what;
    this.end = end;
    this.next = cursor.position();
  }

  /// A whole file.
  static Message of(ByteSource file, String what) {
    return new Message(file, new ByteCursor(file, 0, file.size()), what, file.size());
  }

  /// Goes to the next field.
  ///
  /// @return whether there is one
  /// @throws InputException if it is malformed, or reaches behind the message's end
  boolean next() throws IOException {
    cursor.skip(next - cursor.position());
    if (next == end) {
      return false;
    }
    long tag = varint();
    number = (int) (tag >>> WIRE_BITS);
    if (tag >>> Integer.SIZE != 0 || number == 0) {
      throw malformed("no field has the tag " + Long.toUnsignedString(tag));
    }
    start = cursor.position();
    long size = 0;
    switch ((int) (tag & 7)) {
      case 0 -> {
        wire = Wire.VARINT;
        value = varint();
        size = cursor.position() - start;
      }
      case 1 -> {
        wire = Wire.FIXED64;
        size = Long.BYTES;
      }
      case 2 -> {
        wire = Wire.BYTES;
        size = varint();
        start = cursor.position();
      }
      case 5 -> {
        wire = Wire.FIXED32;
        size = Integer.BYTES;
      }
      default -> throw malformed("field %d has the wire type %d".formatted(number, tag & 7));
    }
    isCutShort = size < 0 || size > end - start;
    if (isCutShort) {
      throw malformed(
          "truncated: field %d takes %s bytes, %d are left"
              .formatted(number, Long.toUnsignedString(size), end - start));
    }
    next = start + size;
    return true;
  }

  private long varint() throws IOException {
    long result = 0;
    for (int i = 0; i < MOST_VARINT; i++) {
      if (cursor.position() >= end) {
        throw malformed("truncated: it ends within a number");
      }
      int part = cursor.u8();
      result |= (long) (part & 0x7f) << (7 * i);
      if (part < 0x80) {
        return result;
      }
    }
    throw malformed("a number of more than " + MOST_VARINT + " bytes");
  }

  /// Whose field this is.
  int number() {
    return number;
  }

  /// How its value is written.
  Wire wire() {
    return wire;
  }

  /// Where its bytes begin.
  long start() {
    return start;
  }

  /// How many bytes it has.
  long size() {
    return next - start;
  }

  /// Whether its bytes end behind the message.
  boolean isCutShort() {
    return isCutShort;
  }

  /// The number that it is.
  ///
  /// @param field what to call it
  long number(String field) {
    expect(Wire.VARINT, field);
    return value;
  }

  /// The message that it is. This one goes on behind it.
  Message message(String field) {
    expect(Wire.BYTES, field);
    return new Message(file, cursor, field, next);
  }

  /// The text that it is.
  ///
  /// @param most bytes that it may have
  String text(String field, int most) throws IOException {
    expect(Wire.BYTES, field);
    if (size() > most) {
      throw malformed("%s has %d bytes, at most %d are read".formatted(field, size(), most));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(cursor.bytes((int) size())))
          .toString();
    } catch (CharacterCodingException _) {
      throw malformed("%s before byte %d is not UTF-8".formatted(field, cursor.position()));
    }
  }

  /// Takes the numbers of a repeated field: one, or many in a row.
  void numbers(String field, LongConsumer taker) throws IOException {
    if (wire == Wire.VARINT) {
      taker.accept(value);
    } else {
      expect(Wire.BYTES, field);
      message(field).eachNumber(taker);
    }
  }

  /// Takes the numbers that follow each other in a range of a file.
  static void numbers(ByteSource file, String field, ByteRange range, LongConsumer taker)
      throws IOException {
    long end = range.from() + range.count();
    new Message(file, new ByteCursor(file, range.from(), end), field, end).eachNumber(taker);
  }

  private void eachNumber(LongConsumer taker) throws IOException {
    while (cursor.position() < end) {
      taker.accept(varint());
    }
  }

  private void expect(Wire wanted, String field) {
    if (wire != wanted) {
      throw malformed("%s should be written as %s, found %s".formatted(field, wanted, wire));
    }
  }

  /// That the file is not as the format says, here.
  InputException malformed(String reason) {
    return new InputException(file.location(), what + ": " + reason);
  }
}
