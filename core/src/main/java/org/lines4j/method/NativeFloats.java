package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Float32 tensors in native memory. Sums run in double.
final class NativeFloats {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private NativeFloats() {}

  static long count(MemorySegment tensor) {
    return tensor.byteSize() / Float.BYTES;
  }

  static float get(MemorySegment tensor, long index) {
    return tensor.get(FLOAT, index * Float.BYTES);
  }

  static void set(MemorySegment tensor, long index, float value) {
    tensor.set(FLOAT, index * Float.BYTES, value);
  }

  /// `tensor -= other`.
  static void subtract(MemorySegment tensor, MemorySegment other) {
    long count = count(tensor);
    for (long i = 0; i < count; i++) {
      set(tensor, i, get(tensor, i) - get(other, i));
    }
  }

  /// `tensor += other`.
  static void add(MemorySegment tensor, MemorySegment other) {
    long count = count(tensor);
    for (long i = 0; i < count; i++) {
      set(tensor, i, get(tensor, i) + get(other, i));
    }
  }

  /// `tensor *= factor`.
  static void multiply(MemorySegment tensor, float factor) {
    long count = count(tensor);
    for (long i = 0; i < count; i++) {
      set(tensor, i, get(tensor, i) * factor);
    }
  }

  /// ‖tensor‖₁.
  static double sumOfMagnitudes(MemorySegment tensor) {
    long count = count(tensor);
    double sum = 0;
    for (long i = 0; i < count; i++) {
      sum += Math.abs(get(tensor, i));
    }
    return sum;
  }
}
