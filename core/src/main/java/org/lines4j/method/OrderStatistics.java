package org.lines4j.method;

import java.lang.foreign.MemorySegment;

/// The element of some rank of a tensor, found without sorting: by counting the upper halves of the
/// elements' bits, then the lower halves of those that share the wanted upper half. Float32 values
/// are in the order of their bits once negative ones are flipped.
final class OrderStatistics {
  private static final int HALF = 1 << 16;
  private static final int MAGNITUDE = 0x7fffffff;

  private OrderStatistics() {}

  /// The value that has `rank` smaller or equal ones before it when they are sorted.
  static float value(MemorySegment tensor, long rank) {
    int key = key(tensor, rank);
    return Float.intBitsToFloat(key < 0 ? key & MAGNITUDE : ~key);
  }

  /// The key, in unsigned order, of the element of that rank.
  private static int key(MemorySegment tensor, long rank) {
    long count = NativeFloats.count(tensor);
    long[] upper = new long[HALF];
    for (long i = 0; i < count; i++) {
      upper[keyAt(tensor, i) >>> 16]++;
    }
    int half = 0;
    long before = 0;
    while (before + upper[half] <= rank) {
      before += upper[half++];
    }
    long[] lower = new long[HALF];
    for (long i = 0; i < count; i++) {
      int key = keyAt(tensor, i);
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

  private static int keyAt(MemorySegment tensor, long index) {
    int bits = Float.floatToIntBits(NativeFloats.get(tensor, index));
    return bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
  }
}
