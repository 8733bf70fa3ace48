package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.lines4j.tensor.Shape;

/// Each model's task vector made sparse over a whole tensor, then all mixed.
///
/// @param pruners one for each model
/// @param preservesNorm whether each is scaled afterwards to the ‖·‖₁ it had before
record SparseTaskVectors(List<Pruner> pruners, boolean preservesNorm, Mixture mixture)
    implements TensorMerge.WholeTensor {
  private static final int TILE = 4096;
  private static final double LEAST_NORM = 1e-7;

  /// Sets some elements of a task vector to zero.
  @FunctionalInterface
  interface Pruner {
    /// Prunes in place.
    void prune(Shape shape, MemorySegment delta);
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    for (int m = 0; m < models.length; m++) {
      NativeFloats.subtract(models[m], base);
      double before = preservesNorm ? NativeFloats.sumOfMagnitudes(models[m]) : 0;
      pruners.get(m).prune(shape, models[m]);
      double after = preservesNorm ? NativeFloats.sumOfMagnitudes(models[m]) : 0;
      if (before >= LEAST_NORM && after >= LEAST_NORM) {
        NativeFloats.multiply(models[m], (float) (before / after));
      }
    }
    float[][] deltas = new float[models.length][TILE];
    float[] mixed = new float[TILE];
    long total = NativeFloats.count(out);
    for (long first = 0; first < total; first += TILE) {
      int count = (int) Math.min(TILE, total - first);
      for (int m = 0; m < models.length; m++) {
        MemorySegment.copy(
            models[m], ValueLayout.JAVA_FLOAT, first * Float.BYTES, deltas[m], 0, count);
      }
      mixture.mix(deltas, mixed, count);
      MemorySegment.copy(mixed, 0, out, ValueLayout.JAVA_FLOAT, first * Float.BYTES, count);
    }
  }
}
