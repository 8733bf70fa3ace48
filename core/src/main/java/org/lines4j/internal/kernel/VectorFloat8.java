package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// 8-bit floats on the Vector API, by arithmetic on the bits of float32: what [Float8] says, to the
/// bit. For one thread.
///
/// Below the smallest normal number `m`, mantissas count units of the last place: read, they are
/// put behind the exponent of `m`, and `m` is subtracted; written, a power of two is added whose
/// last place is that unit, which rounds.
final class VectorFloat8 {
  private static final int INFINITY = 0x7f80_0000;
  private static final int NAN = 0x7fc0_0000;
  private static final int FLOAT_BIAS = 127;
  private static final int FLOAT_MANTISSA = 23;
  private static final int SIGN = 0x80;

  private final byte[] codes = new byte[Kernels.TILE];
  private final int[] words = new int[Kernels.TILE];

  /// Widens codes.
  void decode(Float8 type, MemorySegment source, long offset, float[] target, int count) {
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, codes, 0, count);
    widen(codes, words, count);
    int end = VectorKernels.FLOATS.loopBound(count);
    decode(words, target, end, type.mantissaBits(), type.bias(), type.largest(), type.overflow());
    for (int i = end; i < count; i++) {
      target[i] = type.decode(words[i]);
    }
  }

  /// Rounds to codes.
  void encode(Float8 type, float[] source, MemorySegment target, long offset, int count) {
    int end = VectorKernels.FLOATS.loopBound(count);
    encode(source, words, end, type.mantissaBits(), type.bias(), type.overflow());
    for (int i = end; i < count; i++) {
      words[i] = type.encode(source[i]);
    }
    narrow(words, codes, count);
    MemorySegment.copy(codes, 0, target, ValueLayout.JAVA_BYTE, offset, count);
  }

  private static void widen(byte[] codes, int[] words, int count) {
    for (int i = 0; i < count; i++) {
      words[i] = codes[i] & 0xff;
    }
  }

  private static void narrow(int[] words, byte[] codes, int count) {
    for (int i = 0; i < count; i++) {
      codes[i] = (byte) words[i];
    }
  }

  private static void decode(
      int[] words, float[] target, int end, int mantissaBits, int bias, int largest, int infinity) {
    int shift = FLOAT_MANTISSA - mantissaBits;
    int rebias = (FLOAT_BIAS - bias) << FLOAT_MANTISSA;
    int smallest = (FLOAT_BIAS - bias + 1) << FLOAT_MANTISSA;
    for (int i = 0; i < end; i += VectorKernels.INTS.length()) {
      IntVector code = IntVector.fromArray(VectorKernels.INTS, words, i);
      IntVector magnitude = code.and(SIGN - 1);
      IntVector sign = code.and(SIGN).lanewise(VectorOperators.LSHL, 24);
      IntVector mantissa = magnitude.lanewise(VectorOperators.LSHL, shift);
      IntVector small =
          mantissa
              .add(smallest)
              .reinterpretAsFloats()
              .sub(Float.intBitsToFloat(smallest))
              .reinterpretAsInts();
      VectorMask<Integer> isSmall = magnitude.compare(VectorOperators.LT, 1 << mantissaBits);
      VectorMask<Integer> isBeyond = magnitude.compare(VectorOperators.GT, largest);
      VectorMask<Integer> isInfinite =
          magnitude.compare(VectorOperators.EQ, infinity).and(isBeyond);
      mantissa
          .add(rebias)
          .blend(small, isSmall)
          .blend(INFINITY, isInfinite)
          .or(sign)
          .blend(NAN, isBeyond.andNot(isInfinite))
          .reinterpretAsFloats()
          .intoArray(target, i);
    }
  }

  private static void encode(
      float[] source, int[] words, int end, int mantissaBits, int bias, int overflow) {
    int shift = FLOAT_MANTISSA - mantissaBits;
    int half = (1 << (shift - 1)) - 1 - ((FLOAT_BIAS - bias) << FLOAT_MANTISSA);
    int smallest = (FLOAT_BIAS - bias + 1) << FLOAT_MANTISSA;
    int unit = (FLOAT_BIAS + 1 - bias + shift) << FLOAT_MANTISSA;
    for (int i = 0; i < end; i += VectorKernels.INTS.length()) {
      IntVector bits = FloatVector.fromArray(VectorKernels.FLOATS, source, i).reinterpretAsInts();
      IntVector magnitude = bits.and(VectorKernels.MAGNITUDE);
      IntVector sign = bits.lanewise(VectorOperators.LSHR, 24).and(SIGN);
      IntVector odd = magnitude.lanewise(VectorOperators.LSHR, shift).and(1);
      IntVector rounded = magnitude.add(half).add(odd).lanewise(VectorOperators.ASHR, shift);
      IntVector small =
          magnitude
              .reinterpretAsFloats()
              .add(Float.intBitsToFloat(unit))
              .reinterpretAsInts()
              .sub(unit);
      VectorMask<Integer> isSmall = magnitude.compare(VectorOperators.LT, smallest);
      VectorMask<Integer> isNan = magnitude.compare(VectorOperators.GT, INFINITY);
      rounded
          .blend(small, isSmall)
          .min(overflow)
          .or(sign)
          .blend(SIGN - 1, isNan)
          .intoArray(words, i);
    }
  }
}
