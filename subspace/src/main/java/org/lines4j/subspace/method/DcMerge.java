package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.List;
import org.lines4j.method.Values;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// DC-Merge: updates expressed in directions shared by all, where the largest entries of each are
/// merged as TIES does.
public final class DcMerge extends SubspaceMethod {
  private static final String KEEP = "keep";

  /// For `ServiceLoader`.
  public DcMerge() {
    super(
        new Words(
            "dc_merge",
            "as tsv_m, then the largest entries of each update in the common directions, by elected"
                + " signs",
            "DC-Merge, 2026, arXiv 2603.06242, and its code (Tobeginwith/DC-Merge)",
            "Tᵢ = UᵢSᵢVᵢᵀ, the ⌊r/N⌋ strongest of τᵢ; Ũ = polar([U₁…U_N]), Ṽ alike; Mᵢ = ŨᵀTᵢṼ,"
                + " trimmed; M = mean of those Mᵢ that agree with sign(ΣMᵢ), in blocks of each"
                + " model's directions; τ = Ũ·M·Ṽᵀ",
            "as tsv_m, and N products of r × r",
            "CLIP, published in one table with lambda up to 3 chosen on validation data: ViT-B/32"
                + " 87.1, 82.5 and 80.6 for 8, 14 and 20 tasks, the best of it (ties 75.1 for 8);"
                + " ViT-L/14 94.3 for 8, where iso_cts has 94.7. For language models as tsv_m"),
        List.of(
            global(
                KEEP,
                Values.FRACTION,
                0.001,
                "which part of the entries of each update, the largest, is kept")),
        settings -> new Trimmed(settings.number(KEEP)));
  }

  /// @param keep the part of all r × r entries
  record Trimmed(double keep) implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      int each = updates.least() / updates.models();
      if (each == 0) {
        return updates.mean(arena);
      }
      Directions all = Directions.strongest(arena, algebra, updates, each);
      Matrix u = algebra.polar(arena, all.u());
      Matrix vt = algebra.polar(arena, all.vt());
      long kept = Math.max(1, (long) (keep * ((long) updates.least() * updates.least())));
      Election election = new Election(all, updates.count());
      for (int i = 0; i < updates.count(); i++) {
        try (Arena scratch = Arena.ofConfined()) {
          Matrix inside = inside(scratch, algebra, all, i, u, vt);
          Largest.keep(inside, kept);
          election.vote(i, inside);
        }
      }
      return product(arena, algebra, all, u, election.elected(), vt);
    }

    /// ŨᵀTᵢṼ.
    private static Matrix inside(
        Arena arena, Algebra algebra, Directions all, int index, Matrix u, Matrix vt) {
      Matrix left = algebra.transposedProduct(arena, u, all.u(index));
      left.scaleColumns(all.s(index));
      Matrix right = algebra.productTransposed(arena, all.vt(index), vt);
      return algebra.product(arena, left, right);
    }

    /// Ũ·M·Ṽᵀ, where M has nothing but its blocks.
    private static Matrix product(
        Arena arena, Algebra algebra, Directions all, Matrix u, double[][] blocks, Matrix vt) {
      Matrix merged = Matrix.zeros(arena, u.rows(), vt.cols());
      for (int owner = 0; owner < blocks.length; owner++) {
        try (Arena scratch = Arena.ofConfined()) {
          int from = all.from(owner);
          int to = all.ends()[owner];
          Matrix block = Matrix.of(scratch, to - from, to - from, blocks[owner]);
          Matrix left = algebra.product(scratch, u.columns(from, to), block);
          algebra.addProduct(1, left, vt.rows(from, to), merged);
        }
      }
      return merged;
    }

    @Override
    public long memory(long rows, long cols, int models) {
      long least = Math.min(rows, cols);
      return Directions.memory(rows, cols)
          + 2 * Combining.bytes(rows, cols)
          + 4 * Combining.bytes(least, least)
          + Algebra.strongestMemory(rows, cols);
    }
  }

  /// The mean of the entries that agree in sign with the sum of all, in the blocks where a model's
  /// own directions meet.
  private static final class Election {
    private final Directions directions;
    private final double[][][] ballots;

    Election(Directions directions, int models) {
      this.directions = directions;
      this.ballots = new double[models][models][];
    }

    /// Takes what a model has in each block.
    void vote(int model, Matrix entries) {
      for (int owner = 0; owner < ballots.length; owner++) {
        int from = directions.from(owner);
        int size = directions.ends()[owner] - from;
        double[] block = new double[size * size];
        double[] row = new double[size];
        for (int i = 0; i < size; i++) {
          entries.load(from + i, from, row, size);
          System.arraycopy(row, 0, block, i * size, size);
        }
        ballots[model][owner] = block;
      }
    }

    /// Of each block.
    double[][] elected() {
      double[][] elected = new double[ballots.length][];
      for (int owner = 0; owner < elected.length; owner++) {
        elected[owner] = new double[ballots[0][owner].length];
        for (int i = 0; i < elected[owner].length; i++) {
          elected[owner][i] = elected(owner, i);
        }
      }
      return elected;
    }

    private double elected(int owner, int i) {
      double sum = 0;
      for (double[][] ballot : ballots) {
        sum += ballot[owner][i];
      }
      double agreeing = 0;
      int count = 0;
      for (double[][] ballot : ballots) {
        if (ballot[owner][i] * Math.signum(sum) > 0) {
          agreeing += ballot[owner][i];
          count++;
        }
      }
      return count == 0 ? 0 : agreeing / count;
    }
  }
}
