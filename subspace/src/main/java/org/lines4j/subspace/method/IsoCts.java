package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.lines4j.method.Values;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;

/// Iso-CTS: directions common to all models, and some that each has beside them, all equally
/// strong.
public final class IsoCts extends SubspaceMethod {
  private static final String FRACTION = "common_space_fraction";

  /// For `ServiceLoader`.
  public IsoCts() {
    super(
        new Words(
            "iso_cts",
            "directions common to all models and some of each model's own, equally strong",
            "Marczak et al., No Task Left Behind, ICML 2025, arXiv 2502.04959",
            "Στᵢ = U·S·Vᵀ, of which c directions are kept; of each τᵢ − U_cU_cᵀτᵢ the (r − c)/N"
                + " strongest; τ = mean([S₁…S_N S_c])·polar([U₁…U_N U_c])·polar([V₁…V_N V_c])ᵀ",
            "N + 3 eigendecompositions of r × r for each matrix, r its smaller extent",
            "as iso_c, and the better the more models there are: CLIP ViT-B/32 86.2, 81.7 and 78.1"
                + " for 8, 14 and 20 tasks, where iso_c has 86.3, 80.3 and 75.5 (published in one"
                + " table)"),
        List.of(
            global(
                FRACTION,
                Values.FRACTION,
                0.8,
                "about which part of the directions is taken from the sum of all updates")),
        settings -> new CommonAndOwn(settings.number(FRACTION)));
  }

  /// @param fraction of the directions that are common
  record CommonAndOwn(double fraction) implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      int least = updates.least();
      int own = ownOfEach(least, updates.models());
      int common = least - own * updates.models();
      int most = own * updates.count() + common;
      Directions.Stack stack =
          new Directions.Stack(arena, updates.rows(), updates.cols(), most, updates.count() + 1);
      try (Arena scratch = Arena.ofConfined()) {
        Svd sum = algebra.strongest(scratch, updates.total(), least);
        Svd shared = sum.first(Math.min(common, sum.s().length));
        for (int i = 0; i < updates.count(); i++) {
          addOwn(algebra, updates, i, shared.u(), own, stack);
        }
        stack.add(shared);
      }
      Directions all = stack.all();
      Matrix u = algebra.polar(arena, all.u());
      u.scale(Arrays.stream(all.s()).sum() / least);
      return algebra.product(arena, u, algebra.polar(arena, all.vt()));
    }

    /// What is left beside the common directions, shared out evenly.
    private int ownOfEach(int least, int models) {
      int common = (int) (least * fraction);
      return (int) Math.rint((double) (least - common) / models);
    }

    /// Adds the strongest directions of what an update does beside the common ones. What is nothing
    /// but rounding is so small beside the update itself.
    private static void addOwn(
        Algebra algebra,
        Updates updates,
        int index,
        Matrix common,
        int own,
        Directions.Stack stack) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix rest = updates.get(scratch, index);
        Matrix along = algebra.transposedProduct(scratch, common, rest);
        algebra.addProduct(-1, common, along, rest);
        double nothing = Svd.LEAST_SHARE * Math.sqrt(updates.squares(index));
        stack.add(algebra.strongest(scratch, rest, own, nothing));
      }
    }

    @Override
    public long memory(long rows, long cols, int models) {
      long least = Math.min(rows, cols);
      return Directions.memory(rows, cols)
          + 2 * Combining.bytes(rows, cols)
          + 2 * Combining.bytes(least, rows + cols)
          + Algebra.strongestMemory(rows, cols);
    }
  }
}
