package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.List;
import org.lines4j.method.Values;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// STAR: each update without its weak directions, the strong ones rescaled.
public final class Star extends SubspaceMethod {
  private static final String ETA = "eta";

  /// For `ServiceLoader`.
  public Star() {
    super(
        new Words(
            "star",
            "the mean of the updates without their weak singular directions, rescaled",
            "Lee et al., STAR: Spectral Truncation and Rescale for Model Merging, NAACL 2025, arXiv"
                + " 2502.10339",
            "τᵢ = Σ σⱼuⱼvⱼᵀ, K the least with Σ_{j≤K} σⱼ ≥ η·Σσⱼ;"
                + " τ = (1/N)·Σᵢ (Σσⱼ/Σ_{j≤K} σⱼ)·Σ_{j≤K} σⱼuⱼvⱼᵀ",
            "N eigendecompositions of r × r for each matrix, r its smaller extent",
            "made for language models; no comparison with the others here on one table is known"),
        List.of(
            global(
                ETA,
                Values.FRACTION,
                0.4,
                "which part of the sum of the singular values the kept ones reach")),
        settings -> new Truncated(settings.number(ETA)));
  }

  /// @param eta the part of the nuclear norm that is kept
  record Truncated(double eta) implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      Matrix merged = Matrix.zeros(arena, updates.rows(), updates.cols());
      for (int i = 0; i < updates.count(); i++) {
        try (Arena scratch = Arena.ofConfined()) {
          Svd all = algebra.strongest(scratch, updates.update(i), updates.least());
          Svd kept = kept(all);
          kept.u().scaleColumns(kept.s());
          double factor = all.sum() / kept.sum() / updates.models();
          algebra.addProduct(factor, kept.u(), kept.vt(), merged);
        }
      }
      return merged;
    }

    private Svd kept(Svd all) {
      double wanted = eta * all.sum();
      double sum = 0;
      int count = 0;
      do {
        sum += all.s()[count++];
      } while (sum < wanted && count < all.s().length);
      return all.first(count);
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return Combining.bytes(rows, cols)
          + StoredUpdates.panels(rows, cols)
          + Combining.bytes(Math.min(rows, cols), rows + cols)
          + Algebra.strongestMemory(rows, cols);
    }
  }
}
