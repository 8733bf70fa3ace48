package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lines4j.tensor.DType;

/// The kernels in plain Java: the specification of what [VectorKernels] must give.
public final class ScalarKernels implements Kernels {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int BF16_NAN = 0x7fc0;
  private static final short F16_NAN = 0x7e00;

  private final short[] halves = new short[TILE];
  private final short[] others = new short[TILE];

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void decode(DType type, MemorySegment source, long offset, float[] target, int count) {
    switch (type) {
      case F32 -> MemorySegment.copy(source, FLOAT, offset, target, 0, count);
      case BF16 -> {
        load(source, offset, halves, count);
        decodeBf16(halves, target, 0, count);
      }
      case F16 -> {
        load(source, offset, halves, count);
        for (int i = 0; i < count; i++) {
          target[i] = Float.float16ToFloat(halves[i]);
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          target[i] = (float) source.get(DOUBLE, offset + 8L * i);
        }
      }
      case F8_E4M3 -> decodeFloat8(Float8.E4M3, source, offset, target, count);
      case F8_E5M2 -> decodeFloat8(Float8.E5M2, source, offset, target, count);
      default -> throw new IllegalArgumentException(type + " takes no part in arithmetic");
    }
  }

  @Override
  public void encode(DType type, float[] source, MemorySegment target, long offset, int count) {
    switch (type) {
      case F32 -> encodeF32(source, target, offset, count);
      case BF16 -> {
        encodeBf16(source, halves, 0, count);
        store(halves, target, offset, count);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          float x = source[i];
          halves[i] = Float.isNaN(x) ? F16_NAN : Float.floatToFloat16(x);
        }
        store(halves, target, offset, count);
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          float x = source[i];
          target.set(DOUBLE, offset + 8L * i, Float.isNaN(x) ? Double.NaN : x);
        }
      }
      case F8_E4M3 -> encodeFloat8(Float8.E4M3, source, target, offset, count);
      case F8_E5M2 -> encodeFloat8(Float8.E5M2, source, target, offset, count);
      default -> throw new IllegalArgumentException(type + " takes no part in arithmetic");
    }
  }

  @Override
  public void scale(float[] base, float[] tuned, float lambda, float[] out, int count) {
    scale(base, tuned, lambda, out, 0, count);
  }

  @Override
  public void scaleBf16(
      MemorySegment base,
      MemorySegment tuned,
      long offset,
      float lambda,
      MemorySegment out,
      long outOffset,
      int count) {
    load(base, offset, halves, count);
    load(tuned, offset, others, count);
    scaleBf16(halves, others, lambda, 0, count);
    store(halves, out, outOffset, count);
  }

  /// Leaves the result in `base`.
  static void scaleBf16(short[] base, short[] tuned, float lambda, int from, int count) {
    for (int i = from; i < count; i++) {
      float b = Float.intBitsToFloat(base[i] << 16);
      float d = Float.intBitsToFloat(tuned[i] << 16) - b;
      float s = d * lambda;
      base[i] = toBf16(b + s);
    }
  }

  @Override
  public void difference(float[] base, float[] tuned, int count, DifferenceSums sums) {
    difference(base, tuned, 0, count, new TileSums(), sums);
  }

  static void decodeBf16(short[] halves, float[] target, int from, int count) {
    for (int i = from; i < count; i++) {
      target[i] = Float.intBitsToFloat(halves[i] << 16);
    }
  }

  private static void encodeF32(float[] source, MemorySegment target, long offset, int count) {
    for (int i = 0; i < count; i++) {
      source[i] = Float.isNaN(source[i]) ? Float.NaN : source[i];
    }
    MemorySegment.copy(source, 0, target, FLOAT, offset, count);
  }

  /// bfloat16 is the upper half of a float32: adding just under half of the last kept bit, and one
  /// more where that bit is odd, carries into it exactly when it must round up.
  ///
  /// ```
  ///   s eeeeeeee mmmmmmm|m mmmm mmmm mmmm mmm     + 0x7fff + last kept bit
  /// ```
  static void encodeBf16(float[] source, short[] halves, int from, int count) {
    for (int i = from; i < count; i++) {
      halves[i] = toBf16(source[i]);
    }
  }

  private static short toBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    return (short) (Float.isNaN(x) ? BF16_NAN : rounded);
  }

  /// Copies 16-bit elements into an array: loops over arrays compile to good code early, loops over
  /// memory segments late.
  static void load(MemorySegment source, long offset, short[] halves, int count) {
    MemorySegment.copy(source, SHORT, offset, halves, 0, count);
  }

  static void store(short[] halves, MemorySegment target, long offset, int count) {
    MemorySegment.copy(halves, 0, target, SHORT, offset, count);
  }

  static void scale(float[] base, float[] tuned, float lambda, float[] out, int from, int count) {
    for (int i = from; i < count; i++) {
      float d = tuned[i] - base[i];
      float s = d * lambda;
      out[i] = base[i] + s;
    }
  }

  /// Adds the elements from `from` on to the lanes, then the lanes to `sums`.
  static void difference(
      float[] base, float[] tuned, int from, int count, TileSums lanes, DifferenceSums sums) {
    for (int i = from; i < count; i++) {
      int lane = i % DifferenceSums.LANES;
      double b = base[i];
      double t = tuned[i];
      double tau = tuned[i] - base[i];
      lanes.tauSquared[lane] += tau * tau;
      lanes.tauAbsolute[lane] += Math.abs(tau);
      lanes.baseSquared[lane] += b * b;
      lanes.tunedSquared[lane] += t * t;
      lanes.product[lane] += b * t;
      lanes.tauLargest = Math.max(lanes.tauLargest, Math.abs(tau));
      lanes.zeros += tau == 0 ? 1 : 0;
    }
    lanes.addTo(sums, count);
  }

  @Override
  public float largestMagnitude(float[] values, int from, int end) {
    return largest(values, from, end);
  }

  static float largest(float[] values, int from, int end) {
    float largest = 0;
    for (int i = from; i < end; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static void decodeFloat8(
      Float8 type, MemorySegment source, long offset, float[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = type.decode(source.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff);
    }
  }

  private static void encodeFloat8(
      Float8 type, float[] source, MemorySegment target, long offset, int count) {
    for (int i = 0; i < count; i++) {
      target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) type.encode(source[i]));
    }
  }

  /// The lanes of one tile.
  static final class TileSums {
    final double[] tauSquared = new double[DifferenceSums.LANES];
    final double[] tauAbsolute = new double[DifferenceSums.LANES];
    final double[] baseSquared = new double[DifferenceSums.LANES];
    final double[] tunedSquared = new double[DifferenceSums.LANES];
    final double[] product = new double[DifferenceSums.LANES];
    double tauLargest;
    long zeros;

    private void addTo(DifferenceSums sums, int count) {
      sums.tauSquared += DifferenceSums.tree(tauSquared);
      sums.tauAbsolute += DifferenceSums.tree(tauAbsolute);
      sums.baseSquared += DifferenceSums.tree(baseSquared);
      sums.tunedSquared += DifferenceSums.tree(tunedSquared);
      sums.product += DifferenceSums.tree(product);
      sums.tauLargest = Math.max(sums.tauLargest, tauLargest);
      sums.zeros += zeros;
      sums.elements += count;
    }
  }
}
