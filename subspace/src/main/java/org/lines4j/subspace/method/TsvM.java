package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.List;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// TSV-Merge: each update's strongest directions, made orthogonal to the others'.
public final class TsvM extends SubspaceMethod {
  /// For `ServiceLoader`.
  public TsvM() {
    super(
        new Words(
            "tsv_m",
            "each update's strongest singular directions, made orthogonal to the others'",
            "Gargiulo et al., Task Singular Vectors, CVPR 2025, arXiv 2412.00081",
            "τᵢ cut to its ⌊r/N⌋ strongest directions UᵢSᵢVᵢᵀ; τ ="
                + " polar([U₁…U_N])·diag(S₁…S_N)·polar([V₁…V_N])ᵀ",
            "N + 2 eigendecompositions of r × r for each matrix, r its smaller extent",
            "CLIP, 8 tasks, published in one table with lambda chosen on validation data: ViT-B/32"
                + " 85.9, ViT-L/14 93.0, where ties has 75.1 and 86.9; MergeBench-3B 41.5, where"
                + " ties has 39.2 and task_arithmetic 34.2. Where experts are distinct and fully"
                + " fine-tuned; on Llama-3.1-8B LoRAs it broke one skill, and for language models"
                + " in the wild task_arithmetic is the reliable one (arXiv 2511.21437). Not for"
                + " models that low-rank adapters were merged into: their rounding has directions,"
                + " too; name the adapters themselves"),
        List.of(),
        _ -> new Stacked());
  }

  /// The directions of all updates side by side.
  record Stacked() implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      int each = updates.least() / updates.models();
      if (each == 0) {
        return updates.mean(arena);
      }
      Directions all = Directions.strongest(arena, algebra, updates, each);
      Matrix u = algebra.polar(arena, all.u());
      u.scaleColumns(all.s());
      return algebra.product(arena, u, algebra.polar(arena, all.vt()));
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return Directions.memory(rows, cols)
          + 2 * Combining.bytes(rows, cols)
          + Algebra.strongestMemory(rows, cols);
    }
  }
}
