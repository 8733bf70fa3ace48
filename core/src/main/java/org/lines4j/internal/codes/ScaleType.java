package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.lines4j.tensor.DType;

/// What scales are stored as.
public enum ScaleType {
  FLOAT(DType.F32),
  BFLOAT(DType.BF16),
  HALF(DType.F16),
  /// An exponent: code b is 2^(b − 127), 255 is NaN (OCP's E8M0).
  EXPONENT(DType.F8_E8M0),
  /// The same under the name of another type.
  BYTE(DType.U8);

  private static final int BIAS = 127;
  private static final int NAN = 255;

  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DType dtype;

  ScaleType(DType dtype) {
    this.dtype = dtype;
  }

  /// The one that is stored as `dtype`.
  public static Optional<ScaleType> of(DType dtype) {
    return Arrays.stream(values()).filter(type -> type.dtype == dtype).findFirst();
  }

  /// The type that files give.
  public DType dtype() {
    return dtype;
  }

  /// Whether it can only be a power of two.
  public boolean isExponent() {
    return this == EXPONENT || this == BYTE;
  }

  float get(MemorySegment scales, long index) {
    return switch (this) {
      case FLOAT -> scales.getAtIndex(FLOATS, index);
      case BFLOAT -> Float.intBitsToFloat(scales.getAtIndex(SHORTS, index) << 16);
      case HALF -> Float.float16ToFloat(scales.getAtIndex(SHORTS, index));
      case EXPONENT, BYTE -> powerOfTwo(scales.get(ValueLayout.JAVA_BYTE, index) & 0xff);
    };
  }

  /// Stores a scale that [#rounded] gave.
  void set(MemorySegment scales, long index, float scale) {
    switch (this) {
      case FLOAT -> scales.setAtIndex(FLOATS, index, scale);
      case BFLOAT -> scales.setAtIndex(SHORTS, index, (short) (Float.floatToIntBits(scale) >>> 16));
      case HALF -> scales.setAtIndex(SHORTS, index, Float.floatToFloat16(scale));
      case EXPONENT, BYTE -> scales.set(ValueLayout.JAVA_BYTE, index, (byte) exponent(scale));
    }
  }

  /// The nearest scale that can be stored; of exponents, the next one up.
  float rounded(float scale) {
    return switch (this) {
      case FLOAT -> scale;
      case BFLOAT -> bfloat(scale);
      case HALF -> Float.float16ToFloat(Float.floatToFloat16(scale));
      case EXPONENT, BYTE -> powerOfTwoAbove(scale);
    };
  }

  /// To nearest, ties to even.
  private static float bfloat(float scale) {
    int bits = Float.floatToIntBits(scale);
    if (Float.isNaN(scale)) {
      return Float.NaN;
    }
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff_0000);
  }

  /// 2^(b − 127).
  static float powerOfTwo(int exponent) {
    return exponent == NAN ? Float.NaN : Math.scalb(1f, exponent - BIAS);
  }

  /// The least power of two from 2^-126 on that a positive number is not above.
  static float powerOfTwoAbove(float value) {
    if (!(value <= Float.MAX_VALUE)) {
      return Float.NaN;
    }
    float least = Math.max(value, Float.MIN_NORMAL);
    int exponent = Math.getExponent(least);
    boolean isPower = (Float.floatToIntBits(least) & 0x7f_ffff) == 0;
    return Math.scalb(1f, Math.min(isPower ? exponent : exponent + 1, Float.MAX_EXPONENT));
  }

  /// The code of a power of two.
  static int exponent(float powerOfTwo) {
    return Float.isNaN(powerOfTwo) ? NAN : Math.max(Math.getExponent(powerOfTwo) + BIAS, 0);
  }
}
