package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import org.lines4j.method.TensorMerge;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;
import org.lines4j.tensor.Shape;

/// A matrix that another method merges, with its singular values calibrated.
///
/// Where the merged update or a model's has an element that is not finite, all of the result is
/// NaN.
///
/// @param floor the least that a model counts in a direction
/// @param models N
record CalibratedMerge(TensorMerge merge, double floor, int models)
    implements TensorMerge.WholeTensor {
  /// Below which a direction is none of a model's.
  private static final double LEAST_SQUARES = 1e-12;

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
    long rows = shape.dims().getFirst();
    long cols = shape.dims().getLast();
    long own = 4 * Combining.bytes(rows, cols) + Algebra.strongestMemory(rows, cols);
    return merge instanceof TensorMerge.WholeTensor whole
        ? whole.scratch(shape) + (long) models * Float.BYTES * shape.elements() + own
        : own;
  }

  @Override
  public void merge(
      Shape shape, long first, MemorySegment base, MemorySegment[] tuned, MemorySegment out) {
    int rows = Math.toIntExact(shape.dims().getFirst());
    int cols = Math.toIntExact(shape.dims().getLast());
    new TensorInMemory(shape, base, tuned).merge(merge, out);
    Updates updates =
        new StoredUpdates(rows, cols, base, tuned, Collections.nCopies(tuned.length, 1.0));
    try (Arena arena = Arena.ofConfined()) {
      Matrix merged = MatrixMerge.load(arena, out, rows, cols);
      double squares = merged.sumOfSquares();
      if (!Double.isFinite(squares) || !updates.areFinite()) {
        MatrixMerge.fill(out, shape, Float.NaN);
      } else if (squares != 0) {
        MatrixMerge.store(calibrated(arena, Algebra.fastest(), merged, updates), out);
      }
    }
  }

  /// U·diag(γS)·Vᵀ.
  Matrix calibrated(Arena arena, Algebra algebra, Matrix merged, Updates updates) {
    Svd svd = algebra.strongest(arena, merged, updates.least());
    double[] counted = new double[svd.s().length];
    Arrays.fill(counted, (models - updates.count()) * floor);
    for (int i = 0; i < updates.count(); i++) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix along = algebra.transposedProduct(scratch, svd.u(), updates.get(scratch, i));
        double[] norms = along.rowNorms();
        for (int r = 0; r < counted.length; r++) {
          double common = svd.s()[r] * along.rows(r, r + 1).dot(svd.vt().rows(r, r + 1));
          counted[r] += Math.max(floor, common / Math.max(norms[r] * norms[r], LEAST_SQUARES));
        }
      }
    }
    double[] values = new double[counted.length];
    Arrays.setAll(values, r -> svd.s()[r] * models / counted[r]);
    svd.u().scaleColumns(values);
    return algebra.product(arena, svd.u(), svd.vt());
  }
}
