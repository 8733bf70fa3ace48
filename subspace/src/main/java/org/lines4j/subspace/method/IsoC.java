package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.List;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Panelled;

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
            "CLIP, 8 tasks, published in one table with lambda chosen on validation data: ViT-B/32"
                + " 86.3, ViT-L/14 94.2, where ties has 75.1 and 86.9; with more tasks iso_cts"
                + " keeps up longer. Where experts are distinct and fully fine-tuned; for language"
                + " models in the wild task_arithmetic is the reliable one (arXiv 2511.21437). Not"
                + " for models that low-rank adapters were merged into: rounding becomes as strong"
                + " as what they learnt"),
        List.of(),
        _ -> new Isotropic());
  }

  /// mean(S)·polar(Στ), where ΣS = ⟨polar(Στ), Στ⟩.
  record Isotropic() implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      Panelled total = updates.total().atHand(arena);
      Matrix polar = algebra.polar(arena, total);
      polar.scale(total.dot(polar) / updates.least());
      return polar;
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return Combining.bytes(rows, cols)
          + StoredUpdates.panels(rows, cols)
          + Algebra.strongestMemory(rows, cols);
    }
  }
}
