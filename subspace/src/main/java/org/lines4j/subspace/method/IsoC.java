package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.List;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// Iso-C: the sum of the updates with all its singular values made equal.
public final class IsoC extends SubspaceMethod {
  /// For `ServiceLoader`.
  public IsoC() {
    super(
        new Words(
            "iso_c",
            "the sum of the updates with equal singular values",
            "Marczak et al., No Task Left Behind, ICML 2025, arXiv 2502.04959",
            "Στᵢ = U·S·Vᵀ; τ = mean(S)·U·Vᵀ",
            "one eigendecomposition of r × r for each matrix, r its smaller extent, whatever the"
                + " number of models: the cheapest of its kind",
            "CLIP ViT-B/32, 8 tasks, 86.3 where ties has 75.1 (ViT-L/14 94.2 and 86.9, one table of"
                + " 2026); lambda 1.5 in the authors' settings for CLIP. With more tasks iso_cts"
                + " keeps up longer. Language models: not better than task_arithmetic in general"
                + " (arXiv 2511.21437); tune decides"),
        List.of(),
        _ -> new Isotropic());
  }

  /// mean(S)·polar(Στ), where ΣS = ⟨polar(Στ), Στ⟩.
  record Isotropic() implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      Matrix sum = updates.sum(arena);
      Matrix polar = algebra.polar(arena, sum);
      polar.scale(polar.dot(sum) / updates.least());
      return polar;
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return 2 * Combining.bytes(rows, cols) + Algebra.strongestMemory(rows, cols);
    }
  }
}
