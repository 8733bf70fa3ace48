package org.lines4j.internal.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Makes blocks of `Q8_0` of numbers, to the bit as gguf-py 0.19 does: for 32 numbers x, the scale
/// d = max |x| / 127 as float16, and as bytes x · (1 / d) with d as float32, halves away from zero.
final class Q8Blocks {
  private static final int MOST = 127;
  private static final int BYTES = Short.BYTES + SmallBlocks.SIZE;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Q8Blocks() {}

  /// Fills `blocks`.
  ///
  /// @param values float32, 32 for each block
  static void encode(MemorySegment values, MemorySegment blocks) {
    float[] block = new float[SmallBlocks.SIZE];
    byte[] codes = new byte[SmallBlocks.SIZE];
    long count = blocks.byteSize() / BYTES;
    for (long i = 0; i < count; i++) {
      MemorySegment.copy(
          values, FLOAT, i * SmallBlocks.SIZE * Float.BYTES, block, 0, SmallBlocks.SIZE);
      float scale = encode(block, codes);
      blocks.set(HALF, i * BYTES, Float.floatToFloat16(scale));
      MemorySegment.copy(
          codes, 0, blocks, ValueLayout.JAVA_BYTE, i * BYTES + Short.BYTES, codes.length);
    }
  }

  /// The scale of a block, whose codes are filled in.
  private static float encode(float[] block, byte[] codes) {
    float most = 0;
    for (float value : block) {
      most = Math.max(most, Math.abs(value)); // NaN where one is
    }
    float scale = most / MOST;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int i = 0; i < block.length; i++) {
      codes[i] = rounded(block[i] * inverse);
    }
    return scale;
  }

  /// Halves away from zero; 0 for what is no finite number, whose scale says so.
  private static byte rounded(float value) {
    float magnitude = Math.abs(value);
    if (!(magnitude <= MOST + 1)) {
      return 0;
    }
    int floor = (int) magnitude;
    int rounded = floor + (int) (2 * (magnitude - floor));
    return (byte) (value < 0 ? -rounded : rounded);
  }
}
