package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.ModelMeasure;
import org.lines4j.method.ModelScan;
import org.lines4j.method.PieceSums;
import org.lines4j.method.TensorMerge;

/// MetaGPT: task arithmetic whose weights follow from how long the models' task vectors are. In
/// double, so that neither that nor the order of the models shows in a float32.
///
/// @param models N
public record MetaGpt(int models) implements TensorMerge.MeasuredModel {
  public static final MethodType TYPE =
      new BuiltIn(
          "metagpt",
          "the sum of the updates, each weighted by its share of all squared lengths",
          "Zhou et al., MetaGPT, EMNLP 2024, arXiv 2406.11385",
          "τ = Σ λᵢ·τᵢ, λᵢ = ‖τᵢ‖²/Σ‖τⱼ‖² over whole models",
          List.of(Parameters.LAMBDA),
          settings -> of(settings.models().size()),
          "reads the models once more",
          "needs no validation data, and can only be as good as task_arithmetic with well-chosen"
              + " weights. Weights sum to 1, so that with many models little is left of each: raise"
              + " lambda, or let lines: measure alpha. A model tuned harder than the others counts"
              + " most, whether it deserves it or not");

  /// For so many models.
  static TensorMerge of(int models) {
    Mixture whole = new Mixture(List.of(1.0), false, false);
    return models == 1 ? new TaskArithmetic(whole) : new MetaGpt(models);
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public ModelMeasure measure() {
    return new Shares(models);
  }

  @Override
  public TensorMerge given(List<Double> known) {
    return new Weighted(known);
  }

  /// λᵢ.
  private record Shares(int models) implements ModelMeasure, ModelScan.Question<Squares> {
    @Override
    public int scans() {
      return 1;
    }

    @Override
    public List<Double> of(ModelScan scan) throws IOException {
      PieceSums sums = scan.measure(this).sums;
      double[] squares = new double[models];
      double[] terms = new double[models];
      for (int m = 0; m < models; m++) {
        squares[m] = sums.total(m);
        terms[m] = squares[m];
      }
      double total = UnorderedSum.of(terms);
      List<Double> shares = new ArrayList<>();
      for (double square : squares) {
        shares.add(total == 0 ? 0 : square / total);
      }
      return shares;
    }

    @Override
    public ModelScan.Question<?> read(DataInput in) {
      return this;
    }

    @Override
    public Squares nothing() {
      return new Squares(models);
    }

    @Override
    public void writeTo(DataOutput out) {
      // there is nothing else to know
    }
  }

  /// ‖τᵢ‖², without what is not finite: that shows in its own element.
  private static final class Squares implements ModelScan.Partial<Squares> {
    private final PieceSums sums;

    Squares(int models) {
      this.sums = new PieceSums(models);
    }

    @Override
    public void tile(int piece, float[] base, float[][] models, int count) {
      for (int m = 0; m < models.length; m++) {
        sums.add(piece, m, squares(base, models[m], count));
      }
    }

    private static double squares(float[] base, float[] model, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        double update = (double) model[i] - base[i];
        sum += Double.isFinite(update) ? update * update : 0;
      }
      return sum;
    }

    @Override
    public void add(Squares other) {
      sums.add(other.sums);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      sums.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      sums.readFrom(in);
    }
  }

  private record Weighted(List<Double> weights) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public Optional<List<Double>> multiples() {
      return Optional.of(weights);
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      double[] factors = weights.stream().mapToDouble(weight -> weight).toArray();
      double[] terms = new double[factors.length];
      for (int i = 0; i < count; i++) {
        for (int m = 0; m < terms.length; m++) {
          terms[m] = factors[m] * ((double) models[m][i] - base[i]);
        }
        out[i] = (float) UnorderedSum.of(terms);
      }
    }
  }
}
