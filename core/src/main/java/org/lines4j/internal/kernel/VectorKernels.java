package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lines4j.tensor.DType;

/// The kernels on the Vector API, for the types that models are stored in; the rest, and the
/// elements behind the last full vector, go to [ScalarKernels].
///
/// In a loop, arithmetic is not called on a value that a round hands on to the next one: the
/// compiler cannot tell of which class it is, leaves a call within the Vector API as it stands if
/// it has not seen enough of them, and the loop stays slow for good.
public final class VectorKernels implements Kernels {
  /// Sets the width of vectors, in bits. For tests.
  public static final String BITS_PROPERTY = "lines4j.vectorBits";

  private static final VectorShape SHAPE = shape();
  static final VectorSpecies<Float> FLOATS = SHAPE.withLanes(float.class);
  static final VectorSpecies<Integer> INTS = SHAPE.withLanes(int.class);
  static final VectorSpecies<Double> DOUBLES = SHAPE.withLanes(double.class);
  private static final VectorShape HALF = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);
  private static final VectorSpecies<Short> SHORTS = HALF.withLanes(short.class);

  /// As many floats as there are lanes of doubles.
  static final VectorSpecies<Float> FEW_FLOATS = HALF.withLanes(float.class);

  /// As many as a whole vector holds.

  private static final int BF16_NAN = 0x7fc0;

  /// All bits of a float32 but its sign: as whole numbers, they are ordered as magnitudes are.
  static final int MAGNITUDE = 0x7fff_ffff;

  private final ScalarKernels scalar = new ScalarKernels();
  private final VectorFloat8 float8 = new VectorFloat8();
  private final short[] halves = new short[TILE];
  private final short[] others = new short[TILE];

  /// The machine's own width if it is 128, 256 or 512 bits, else the nearest of these below it:
  /// vectors of doubles may not be wider than [DifferenceSums#LANES].
  private static VectorShape shape() {
    int bits = Integer.getInteger(BITS_PROPERTY, VectorShape.preferredShape().vectorBitSize());
    return VectorShape.forBitSize(Integer.highestOneBit(Math.clamp(bits, 128, 512)));
  }

  @Override
  public String name() {
    return "vector " + SHAPE.vectorBitSize() + " bits";
  }

  @Override
  public void decode(DType type, MemorySegment source, long offset, float[] target, int count) {
    switch (type) {
      case BF16 -> {
        ScalarKernels.load(source, offset, halves, count);
        decodeBf16(halves, target, count);
      }
      case F8_E4M3 -> float8.decode(Float8.E4M3, source, offset, target, count);
      case F8_E5M2 -> float8.decode(Float8.E5M2, source, offset, target, count);
      default -> scalar.decode(type, source, offset, target, count);
    }
  }

  @Override
  public void encode(DType type, float[] source, MemorySegment target, long offset, int count) {
    switch (type) {
      case BF16 -> {
        encodeBf16(source, halves, count);
        ScalarKernels.store(halves, target, offset, count);
      }
      case F16 -> {
        makeNansCanonical(source, count);
        for (int i = 0; i < count; i++) {
          halves[i] = Float.floatToFloat16(source[i]);
        }
        ScalarKernels.store(halves, target, offset, count);
      }
      case F8_E4M3 -> float8.encode(Float8.E4M3, source, target, offset, count);
      case F8_E5M2 -> float8.encode(Float8.E5M2, source, target, offset, count);
      default -> scalar.encode(type, source, target, offset, count);
    }
  }

  /// Works on arrays, not on memory segments, and so compiles to the same good code early and late.
  private static void decodeBf16(short[] halves, float[] target, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      widenBf16(halves, i).intoArray(target, i);
    }
    ScalarKernels.decodeBf16(halves, target, end, count);
  }

  private static void encodeBf16(float[] source, short[] halves, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      toBf16(FloatVector.fromArray(FLOATS, source, i)).intoArray(halves, i);
    }
    ScalarKernels.encodeBf16(source, halves, end, count);
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
    ScalarKernels.load(base, offset, halves, count);
    ScalarKernels.load(tuned, offset, others, count);
    scaleBf16(halves, others, lambda, count);
    ScalarKernels.store(halves, out, outOffset, count);
  }

  /// Leaves the result in `base`.
  private static void scaleBf16(short[] base, short[] tuned, float lambda, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      FloatVector b = widenBf16(base, i);
      FloatVector t = widenBf16(tuned, i);
      toBf16(b.add(t.sub(b).mul(lambda))).intoArray(base, i);
    }
    ScalarKernels.scaleBf16(base, tuned, lambda, end, count);
  }

  private static FloatVector widenBf16(short[] halves, int from) {
    ShortVector few = ShortVector.fromArray(SHORTS, halves, from);
    IntVector bits = (IntVector) few.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static ShortVector toBf16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    IntVector rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, 16);
    VectorMask<Integer> nan = x.test(VectorOperators.IS_NAN).cast(INTS);
    IntVector result = rounded.blend(BF16_NAN, nan);
    return (ShortVector) result.convertShape(VectorOperators.I2S, SHORTS, 0);
  }

  private static void makeNansCanonical(float[] values, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, i);
      x.blend(Float.NaN, x.test(VectorOperators.IS_NAN)).intoArray(values, i);
    }
    for (int i = end; i < count; i++) {
      values[i] = Float.intBitsToFloat(Float.floatToIntBits(values[i]));
    }
  }

  @Override
  public void scale(float[] base, float[] tuned, float lambda, float[] out, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      FloatVector b = FloatVector.fromArray(FLOATS, base, i);
      FloatVector t = FloatVector.fromArray(FLOATS, tuned, i);
      b.add(t.sub(b).mul(lambda)).intoArray(out, i);
    }
    ScalarKernels.scale(base, tuned, lambda, out, end, count);
  }

  @Override
  public float largestMagnitude(float[] values, int from, int end) {
    int last = from + FLOATS.loopBound(end - from);
    IntVector largest = IntVector.zero(INTS);
    for (int i = from; i < last; i += FLOATS.length()) {
      IntVector bits = FloatVector.fromArray(FLOATS, values, i).reinterpretAsInts();
      largest = bits.and(MAGNITUDE).max(largest);
    }
    float rest = ScalarKernels.largest(values, last, end);
    return Math.max(Float.intBitsToFloat(largest.reduceLanes(VectorOperators.MAX)), rest);
  }

  /// The lanes of a tile are taken as many at a time as one vector of doubles holds, each group in
  /// a loop of its own over the tile, which stays in the first-level cache.
  @Override
  public void difference(float[] base, float[] tuned, int count, DifferenceSums sums) {
    int end = count - count % DifferenceSums.LANES;
    ScalarKernels.TileSums lanes = new ScalarKernels.TileSums();
    for (int lane = 0; lane < DifferenceSums.LANES; lane += DOUBLES.length()) {
      differenceLanes(base, tuned, lane, end, lanes);
    }
    ScalarKernels.difference(base, tuned, end, count, lanes, sums);
  }

  private static void differenceLanes(
      float[] base, float[] tuned, int lane, int end, ScalarKernels.TileSums lanes) {
    DoubleVector zero = DoubleVector.zero(DOUBLES);
    DoubleVector tauSquared = zero;
    DoubleVector tauAbsolute = zero;
    DoubleVector baseSquared = zero;
    DoubleVector tunedSquared = zero;
    DoubleVector product = zero;
    DoubleVector largest = zero;
    long zeros = 0;
    for (int i = lane; i < end; i += DifferenceSums.LANES) {
      FloatVector narrowBase = FloatVector.fromArray(FEW_FLOATS, base, i);
      FloatVector narrowTuned = FloatVector.fromArray(FEW_FLOATS, tuned, i);
      DoubleVector b = widen(narrowBase);
      DoubleVector t = widen(narrowTuned);
      DoubleVector tau = widen(narrowTuned.sub(narrowBase));
      DoubleVector magnitude = tau.abs();
      tauSquared = tau.mul(tau).add(tauSquared);
      tauAbsolute = magnitude.add(tauAbsolute);
      baseSquared = b.mul(b).add(baseSquared);
      tunedSquared = t.mul(t).add(tunedSquared);
      product = b.mul(t).add(product);
      largest = magnitude.max(largest);
      zeros += tau.compare(VectorOperators.EQ, 0).trueCount();
    }
    tauSquared.intoArray(lanes.tauSquared, lane);
    tauAbsolute.intoArray(lanes.tauAbsolute, lane);
    baseSquared.intoArray(lanes.baseSquared, lane);
    tunedSquared.intoArray(lanes.tunedSquared, lane);
    product.intoArray(lanes.product, lane);
    lanes.tauLargest = Math.max(lanes.tauLargest, largest.reduceLanes(VectorOperators.MAX));
    lanes.zeros += zeros;
  }

  static FloatVector tau(float[] base, float[] model, int from) {
    return FloatVector.fromArray(FLOATS, model, from)
        .sub(FloatVector.fromArray(FLOATS, base, from));
  }

  static DoubleVector widen(FloatVector few) {
    return (DoubleVector) few.convertShape(VectorOperators.F2D, DOUBLES, 0);
  }
}
