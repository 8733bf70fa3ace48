package org.lines4j.format;

import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A tensor as a file holds it: blocks of some elements, each in some bytes.
///
/// @param info its name and shape; the element type where each element is stored by itself, else
///   that of the values that it stands for
/// @param type what files call the way of storing: `BF16`, `Q8_0`
/// @param block how many elements are a block, ≥ 1; the last block of a tensor may be cut short,
///   but takes as many bytes as the others
/// @param blockBytes that a block takes, ≥ 1
public record EncodedTensor(TensorInfo info, String type, int block, int blockBytes) {
  /// @throws IllegalArgumentException if a block has no elements or no bytes
  /// @throws ArithmeticException if the size in bytes overflows
  public EncodedTensor {
    if (block < 1 || blockBytes < 1) {
      throw new IllegalArgumentException(
          "%s: blocks of %d elements in %d bytes".formatted(info.name(), block, blockBytes));
    }
    long _ = byteSize(info, block, blockBytes);
  }

  /// A tensor whose elements are stored one by one, as its type says.
  ///
  /// @throws ArithmeticException if they do not end on a whole byte
  public static EncodedTensor of(TensorInfo info) {
    DType type = info.dtype();
    long _ = info.byteSize();
    int block = block(type.bits());
    return new EncodedTensor(info, type.name(), block, block * type.bits() / Byte.SIZE);
  }

  /// The fewest elements of some bits that fill whole bytes.
  private static int block(int bits) {
    int block = 1;
    while (block * bits % Byte.SIZE != 0) {
      block++;
    }
    return block;
  }

  /// The tensor's name.
  public String name() {
    return info.name();
  }

  /// The number of bytes that the tensor takes.
  public long byteSize() {
    return byteSize(info, block, blockBytes);
  }

  private static long byteSize(TensorInfo info, int block, int blockBytes) {
    return Math.multiplyExact(Math.ceilDiv(info.elements(), (long) block), (long) blockBytes);
  }
}
