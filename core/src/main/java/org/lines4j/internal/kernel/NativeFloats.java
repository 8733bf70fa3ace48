package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Float32 tensors in native memory, little-endian. Sums run in double.
public final class NativeFloats {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private NativeFloats() {}

  /// How many elements there are.
  public static long count(MemorySegment tensor) {
    return tensor.byteSize() / Float.BYTES;
  }

  /// The element at `index`.
  public static float get(MemorySegment tensor, long index) {
    return tensor.get(FLOAT, index * Float.BYTES);
  }

  /// Sets the element at `index`.
  public static void set(MemorySegment tensor, long index, float value) {
    tensor.set(FLOAT, index * Float.BYTES, value);
  }

  /// Copies elements from `first` on into `values`.
  public static void load(MemorySegment tensor, long first, float[] values, int count) {
    MemorySegment.copy(tensor, FLOAT, first * Float.BYTES, values, 0, count);
  }

  /// Copies `values` to where the elements from `first` on are.
  public static void store(float[] values, MemorySegment tensor, long first, int count) {
    MemorySegment.copy(values, 0, tensor, FLOAT, first * Float.BYTES, count);
  }

  /// `tensor -= other`.
  public static void subtract(MemorySegment tensor, MemorySegment other) {
    change(
        tensor,
        other,
        (values, others, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] -= others[i];
          }
        });
  }

  /// `tensor += other`.
  public static void add(MemorySegment tensor, MemorySegment other) {
    change(
        tensor,
        other,
        (values, others, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] += others[i];
          }
        });
  }

  /// Changes a tile by another.
  @FunctionalInterface
  private interface Change {
    void apply(float[] values, float[] others, int count);
  }

  /// In arrays, where the compiler has vectors.
  private static void change(MemorySegment tensor, MemorySegment other, Change change) {
    float[] values = new float[Kernels.TILE];
    float[] others = new float[Kernels.TILE];
    long total = count(tensor);
    for (long first = 0; first < total; first += Kernels.TILE) {
      int count = (int) Math.min(Kernels.TILE, total - first);
      load(tensor, first, values, count);
      load(other, first, others, count);
      change.apply(values, others, count);
      store(values, tensor, first, count);
    }
  }

  /// `tensor *= factor`.
  public static void multiply(MemorySegment tensor, float factor) {
    long count = count(tensor);
    for (long i = 0; i < count; i++) {
      set(tensor, i, get(tensor, i) * factor);
    }
  }

  /// ‖tensor‖₁.
  public static double sumOfMagnitudes(MemorySegment tensor) {
    long count = count(tensor);
    double sum = 0;
    for (long i = 0; i < count; i++) {
      sum += Math.abs(get(tensor, i));
    }
    return sum;
  }
}
