package org.lines4j.subspace.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.method.MethodType;
import org.lines4j.method.ModelMeasure;
import org.lines4j.method.ModelScan;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.tensor.Shape;

/// KnOTS: low-rank updates in directions that they have in common, where TIES merges them.
public final class Knots implements MethodType {
  private static final String DENSITY = "density";

  /// For `ServiceLoader`.
  public Knots() {}

  @Override
  public String name() {
    return "knots";
  }

  @Override
  public String summary() {
    return "low-rank updates in directions of all, merged there as ties does";
  }

  @Override
  public String citation() {
    return "Stoica et al., KnOTS, ICLR 2025, arXiv 2410.19735, and its code (gstoica27/KnOTS)";
  }

  @Override
  public String equation() {
    return "[τ₁…τ_N] = U·D·Vᵀ, σ > 1e-5; Cᵢ = Uᵀ·τᵢ without all but the largest density over all"
        + " tensors; τ = U·(mean of those Cᵢ that agree with sign(ΣCᵢ))";
  }

  @Override
  public String cost() {
    return "reads the models twice more, and each time finds the directions that all updates of a"
        + " matrix have: for adapters of rank r a few products of m × n with n × 4·N·r. Where the"
        + " ranks add up to more than a quarter of the smaller extent, matrices above 1024 are"
        + " refused";
  }

  @Override
  public String advice() {
    return "made for LoRA adapters, whose updates have fewer entries in common than those of fully"
        + " fine-tuned models: the authors report up to 4.3 points above ties and others. Name the"
        + " adapters as models (an adapter's folder, or MODEL+ADAPTER). Not for whole models";
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(SubspaceMethod.weight());
    all.add(
        new Parameter(
            DENSITY,
            Scope.MODEL,
            Values.FRACTION,
            Optional.of(0.2),
            "which part of the model's entries in the common directions, the largest, is kept"));
    all.add(SubspaceMethod.lambda(0.6));
    all.addAll(Matrices.parameters("mean"));
    return List.copyOf(all);
  }

  @Override
  public TensorMerge create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    return switch (Matrices.kind(settings)) {
      case MATRIX -> new Trimming(new Thresholds(weights, settings.numbers(DENSITY)));
      case AVERAGED -> new Mean(weights);
      case KEPT -> new NoUpdate();
    };
  }

  private record Trimming(Thresholds measure) implements TensorMerge.MeasuredModel {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public TensorMerge given(List<Double> known) {
      return new MatrixMerge(new Elected(known), measure.weights);
    }
  }

  /// For each model, the least entry in common directions that is kept.
  private record Thresholds(List<Double> weights, List<Double> densities) implements ModelMeasure {
    @Override
    public int scans() {
      return 2;
    }

    @Override
    public List<Double> of(ModelScan scan) throws IOException {
      int models = weights.size();
      int[] none = new int[models];
      Entries upper = scan.measure(new Count(weights, true, none)).entries;
      int[] high = new int[models];
      long[] ranks = new long[models];
      for (int m = 0; m < models; m++) {
        long all = upper.total(m);
        ranks[m] = Math.max(all - (long) (all * densities.get(m)) - 1, 0);
        high[m] = upper.bin(m, ranks[m]);
      }
      Entries lower = scan.measure(new Count(weights, false, high)).entries;
      List<Double> thresholds = new ArrayList<>();
      for (int m = 0; m < models; m++) {
        int low = lower.bin(m, ranks[m] - upper.before(m, high[m]));
        boolean isAllKept = densities.get(m) == 1;
        thresholds.add(isAllKept ? 0 : (double) Entries.magnitude(high[m], low));
      }
      return thresholds;
    }

    @Override
    public ModelScan.Question<?> read(DataInput in) throws IOException {
      boolean isUpper = in.readBoolean();
      int[] high = new int[weights.size()];
      for (int m = 0; m < high.length; m++) {
        high[m] = in.readInt();
      }
      return new Count(weights, isUpper, high);
    }
  }

  /// @param isUpper whether entries are counted by the upper half of their bits; else by the lower,
  ///   those with this upper one
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Count(List<Double> weights, boolean isUpper, int[] high)
      implements ModelScan.Question<Counted> {
    @Override
    public Counted nothing() {
      return new Counted(this);
    }

    @Override
    public OptionalLong scratch(Shape shape) {
      return OptionalLong.of(
          Joint.memory(shape.dims().getFirst(), shape.dims().getLast(), weights.size()));
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeBoolean(isUpper);
      for (int one : high) {
        out.writeInt(one);
      }
    }
  }

  private static final class Counted implements ModelScan.Partial<Counted> {
    private final Count count;
    private final Entries entries;

    Counted(Count count) {
      this.count = count;
      this.entries = new Entries(count.weights.size());
    }

    @Override
    public void tile(int piece, float[] base, float[][] models, int length) {
      throw new UnsupportedOperationException("whole tensors are asked for");
    }

    @Override
    public void tensor(Shape shape, MemorySegment base, MemorySegment[] models) {
      int rows = Math.toIntExact(shape.dims().getFirst());
      int cols = Math.toIntExact(shape.dims().getLast());
      Updates updates = new StoredUpdates(rows, cols, base, models, count.weights);
      if (updates.count() == 0 || !updates.areFinite()) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        Joint joint = Joint.of(arena, Algebra.fastest(), updates);
        boolean[] counted = new boolean[models.length];
        for (int i = 0; i < updates.count(); i++) {
          counted[updates.model(i)] = true;
          add(updates.model(i), joint.parts().get(i));
        }
        for (int m = 0; m < models.length; m++) {
          if (!counted[m] && (count.isUpper || count.high[m] == 0)) {
            entries.addZeros(m, (long) joint.u().cols() * cols);
          }
        }
      }
    }

    private void add(int model, Matrix part) {
      double[] row = new double[part.cols()];
      for (int i = 0; i < part.rows(); i++) {
        part.load(i, 0, row, row.length);
        for (double value : row) {
          if (count.isUpper) {
            entries.add(model, Entries.upper(value));
          } else if (Entries.upper(value) == count.high[model]) {
            entries.add(model, Entries.lower(value));
          }
        }
      }
    }

    @Override
    public void add(Counted other) {
      entries.add(other.entries);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      entries.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      entries.readFrom(in);
    }
  }

  /// @param thresholds of each model
  private record Elected(List<Double> thresholds) implements Combining {
    @Override
    public Matrix combine(Arena arena, Algebra algebra, Updates updates) {
      Joint joint = Joint.of(arena, algebra, updates);
      Matrix merged = Matrix.zeros(arena, joint.u().cols(), updates.cols());
      double[][] rows = new double[updates.count()][updates.cols()];
      double[] elected = new double[updates.cols()];
      for (int row = 0; row < merged.rows(); row++) {
        for (int i = 0; i < rows.length; i++) {
          joint.parts().get(i).load(row, 0, rows[i], rows[i].length);
          trim(rows[i], thresholds.get(updates.model(i)));
        }
        for (int col = 0; col < elected.length; col++) {
          elected[col] = elected(rows, col);
        }
        merged.store(elected, row, 0, elected.length);
      }
      return algebra.product(arena, joint.u(), merged);
    }

    private static void trim(double[] values, double threshold) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.abs((float) values[i]) >= threshold ? values[i] : 0;
      }
    }

    private static double elected(double[][] rows, int col) {
      double sum = 0;
      for (double[] row : rows) {
        sum += row[col];
      }
      double agreeing = 0;
      int count = 0;
      for (double[] row : rows) {
        if (row[col] * sum > 0) {
          agreeing += row[col];
          count++;
        }
      }
      return count == 0 ? 0 : agreeing / count;
    }

    @Override
    public long memory(long rows, long cols, int models) {
      return Joint.memory(rows, cols, models) + 2 * Combining.bytes(rows, cols);
    }
  }
}
