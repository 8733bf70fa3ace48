package org.lines4j.internal.method;

import java.nio.charset.StandardCharsets;

/// Uniform random numbers that depend on nothing but the seed, the tensor's name, the model, and
/// the element: whatever the order, threads or shards, element `i` draws the same number.
///
/// The key and the element's index go through the finaliser of SplitMix64 (Steele, Lea and Flood,
/// OOPSLA 2014), whose successive outputs pass BigCrush.
final class CounterRandom {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private static final int BITS = 24;

  private final long key;

  CounterRandom(long seed, String tensor, int model) {
    long hash = FNV_OFFSET;
    for (byte b : tensor.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    this.key = mix(mix(mix(seed) + hash) + GOLDEN * (model + 1L));
  }

  /// Element `index`'s number: one of 2²⁴ in [0, 1).
  float at(long index) {
    return bits(index) * 0x1p-24f;
  }

  /// `value` if element `index`'s number is below `probability`, else zero. Without a branch, which
  /// no processor could foresee.
  float kept(float probability, long index, float value) {
    // the bits of numbers that are not negative are in their order
    int keep = (Float.floatToRawIntBits(at(index)) - Float.floatToRawIntBits(probability)) >> 31;
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) & keep);
  }

  /// Sets each value to zero whose element's number is not below `probability`, the others times
  /// `factor`. Without a branch, which no processor could foresee.
  ///
  /// @param first the index of the first element
  void drop(float probability, float factor, long first, float[] values, int count) {
    int limit = (int) Math.ceil((double) probability * (1 << BITS));
    for (int i = 0; i < count; i++) {
      int keep = (bits(first + i) - limit) >> 31; // all ones or none
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i] * factor) & keep);
    }
  }

  private int bits(long index) {
    return (int) (mix(key + GOLDEN * (index + 1)) >>> (Long.SIZE - BITS));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
