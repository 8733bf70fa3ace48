package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.method.TensorMerge;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.tensor.Shape;

/// Merges one matrix as [MatrixMerge] does, and thin products of matrices within the directions
/// that they have: for methods that give the same in whatever directions the updates are written.
record ProductMerge(MatrixMerge matrices) implements TensorMerge.OfProducts {
  @Override
  public boolean givesTaskVector() {
    return matrices.givesTaskVector();
  }

  @Override
  public boolean takesLong() {
    return matrices.takesLong();
  }

  @Override
  public long scratch(Shape shape) {
    return matrices.scratch(shape);
  }

  @Override
  public void merge(
      Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    matrices.merge(shape, first, base, models, out);
  }

  @Override
  public void mergeProducts(Shape shape, List<ProductUpdate> updates, MemorySegment out) {
    if (!updates.stream().allMatch(ProductUpdate::isFinite)) {
      MatrixMerge.fill(out, shape, Float.NaN);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      Algebra algebra = Algebra.fastest();
      ProductUpdates inside = ProductUpdates.of(arena, algebra, shape, updates, matrices.weights());
      if (inside.count() == 0) {
        out.fill((byte) 0);
      } else if (!inside.areFinite()) {
        MatrixMerge.fill(out, shape, Float.NaN);
      } else {
        Matrix merged = matrices.combining().combine(arena, algebra, inside);
        MatrixMerge.store(inside.whole(arena, algebra, merged), out);
      }
    }
  }
}
