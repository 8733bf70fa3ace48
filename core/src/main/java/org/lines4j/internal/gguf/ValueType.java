package org.lines4j.internal.gguf;

import java.util.Arrays;
import java.util.Optional;

/// What a value of the metadata is.
enum ValueType {
  UINT8(0, 1),
  INT8(1, 1),
  UINT16(2, 2),
  INT16(3, 2),
  UINT32(4, 4),
  INT32(5, 4),
  FLOAT32(6, 4),
  BOOL(7, 1),
  STRING(8, 8),
  ARRAY(9, 12),
  UINT64(10, 8),
  INT64(11, 8),
  FLOAT64(12, 8);

  private final int number;
  private final int bytes;

  ValueType(int number, int bytes) {
    this.number = number;
    this.bytes = bytes;
  }

  /// Its number in files.
  int number() {
    return number;
  }

  /// The bytes of a value; the fewest of a string's, with its length, and of an array's, with its
  /// type and its length.
  int bytes() {
    return bytes;
  }

  /// Whether it is a whole number.
  boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
    };
  }

  /// The type of that number.
  static Optional<ValueType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }
}
