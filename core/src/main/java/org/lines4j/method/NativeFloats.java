package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Float32 tensors in native memory. Sums run in double, in four strands by index, so that they are
/// the same on every machine.
final class NativeFloats {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int STRANDS = 4;

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

  /// `target += factor · tensor`.
  static void addScaled(MemorySegment target, float factor, MemorySegment tensor) {
    long count = count(target);
    for (long i = 0; i < count; i++) {
      set(target, i, get(target, i) + factor * get(tensor, i));
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

  /// ‖tensor‖₂.
  static double norm(MemorySegment tensor) {
    return Math.sqrt(dot(tensor, tensor));
  }

  /// Σ a·b.
  static double dot(MemorySegment a, MemorySegment b) {
    long count = count(a);
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    long i = 0;
    for (; i + STRANDS <= count; i += STRANDS) {
      s0 += (double) get(a, i) * get(b, i);
      s1 += (double) get(a, i + 1) * get(b, i + 1);
      s2 += (double) get(a, i + 2) * get(b, i + 2);
      s3 += (double) get(a, i + 3) * get(b, i + 3);
    }
    for (; i < count; i++) {
      s0 += (double) get(a, i) * get(b, i);
    }
    return (s0 + s1) + (s2 + s3);
  }
}
