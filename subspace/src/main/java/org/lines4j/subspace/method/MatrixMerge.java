package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.lines4j.method.TensorMerge;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.tensor.Shape;

/// Merges one matrix as a whole, on one thread.
///
/// Where all updates are zero, so is the result; where one has an element that is not finite, all
/// of the result is NaN, since every element depends on every other.
///
/// @param weights what each update is multiplied by
record MatrixMerge(Combining combining, List<Double> weights) implements TensorMerge.WholeTensor {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public boolean takesLong() {
    return !Algebra.fastest().isOnHeap();
  }

  @Override
  public long scratch(Shape shape) {
    return combining.memory(shape.dims().getFirst(), shape.dims().getLast(), weights.size());
  }

  @Override
  public void merge(
      Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    int rows = Math.toIntExact(shape.dims().getFirst());
    int cols = Math.toIntExact(shape.dims().getLast());
    Updates updates = new StoredUpdates(rows, cols, base, models, weights);
    if (updates.count() == 0) {
      out.fill((byte) 0);
    } else if (!updates.areFinite()) {
      fill(out, shape, Float.NaN);
    } else {
      try (Arena arena = Arena.ofConfined()) {
        store(combining.combine(arena, Algebra.fastest(), updates), out);
      }
    }
  }

  static void fill(MemorySegment out, Shape shape, float value) {
    for (long i = 0; i < shape.elements(); i++) {
      out.setAtIndex(FLOAT, i, value);
    }
  }

  static Matrix load(Arena arena, MemorySegment floats, int rows, int cols) {
    Matrix matrix = Matrix.zeros(arena, rows, cols);
    double[] values = new double[cols];
    float[] narrow = new float[cols];
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(floats, FLOAT, (long) row * cols * Float.BYTES, narrow, 0, cols);
      for (int col = 0; col < cols; col++) {
        values[col] = narrow[col];
      }
      matrix.store(values, row, 0, cols);
    }
    return matrix;
  }

  static void store(Matrix matrix, MemorySegment out) {
    double[] values = new double[matrix.cols()];
    float[] narrow = new float[matrix.cols()];
    for (int row = 0; row < matrix.rows(); row++) {
      matrix.load(row, 0, values, values.length);
      for (int col = 0; col < narrow.length; col++) {
        narrow[col] = (float) values[col];
      }
      long offset = (long) row * narrow.length * Float.BYTES;
      MemorySegment.copy(narrow, 0, out, FLOAT, offset, narrow.length);
    }
  }
}
