package org.lines4j.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The element types of the safetensors format, with the width of one element in bits.
///
/// Only the types with [#isFloating()] take part in arithmetic; the others are copied.
public enum DType {
  BOOL(8, Kind.EXACT),
  U8(8, Kind.EXACT),
  I8(8, Kind.EXACT),
  U16(16, Kind.EXACT),
  I16(16, Kind.EXACT),
  U32(32, Kind.EXACT),
  I32(32, Kind.EXACT),
  U64(64, Kind.EXACT),
  I64(64, Kind.EXACT),
  F64(64, Kind.FLOATING),
  F32(32, Kind.FLOATING),
  F16(16, Kind.FLOATING),
  BF16(16, Kind.FLOATING),
  /// OCP 8-bit float, 4 exponent and 3 mantissa bits, no infinities (`float8_e4m3fn`).
  F8_E4M3(8, Kind.FLOATING),
  /// OCP 8-bit float, 5 exponent and 2 mantissa bits (`float8_e5m2`).
  F8_E5M2(8, Kind.FLOATING),
  /// Shared scales and sub-byte floats of quantised checkpoints: carried, never computed with.
  F8_E8M0(8, Kind.EXACT),
  F6_E2M3(6, Kind.EXACT),
  F6_E3M2(6, Kind.EXACT),
  F4(4, Kind.EXACT),
  C64(64, Kind.EXACT);

  private enum Kind {
    FLOATING,
    EXACT
  }

  private static final Map<String, DType> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(DType::name, type -> type));

  private final int bits;
  private final Kind kind;

  DType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /// The width of one element in bits.
  public int bits() {
    return bits;
  }

  /// The width of one element in bytes; the sub-byte types round up to 1.
  public int bytes() {
    return (bits + 7) / 8;
  }

  /// Whether tensors of this type are scaled and merged; all others must be equal or are chosen.
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /// The bytes that `elements` elements take.
  ///
  /// @throws ArithmeticException if the number overflows, or does not end on a whole byte
  public long byteSize(long elements) {
    long total = Math.multiplyExact(elements, bits);
    if (total % 8 != 0) {
      throw new ArithmeticException(elements + " elements of " + this + " do not fill whole bytes");
    }
    return total / 8;
  }

  /// The type that a safetensors header calls `code`, such as `BF16`.
  public static Optional<DType> ofCode(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /// The type that PyTorch and `config.json` call `name`, such as `bfloat16`.
  public static Optional<DType> ofTorchName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "float64", "double" -> Optional.of(F64);
      case "float32", "float" -> Optional.of(F32);
      case "float16", "half" -> Optional.of(F16);
      case "bfloat16" -> Optional.of(BF16);
      default -> Optional.empty();
    };
  }

  /// What PyTorch calls this type, such as `bfloat16`; the safetensors code where it has no name.
  public String torchName() {
    return switch (this) {
      case F64 -> "float64";
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F8_E4M3 -> "float8_e4m3fn";
      case F8_E5M2 -> "float8_e5m2";
      default -> name();
    };
  }

  /// All codes, for messages.
  public static String codes() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
