package org.lines4j.internal.gguf;

import java.util.Optional;

/// What a value of the metadata is. The ordinal is its number in the file.
enum ValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private final int bytes;

  ValueType(int bytes) {
    this.bytes = bytes;
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
    return number >= 0 && number < values().length
        ? Optional.of(values()[number])
        : Optional.empty();
  }
}
