package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.ArrayList;
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
                + " ViT-L/14 94.3 for 8, where iso_cts has 94.7. For language models and"
                + " adapters as tsv_m"),
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
      try (Arena ballots = Arena.ofConfined()) {
        Election election = new Election(ballots, all, updates.count());
        for (int i = 0; i < updates.count(); i++) {
          try (Arena scratch = Arena.ofConfined()) {
            Matrix inside = inside(scratch, algebra, all, i, u, vt);
            Largest.keep(inside, kept);
            election.vote(i, inside);
          }
        }
        return product(arena, algebra, election, u, vt);
      }
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
        Arena arena, Algebra algebra, Election election, Matrix u, Matrix vt) {
      Directions all = election.directions();
      Matrix merged = Matrix.zeros(arena, u.rows(), vt.cols());
      for (int owner = 0; owner < all.ends().length; owner++) {
        try (Arena scratch = Arena.ofConfined()) {
          Matrix block = election.elected(scratch, owner);
          Matrix left = algebra.product(scratch, all.columns(owner, u), block);
          algebra.addProduct(1, left, all.rows(owner, vt), merged);
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
  ///
  /// @param ballots of each model, what it has in each block
  private record Election(Directions directions, List<List<Matrix>> ballots) {
    Election(Arena arena, Directions directions, int models) {
      List<List<Matrix>> ballots = new ArrayList<>();
      for (int model = 0; model < models; model++) {
        List<Matrix> blocks = new ArrayList<>();
        for (int owner = 0; owner < models; owner++) {
          int size = directions.size(owner);
          blocks.add(Matrix.zeros(arena, size, size));
        }
        ballots.add(blocks);
      }
      this(directions, ballots);
    }

    /// Takes what a model has in each block.
    void vote(int model, Matrix entries) {
      for (int owner = 0; owner < ballots.size(); owner++) {
        Matrix block = directions.columns(owner, directions.rows(owner, entries));
        ballots.get(model).get(owner).put(block);
      }
    }

    /// Of one block.
    Matrix elected(Arena arena, int owner) {
      int size = directions.size(owner);
      Matrix elected = Matrix.zeros(arena, size, size);
      double[][] votes = new double[ballots.size()][size];
      double[] means = new double[size];
      for (int row = 0; row < size; row++) {
        for (int model = 0; model < votes.length; model++) {
          ballots.get(model).get(owner).load(row, 0, votes[model], size);
        }
        for (int col = 0; col < size; col++) {
          means[col] = elected(votes, col);
        }
        elected.store(means, row, 0, size);
      }
      return elected;
    }

    private static double elected(double[][] votes, int col) {
      double sum = 0;
      for (double[] vote : votes) {
        sum += vote[col];
      }
      double agreeing = 0;
      int count = 0;
      for (double[] vote : votes) {
        if (vote[col] * Math.signum(sum) > 0) {
          agreeing += vote[col];
          count++;
        }
      }
      return count == 0 ? 0 : agreeing / count;
    }
  }
}
