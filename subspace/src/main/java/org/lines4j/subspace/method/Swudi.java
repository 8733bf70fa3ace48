package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.Values;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Eigen;
import org.lines4j.subspace.matrix.Matrix;

/// SWUDI: the sum of the updates, corrected where they disturb one another's inputs.
public final class Swudi extends SubspaceMethod {
  private static final String FILTER = "filter";
  private static final String BY_PARTICIPATION = "participation";
  private static final String BY_TIME = "time";

  /// For `ServiceLoader`.
  public Swudi() {
    super(
        new Words(
            "swudi",
            "the sum of the updates, corrected where they interfere",
            "SWUDI, 2026, arXiv 2606.07289, and its code (WalkerWorldPeace/MLLMerging)",
            "wᵢ = 1/‖τᵢ‖²; C = Σwᵢτᵢᵀτᵢ = VΛVᵀ; D = Σwᵢτᵢτᵢᵀτᵢ;"
                + " τ = Στ + (D·V·f/Λ − Στ·V·f)·Vᵀ, where f is 1 for the"
                + " (Σ√λ)²/Σλ largest λ (participation), or 1 − exp(−time·λ) for a ratio of them"
                + " (time), else 0",
            "one eigendecomposition of n × n for each matrix, n its inputs, whatever the number of"
                + " models; down-projections of language models have n > m and take longest",
            "the authors take lambda 1 for CLIP and T5, and 0.1 to 0.2 for vision-language models;"
                + " no comparison with the others here on one table is known. What exclude names"
                + " keeps the base's values, as the authors have it"),
        List.of(
            new Parameter(
                FILTER,
                Scope.GLOBAL,
                Values.words(BY_PARTICIPATION, BY_TIME),
                Optional.of(BY_PARTICIPATION),
                "which directions are corrected, and how far"),
            global(
                    "time",
                    Values.numbers(Float.MIN_VALUE, Float.MAX_VALUE),
                    1300,
                    "how far: for how long a descent would run")
                .onlyWhere(FILTER, BY_TIME),
            global("ratio", Values.FRACTION, 0.65, "which part of the directions is corrected")
                .onlyWhere(FILTER, BY_TIME)),
        "base",
        Swudi::corrected);
  }

  private static Corrected corrected(MethodType.Settings settings) {
    return new Corrected(
        settings.word(FILTER).equals(BY_TIME)
            ? new ByTime(settings.number("time"), settings.number("ratio"))
            : new ByParticipation());
  }

  /// How far directions are corrected, from 0 to 1.
  private sealed interface Filter {
    /// How many are, the strongest.
    int count(double[] eigenvalues);

    /// How far one is.
    double of(double eigenvalue);
  }

  private record ByParticipation() implements Filter {
    @Override
    public int count(double[] eigenvalues) {
      double roots = Arrays.stream(eigenvalues).map(Math::sqrt).sum();
      double ratio = roots * roots / Arrays.stream(eigenvalues).sum();
      return Math.clamp((int) Math.ceil(ratio), 1, eigenvalues.length);
    }

    @Override
    public double of(double eigenvalue) {
      return 1;
    }
  }

  private record ByTime(double time, double ratio) implements Filter {
    @Override
    public int count(double[] eigenvalues) {
      return Math.clamp((int) (ratio * eigenvalues.length + 0.999), 1, eigenvalues.length);
    }

    @Override
    public double of(double eigenvalue) {
      return -Math.expm1(-time * eigenvalue);
    }
  }

  /// The closed form.
  record Corrected(Filter filter) implements Combining {
    private static final double LEAST_SQUARES = 1e-12;
    private static final double LEAST_EIGENVALUE = 1e-8;

    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      Matrix merged = updates.total().copy(arena);
      try (Arena scratch = Arena.ofConfined()) {
        Matrix gram = Matrix.zeros(scratch, updates.cols(), updates.cols());
        Matrix wanted = Matrix.zeros(scratch, updates.rows(), updates.cols());
        for (int i = 0; i < updates.count(); i++) {
          add(algebra, updates, i, gram, wanted);
        }
        correct(algebra, algebra.eigen(gram), updates.idle(), wanted, merged);
      }
      return merged;
    }

    /// Adds an update's part of C, on and above the diagonal, and of D, by the smaller of its two
    /// Gram matrices.
    private static void add(
        Algebra algebra, Updates updates, int index, Matrix gram, Matrix wanted) {
      try (Arena scratch = Arena.ofConfined()) {
        Matrix update = updates.get(scratch, index);
        double weight = 1 / Math.max(updates.squares(index), LEAST_SQUARES);
        Matrix own = Matrix.zeros(scratch, update.least(), update.least());
        if (update.rows() < update.cols()) {
          algebra.addSquare(1, update, own);
          own.mirror();
          algebra.addTransposedSquare(weight, update, gram);
          algebra.addProduct(weight, own, update, wanted);
        } else {
          algebra.addTransposedSquare(1, update, own);
          own.mirror();
          gram.add(weight, own);
          algebra.addProduct(weight, update, own, wanted);
        }
      }
    }

    /// Adds (D·V·f/Λ − Στ·V·f)·Vᵀ.
    ///
    /// @param idle how many eigenvalues beside these are 0
    private void correct(Algebra algebra, Eigen eigen, int idle, Matrix wanted, Matrix sum) {
      double[] values =
          Arrays.stream(eigen.values()).map(v -> Math.max(v, LEAST_EIGENVALUE)).toArray();
      double[] all = new double[idle + values.length];
      Arrays.fill(all, 0, idle, LEAST_EIGENVALUE);
      System.arraycopy(values, 0, all, idle, values.length);
      int count = Math.min(filter.count(all), values.length);
      double[] largest = Arrays.copyOfRange(values, values.length - count, values.length);
      Matrix directions = eigen.vectors().rows(values.length - count, values.length);
      try (Arena scratch = Arena.ofConfined()) {
        Matrix to = algebra.productTransposed(scratch, wanted, directions);
        to.scaleColumns(Arrays.stream(largest).map(value -> filter.of(value) / value).toArray());
        Matrix from = algebra.productTransposed(scratch, sum, directions);
        from.scaleColumns(Arrays.stream(largest).map(filter::of).toArray());
        to.add(-1, from);
        algebra.addProduct(1, to, directions, sum);
      }
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return 4 * Combining.bytes(rows, cols) + 3 * Combining.bytes(cols, cols);
    }
  }
}
