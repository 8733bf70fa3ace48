package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.tensor.Shape;

/// A tensor as vectors: how many, how long, how far apart their elements lie and where each starts.
///
/// @param inner how many vectors start at consecutive elements, before the next such group
record Rows(long count, long length, long stride, long inner) {
  /// The whole tensor as one vector.
  static Rows flat(Shape shape) {
    return new Rows(1, shape.elements(), 1, 1);
  }

  /// Vectors along the last extent.
  static Rows last(Shape shape) {
    if (shape.rank() == 0 || shape.elements() == 0) {
      return flat(shape);
    }
    long length = shape.dims().getLast();
    return new Rows(shape.elements() / length, length, 1, 1);
  }

  /// Vectors along the first extent.
  static Rows first(Shape shape) {
    if (shape.rank() == 0 || shape.elements() == 0) {
      return flat(shape);
    }
    long length = shape.dims().getFirst();
    long stride = shape.elements() / length;
    return new Rows(stride, length, stride, stride);
  }

  /// The index of element `i` of vector `row`.
  long index(long row, long i) {
    return row / inner * (inner * length) + row % inner * (stride == 1 ? length : 1) + i * stride;
  }

  /// Σ x·y over one vector for each two tensors.
  double[][] products(MemorySegment[] tensors, long row) {
    double[][] products = new double[tensors.length][tensors.length];
    for (int a = 0; a < tensors.length; a++) {
      for (int b = 0; b <= a; b++) {
        double product = dot(tensors[a], tensors[b], row);
        products[a][b] = product;
        products[b][a] = product;
      }
    }
    return products;
  }

  private double dot(MemorySegment a, MemorySegment b, long row) {
    double sum = 0;
    for (long i = 0; i < length; i++) {
      long index = index(row, i);
      sum += (double) NativeFloats.get(a, index) * NativeFloats.get(b, index);
    }
    return sum;
  }

  /// `out = first·a + second·b` over one vector.
  void combine(
      MemorySegment a, double first, MemorySegment b, double second, MemorySegment out, long row) {
    float f = (float) first;
    float s = (float) second;
    for (long i = 0; i < length; i++) {
      long index = index(row, i);
      NativeFloats.set(out, index, f * NativeFloats.get(a, index) + s * NativeFloats.get(b, index));
    }
  }
}
