package org.lines4j.internal.gguf;

import java.util.Arrays;
import java.util.Optional;
import org.lines4j.tensor.DType;

/// How ggml stores a tensor: elements one by one, or in blocks with scales of their own.
///
/// Numbers and sizes are those of gguf-py's `GGMLQuantizationType` and `GGML_QUANT_SIZES`.
enum GgmlType {
  F32(0, DType.F32),
  F16(1, DType.F16),
  Q4_0(2, 32, 18, SmallBlocks::q40),
  Q4_1(3, 32, 20, SmallBlocks::q41),
  Q5_0(6, 32, 22, SmallBlocks::q50),
  Q5_1(7, 32, 24, SmallBlocks::q51),
  Q8_0(8, 32, 34, SmallBlocks::q80),
  Q8_1(9, 32, 40),
  Q2_K(10, 256, 84, SuperBlocks::q2k),
  Q3_K(11, 256, 110, SuperBlocks::q3k),
  Q4_K(12, 256, 144, SuperBlocks::q4k),
  Q5_K(13, 256, 176, SuperBlocks::q5k),
  Q6_K(14, 256, 210, SuperBlocks::q6k),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18, SmallBlocks::iq4nl),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136, SuperBlocks::iq4xs),
  I8(24, DType.I8),
  I16(25, DType.I16),
  I32(26, DType.I32),
  I64(27, DType.I64),
  F64(28, DType.F64),
  IQ1_M(29, 256, 56),
  BF16(30, DType.BF16),
  TQ1_0(34, 256, 54, SuperBlocks::tq10),
  TQ2_0(35, 256, 66, SuperBlocks::tq20),
  MXFP4(39, 32, 17, SmallBlocks::mxfp4),
  NVFP4(40, 64, 36, SmallBlocks::nvfp4),
  Q1_0(41, 128, 18);

  private final int number;
  private final DType dtype;
  private final int block;
  private final int blockBytes;

  @SuppressWarnings("ImmutableEnumChecker") // one of the functions above, without state
  private final Optional<BlockDecoder> decoder;

  /// Elements one by one.
  GgmlType(int number, DType dtype) {
    this(number, dtype, 1, dtype.bytes(), Optional.empty());
  }

  /// Blocks that nobody decodes here.
  GgmlType(int number, int block, int blockBytes) {
    this(number, DType.F32, block, blockBytes, Optional.empty());
  }

  GgmlType(int number, int block, int blockBytes, BlockDecoder decoder) {
    this(number, DType.F32, block, blockBytes, Optional.of(decoder));
  }

  GgmlType(int number, DType dtype, int block, int blockBytes, Optional<BlockDecoder> decoder) {
    this.number = number;
    this.dtype = dtype;
    this.block = block;
    this.blockBytes = blockBytes;
    this.decoder = decoder;
  }

  /// What files call it.
  int number() {
    return number;
  }

  /// The element type that reading gives.
  DType dtype() {
    return dtype;
  }

  /// How many elements are stored together, all of one row.
  int block() {
    return block;
  }

  /// The bytes that a block takes.
  int blockBytes() {
    return blockBytes;
  }

  /// Whether elements are stored one by one.
  boolean isPlain() {
    return block == 1;
  }

  /// Empty where elements are stored one by one, and where nobody decodes them here.
  Optional<BlockDecoder> decoder() {
    return decoder;
  }

  /// Whether its tensors can be read.
  boolean isReadable() {
    return isPlain() || decoder.isPresent();
  }

  /// The bytes of a tensor.
  ///
  /// @param elements a multiple of [#block]
  /// @throws ArithmeticException if it has too many
  long byteSize(long elements) {
    return Math.multiplyExact(elements / block, (long) blockBytes);
  }

  /// The type of that number.
  static Optional<GgmlType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /// The type whose elements are stored one by one as `dtype` says.
  static Optional<GgmlType> of(DType dtype) {
    return Arrays.stream(values())
        .filter(type -> type.isPlain() && type.dtype == dtype)
        .findFirst();
  }
}
