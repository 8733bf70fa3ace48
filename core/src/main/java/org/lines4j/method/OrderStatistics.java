package org.lines4j.method;

import java.lang.foreign.MemorySegment;

/// Which elements of a tensor are its largest, found without sorting: by counting the upper halves
/// of their bits, then the lower halves of those that share the wanted upper half. Float32 values
/// without sign are in the order of their bits; with sign, once negative ones are flipped.
final class OrderStatistics {
  private static final int HALF = 1 << 16;
  private static final int MAGNITUDE = 0x7fffffff;

  private OrderStatistics() {}

  /// The value that has `rank` smaller or equal ones before it when they are sorted.
  static float value(MemorySegment tensor, long rank) {
    int key = key(tensor, rank, false);
    return Float.intBitsToFloat(key < 0 ? key & MAGNITUDE : ~key);
  }

  /// Sets to zero all but the elements whose magnitudes have ranks `low` ≤ r < `high` in ascending
  /// order. Of equal magnitudes, the earlier element counts as the larger.
  static void keepMagnitudes(MemorySegment tensor, long low, long high) {
    long count = NativeFloats.count(tensor);
    if (low >= high) {
      tensor.fill((byte) 0);
      return;
    }
    int least = key(tensor, low, true);
    int most = key(tensor, high - 1, true);
    long[] rank = new long[2]; // how many are below `least`; how many are below or at `most`
    for (long i = 0; i < count; i++) {
      int key = magnitude(tensor, i);
      rank[0] += key < least ? 1 : 0;
      rank[1] += key <= most ? 1 : 0;
    }
    long equalToLeast = countOf(tensor, least);
    long keepLeast = rank[0] + equalToLeast - low;
    long dropMost = rank[1] - high;
    for (long i = 0; i < count; i++) {
      int key = magnitude(tensor, i);
      boolean keep = key >= least && key <= most;
      if (key == most && dropMost > 0) {
        dropMost--;
        keep = false;
      }
      if (key == least && keepLeast-- <= 0) {
        keep = false;
      }
      if (!keep) {
        NativeFloats.set(tensor, i, 0);
      }
    }
  }

  private static long countOf(MemorySegment tensor, int wanted) {
    long count = NativeFloats.count(tensor);
    long found = 0;
    for (long i = 0; i < count; i++) {
      found += magnitude(tensor, i) == wanted ? 1 : 0;
    }
    return found;
  }

  /// The key, in unsigned order, of the element of that rank.
  private static int key(MemorySegment tensor, long rank, boolean magnitudes) {
    long count = NativeFloats.count(tensor);
    long[] upper = new long[HALF];
    for (long i = 0; i < count; i++) {
      upper[key(tensor, i, magnitudes, MAGNITUDE) >>> 16]++;
    }
    int half = 0;
    long before = 0;
    while (before + upper[half] <= rank) {
      before += upper[half++];
    }
    long[] lower = new long[HALF];
    for (long i = 0; i < count; i++) {
      int key = key(tensor, i, magnitudes, MAGNITUDE);
      if (key >>> 16 == half) {
        lower[key & (HALF - 1)]++;
      }
    }
    int rest = 0;
    while (before + lower[rest] <= rank) {
      before += lower[rest++];
    }
    return half << 16 | rest;
  }

  private static int key(MemorySegment tensor, long index, boolean magnitudes, int mask) {
    int bits = Float.floatToIntBits(NativeFloats.get(tensor, index));
    return magnitudes ? bits & mask : bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
  }

  private static int magnitude(MemorySegment tensor, long index) {
    return Float.floatToIntBits(NativeFloats.get(tensor, index)) & MAGNITUDE;
  }
}
