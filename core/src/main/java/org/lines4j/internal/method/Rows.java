package org.lines4j.internal.method;

import java.lang.foreign.MemorySegment;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.tensor.Shape;

/// A tensor as vectors: one after the other, or side by side.
///
/// @param count how many there are
/// @param length of each
/// @param stride how far apart its elements lie: 1, or `count`
record Rows(long count, long length, long stride) {
  /// The whole tensor as one vector.
  static Rows flat(Shape shape) {
    return new Rows(1, shape.elements(), 1);
  }

  /// Vectors along the last extent.
  static Rows last(Shape shape) {
    if (shape.rank() == 0 || shape.elements() == 0) {
      return flat(shape);
    }
    long length = shape.dims().getLast();
    return new Rows(shape.elements() / length, length, 1);
  }

  /// Vectors along the first extent.
  static Rows first(Shape shape) {
    if (shape.rank() == 0 || shape.elements() == 0) {
      return flat(shape);
    }
    long length = shape.dims().getFirst();
    long stride = shape.elements() / length;
    return new Rows(stride, length, stride);
  }

  /// Copies elements of one vector, from its element `from` on, into `values`.
  void load(MemorySegment tensor, long row, long from, float[] values, int count) {
    long first = index(row, from);
    if (stride == 1) {
      NativeFloats.load(tensor, first, values, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      values[i] = NativeFloats.get(tensor, first + i * stride);
    }
  }

  /// Copies `values` to the elements of one vector, from its element `from` on.
  void store(float[] values, MemorySegment tensor, long row, long from, int count) {
    long first = index(row, from);
    if (stride == 1) {
      NativeFloats.store(values, tensor, first, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      NativeFloats.set(tensor, first + i * stride, values[i]);
    }
  }

  private long index(long row, long i) {
    return stride == 1 ? row * length + i : row + i * stride;
  }

  /// What is done with a piece of a vector.
  @FunctionalInterface
  interface Task {
    /// Takes elements from `from` on of each tensor's vector.
    void accept(long from, float[][] values, int count);
  }

  /// Hands one vector of each tensor to `task`, in pieces, in their order.
  void read(MemorySegment[] tensors, long row, Task task) {
    float[][] values = new float[tensors.length][(int) Math.min(Kernels.TILE, length)];
    for (long from = 0; from < length; from += Kernels.TILE) {
      int count = (int) Math.min(Kernels.TILE, length - from);
      for (int t = 0; t < tensors.length; t++) {
        load(tensors[t], row, from, values[t], count);
      }
      task.accept(from, values, count);
    }
  }

  /// Σ x·y over one vector for each two tensors.
  double[][] products(MemorySegment[] tensors, long row) {
    double[][] products = new double[tensors.length][tensors.length];
    read(
        tensors,
        row,
        (_, values, count) -> {
          for (int a = 0; a < values.length; a++) {
            for (int b = 0; b <= a; b++) {
              products[a][b] = addProduct(products[a][b], values[a], values[b], count);
              products[b][a] = products[a][b];
            }
          }
        });
    return products;
  }

  private static double addProduct(double sum, float[] a, float[] b, int count) {
    double result = sum;
    for (int i = 0; i < count; i++) {
      result += (double) a[i] * b[i];
    }
    return result;
  }
}
