package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.method.MagnitudeBand.Ranks;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.method.Values;

/// SCE: select the elements that vary most between models, calculate each model's weight from how
/// much it changed, erase what disagrees in sign.
public record Sce(double topK) implements TensorMerge.Measured {
  public static final MethodType TYPE =
      new BuiltIn(
          "sce",
          "where models differ most, weighted by how much each changed, as far as signs agree",
          "Wan et al., FuseChat, 2024, arXiv 2408.07990",
          "τ = Σ mᵢ·wᵢ·sel(τᵢ) / Σ mᵢ·wᵢ, where wᵢ = ‖sel(τᵢ)‖² / Σ ‖sel(τⱼ)‖², sel keeps the"
              + " select_topk of largest variance, mᵢ = [sign τᵢ = sign Σ τⱼ]",
          List.of(
              Parameters.global(
                  "select_topk",
                  Values.FRACTION,
                  1,
                  "the fraction, of the elements whose variance is not 0, that is kept"),
              Parameters.LAMBDA,
              Parameters.INT8_MASK),
          settings -> new Sce(settings.number("select_topk")));

  private static final int PIECE = 512;
  private static final int MAGNITUDE = 0x7fffffff;

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public int scans() {
    return topK < 1 ? 2 + MagnitudeBand.SCANS : 1;
  }

  @Override
  public Elementwise given(TensorScan scan) throws IOException {
    Selection selection = topK < 1 ? select(scan) : Selection.ALL;
    double[] squares = new double[scan.models()];
    Squares measured = scan.measure(() -> new Squares(scan, selection));
    Arrays.setAll(squares, measured.sums::total);
    double sum = Arrays.stream(squares).sum();
    List<Float> weights = new ArrayList<>();
    for (double square : squares) {
      weights.add((float) (sum == 0 ? 1.0 / squares.length : square / sum));
    }
    return new Weighted(selection, weights);
  }

  private Selection select(TensorScan scan) throws IOException {
    long varying = scan.measure(Varying::new).count;
    Ranks ranks = Ranks.largest((long) (topK * varying), scan.shape().elements());
    List<MagnitudeBand> bands =
        MagnitudeBand.find(
            scan,
            (_, base, models, count) -> {
              float[][] deltas = Span.UPDATES.vectors(base, models, count);
              variances(deltas, deltas[0], count);
              return deltas;
            },
            List.of(ranks));
    return new Selection(bands);
  }

  /// Of each element over the models, in double, rounded once. Model by model, which vectors do.
  ///
  /// @param out may be one of `deltas`
  private static void variances(float[][] deltas, float[] out, int count) {
    double[] means = new double[PIECE];
    double[] squares = new double[PIECE];
    for (int from = 0; from < count; from += PIECE) {
      int length = Math.min(PIECE, count - from);
      Arrays.fill(means, 0);
      Arrays.fill(squares, 0);
      for (float[] delta : deltas) {
        for (int i = 0; i < length; i++) {
          means[i] += delta[from + i];
        }
      }
      for (int i = 0; i < length; i++) {
        means[i] /= deltas.length;
      }
      for (float[] delta : deltas) {
        for (int i = 0; i < length; i++) {
          double d = delta[from + i] - means[i];
          squares[i] += d * d;
        }
      }
      for (int i = 0; i < length; i++) {
        out[from + i] = (float) (squares[i] / deltas.length);
      }
    }
  }

  /// The elements that vary enough.
  ///
  /// @param bands of their variances; empty for all elements, be their variance 0 or not
  private record Selection(List<MagnitudeBand> bands) {
    static final Selection ALL = new Selection(List.of());

    /// Sets all others to zero.
    ///
    /// @param scratch takes `count` elements
    void apply(long first, float[][] deltas, float[] scratch, int count) {
      if (bands.isEmpty()) {
        return;
      }
      variances(deltas, scratch, count);
      bands.getFirst().prune(first, scratch, count);
      for (float[] delta : deltas) {
        keep(delta, scratch, count);
      }
    }

    /// Sets to zero what is zero in `selected`. Without a branch, which no processor could foresee.
    private static void keep(float[] values, float[] selected, int count) {
      for (int i = 0; i < count; i++) {
        int keep = -(Float.floatToRawIntBits(selected[i]) & MAGNITUDE) >> 31; // all ones or none
        values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & keep);
      }
    }
  }

  private static final class Varying implements TensorScan.Partial<Varying> {
    private long count;

    @Override
    public void tile(long first, float[] base, float[][] models, int length) {
      float[][] deltas = Span.UPDATES.vectors(base, models, length);
      variances(deltas, deltas[0], length);
      for (int i = 0; i < length; i++) {
        count += deltas[0][i] != 0 ? 1 : 0;
      }
    }

    @Override
    public void add(Varying other) {
      count += other.count;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeLong(count);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      count = in.readLong();
    }
  }

  /// ‖·‖² of each model's selected updates.
  private static final class Squares extends TileSums<Squares> {
    private final Selection selection;
    private float[] scratch = {};

    Squares(TensorScan scan, Selection selection) {
      super(scan.shape(), scan.models());
      this.selection = selection;
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      float[][] deltas = Span.UPDATES.vectors(base, models, count);
      scratch = scratch.length < count ? new float[count] : scratch;
      selection.apply(first, deltas, scratch, count);
      for (int m = 0; m < deltas.length; m++) {
        sums.add(first, m, Products.dot(deltas[m], deltas[m], count));
      }
    }
  }

  private record Weighted(Selection selection, List<Float> weights)
      implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      if (weights.contains(Float.NaN)) { // of updates that are NaN or infinite
        Arrays.fill(out, 0, count, Float.NaN);
        return;
      }
      float[][] deltas = Span.UPDATES.vectors(base, models, count);
      selection.apply(first, deltas, out, count);
      float[] shares = new float[deltas.length];
      Arrays.fill(out, 0, count, 0);
      for (int m = 0; m < shares.length; m++) {
        shares[m] = weights.get(m);
        sumAndWeigh(out, deltas[m], shares[m], count);
      }
      boolean _ = KernelChoice.taskVectors().elect(out, deltas, 1, shares, count);
    }

    private static void sumAndWeigh(float[] sum, float[] delta, float weight, int count) {
      for (int i = 0; i < count; i++) {
        sum[i] += delta[i];
        delta[i] *= weight;
      }
    }
  }
}
