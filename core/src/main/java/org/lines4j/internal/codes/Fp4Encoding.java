package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// MXFP4 as gpt-oss has it: of `NAME`, experts × inputs × outputs, the file holds `NAME_blocks`,
/// experts × outputs × blocks × 16 bytes, each of two codes, the low one first; and `NAME_scales`,
/// an exponent for each block of 32 inputs.
///
/// Made of weights as triton_kernels' `downcast_to_mxfp` does by default: the scale is the least
/// power of two that 6, the largest code, times it reaches all weights; codes are the nearest, ties
/// to even. A block that is not finite has the scale NaN.
///
/// @param inputs a multiple of 32
public record Fp4Encoding(long experts, long inputs, long outputs) implements Encoding {
  /// Elements of a block.
  static final int BLOCK = 32;

  /// Bytes of a block's codes.
  static final int BYTES = BLOCK / 2;

  static final String BLOCKS = "_blocks";
  static final String SCALES = "_scales";

  /// What the codes stand for (E2M1).
  static final float[] VALUES = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6
  };

  private static final float MOST = 6;
  private static final int SIGN = 8;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// How many blocks a row of outputs has.
  long blocks() {
    return inputs / BLOCK;
  }

  @Override
  public String name() {
    return "MXFP4";
  }

  @Override
  public List<EncodedTensor> parts(TensorInfo tensor) {
    Shape codes = Shape.of(experts, outputs, blocks(), BYTES);
    Shape scales = Shape.of(experts, outputs, blocks());
    return List.of(
        EncodedTensor.of(new TensorInfo(tensor.name() + BLOCKS, DType.U8, codes)),
        EncodedTensor.of(new TensorInfo(tensor.name() + SCALES, DType.U8, scales)));
  }

  /// An expert: its matrix is stored transposed.
  @Override
  public long band(Shape shape) {
    return inputs * outputs;
  }

  @Override
  public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
    long each = inputs * outputs;
    long matrices = values.byteSize() / Float.BYTES / each;
    float[] block = new float[BLOCK];
    for (long matrix = 0; matrix < matrices; matrix++) {
      for (long number = 0; number < blocks(); number++) {
        for (long output = 0; output < outputs; output++) {
          long from = matrix * each + number * BLOCK * outputs + output;
          for (int i = 0; i < BLOCK; i++) {
            block[i] = values.get(FLOAT, (from + i * outputs) * Float.BYTES);
          }
          long place = (matrix * outputs + output) * blocks() + number;
          encode(block, parts.getFirst().asSlice(place * BYTES, BYTES), parts.get(1), place);
        }
      }
    }
  }

  private static void encode(float[] block, MemorySegment codes, MemorySegment scales, long place) {
    float most = 0;
    for (float value : block) {
      most = Math.max(most, Math.abs(value));
    }
    float scale = ScaleType.powerOfTwoAbove(most / MOST);
    ScaleType.BYTE.set(scales, place, scale);
    for (int i = 0; i < BYTES; i++) {
      int low = code(block[2 * i] / scale);
      int high = code(block[2 * i + 1] / scale);
      codes.set(ValueLayout.JAVA_BYTE, i, (byte) (low | high << 4));
    }
  }

  /// The nearest code, ties to even; that of zero for NaN.
  static int code(float value) {
    float magnitude = Math.abs(value);
    int code;
    if (magnitude < 2) { // steps of a half
      code = (int) Math.rint(2 * magnitude);
    } else if (magnitude < 4) { // steps of one
      code = 2 + (int) Math.rint(magnitude);
    } else { // steps of two
      code = magnitude >= 5 ? 7 : 6;
      code = magnitude == 5 ? 6 : code;
    }
    int sign = Float.floatToRawIntBits(value) < 0 ? SIGN : 0;
    return Float.isNaN(value) ? 0 : sign | code;
  }
}
