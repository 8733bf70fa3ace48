package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.lines4j.method.MethodType;
import org.lines4j.method.ModelMeasure;
import org.lines4j.method.ModelScan;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// PCB-Merging: each element of an update counts by how large it is among its model's, and by how
/// much it agrees with the other models' ("parameter competition balancing"). In double, so that
/// the order of the models shows in no float32.
///
/// @param models N
/// @param ratio which fraction of a model's elements counts
public record Pcb(int models, double ratio) implements TensorMerge.MeasuredModel {
  public static final MethodType TYPE =
      new BuiltIn(
          "pcb",
          "updates whose elements count by size and by agreement with the other models'",
          "Du et al., Parameter Competition Balancing, NeurIPS 2024, arXiv 2410.02396, and its code"
              + " (duguodong7/pcb-merging)",
          "bᵢ = exp(N·norm01(|τᵢ|)²)·tanh(τᵢ·Στⱼ), |τᵢ| cut at its 0.01 % ends; of the largest"
              + " ratio made 0 to 1, else 0; τ = Σ bᵢ·τᵢ / Σ bᵢ, over whole models",
          List.of(
              new Parameter(
                  "ratio",
                  Scope.GLOBAL,
                  Values.FRACTION,
                  Optional.of(0.1),
                  "which fraction of each model's elements counts"),
              Parameters.global("lambda", 1.2, "what the merged update is multiplied by")),
          settings -> new Pcb(settings.models().size(), settings.number("ratio")),
          "reads the models four to six times more, and takes an exponential for each element of"
              + " each model",
          "an update that opposes the sum of all counts for nothing. The authors report gains over"
              + " ties on T5, ViT and Llama-2, with ratio and lambda chosen on validation data; a"
              + " comparison with tsv_m or iso_c is not known to us");

  /// Which part of the magnitudes is cut off at either end.
  private static final double ENDS = 0.0001;

  private static final double LEAST_DIVISOR = 1e-12;

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public ModelMeasure measure() {
    return new Bounds(models, ratio);
  }

  @Override
  public TensorMerge given(List<Double> known) {
    return new Merged(Balance.of(known));
  }

  /// Where each model's magnitudes are cut, and from which b on to which its elements count.
  private record Bounds(int models, double ratio) implements ModelMeasure {
    private static final int CUTS = 2;

    @Override
    public int scans() {
      return 5;
    }

    @Override
    public List<Double> of(ModelScan scan) throws IOException {
      double[] cuts = ExactRanks.find(scan, new Magnitudes(models), cuts(scan.elements()));
      double[] scores = scores(scan, Balance.cut(cuts));
      return DoubleStream.concat(Arrays.stream(cuts), Arrays.stream(scores)).boxed().toList();
    }

    /// Each model's least b that counts, and then each model's largest. Those that are not above 0
    /// are found among what is below.
    private double[] scores(ModelScan scan, Balance balance) throws IOException {
      long last = scan.elements() - 1;
      long[] ranks = new long[CUTS * models];
      Arrays.fill(ranks, 0, models, Math.min((long) (scan.elements() * (1 - ratio)), last));
      Arrays.fill(ranks, models, ranks.length, last);
      double[] scores = ExactRanks.find(scan, new Scores(balance, 1), ranks);
      if (Arrays.stream(scores).allMatch(score -> score > 0)) {
        return scores;
      }
      Arrays.setAll(ranks, i -> last - ranks[i]);
      double[] below = ExactRanks.find(scan, new Scores(balance, -1), ranks);
      Arrays.setAll(scores, i -> scores[i] == 0 ? -below[i] : scores[i]);
      return scores;
    }

    /// The indices that the authors take of each model's magnitudes in ascending order.
    private long[] cuts(long elements) {
      long[] ranks = new long[CUTS * models];
      for (int m = 0; m < models; m++) {
        ranks[m] = (long) (elements * ENDS);
        ranks[models + m] = Math.max((long) (elements * (1 - ENDS) - 1), ranks[m]);
      }
      return ranks;
    }

    @Override
    public ModelScan.Question<?> read(DataInput in) throws IOException {
      double sign = in.readDouble();
      if (sign == 0) {
        return ExactRanks.read(new Magnitudes(models), in);
      }
      double[] cuts = new double[CUTS * models];
      for (int i = 0; i < cuts.length; i++) {
        cuts[i] = in.readDouble();
      }
      return ExactRanks.read(new Scores(Balance.cut(cuts), sign), in);
    }
  }

  /// |τᵢ| of each model, twice: for its lower and for its upper end.
  private record Magnitudes(int models) implements ExactRanks.Values {
    @Override
    public int kinds() {
      return 2 * models;
    }

    @Override
    public void compute(float[] base, float[][] inputs, double[][] into, int count) {
      for (int m = 0; m < models; m++) {
        for (int i = 0; i < count; i++) {
          double magnitude = Math.abs((double) inputs[m][i] - base[i]);
          into[m][i] = Double.isFinite(magnitude) ? magnitude : 0;
        }
        System.arraycopy(into[m], 0, into[models + m], 0, count);
      }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeDouble(0);
    }
  }

  /// max(0, ±b) of each model, twice: for its threshold and for its maximum.
  ///
  /// @param sign 1 or −1
  private record Scores(Balance balance, double sign) implements ExactRanks.Values {
    @Override
    public int kinds() {
      return 2 * balance.models();
    }

    @Override
    public void compute(float[] base, float[][] inputs, double[][] into, int count) {
      int models = balance.models();
      double[] updates = new double[models];
      double[] scratch = new double[models];
      for (int i = 0; i < count; i++) {
        boolean isFinite = Balance.updates(base, inputs, i, updates);
        double sum = UnorderedSum.of(copy(updates, scratch));
        for (int m = 0; m < models; m++) {
          double score = isFinite ? sign * balance.score(m, updates[m], sum) : 0;
          into[m][i] = score > 0 ? score : 0;
        }
      }
      for (int m = 0; m < models; m++) {
        System.arraycopy(into[m], 0, into[models + m], 0, count);
      }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeDouble(sign);
      for (double[] ends : List.of(balance.low, balance.high)) {
        for (double end : ends) {
          out.writeDouble(end);
        }
      }
    }
  }

  private static double[] copy(double[] values, double[] into) {
    System.arraycopy(values, 0, into, 0, values.length);
    return into;
  }

  /// How much an element of a model counts.
  ///
  /// @param low the least magnitude of each model that is told apart
  /// @param high the largest
  /// @param least from where on b counts
  /// @param most the largest b
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Balance(double[] low, double[] high, double[] least, double[] most) {
    private static final double SHORT = 0.01;

    /// With nothing known but the ends of the magnitudes: all models' lower ones, then the upper.
    static Balance cut(double[] ends) {
      int models = ends.length / 2;
      return new Balance(
          Arrays.copyOf(ends, models),
          Arrays.copyOfRange(ends, models, 2 * models),
          new double[models],
          new double[models]);
    }

    /// What [Bounds] has found out.
    static Balance of(List<Double> known) {
      double[] all = known.stream().mapToDouble(number -> number).toArray();
      int half = all.length / 2;
      Balance ends = cut(Arrays.copyOf(all, half));
      Balance scores = cut(Arrays.copyOfRange(all, half, all.length));
      return new Balance(ends.low, ends.high, scores.low, scores.high);
    }

    int models() {
      return low.length;
    }

    /// Computes τᵢ of each model.
    ///
    /// @return whether all are finite
    static boolean updates(float[] base, float[][] models, int at, double[] into) {
      boolean isFinite = true;
      for (int m = 0; m < into.length; m++) {
        into[m] = (double) models[m][at] - base[at];
        isFinite &= Double.isFinite(into[m]);
      }
      return isFinite;
    }

    /// |τ|, cut at its ends.
    double cut(int model, double update) {
      return Math.min(Math.max(Math.abs(update), low[model]), high[model]);
    }

    /// b: by a factor e^(−N/2) less than the authors', which counts for nothing, so that it does
    /// not overflow.
    double score(int model, double update, double sum) {
      double agreement = tanh(update * sum);
      if (agreement == 0) {
        return 0;
      }
      double range = high[model] - low[model];
      double size = range > 0 ? (cut(model, update) - low[model]) / range : 0;
      return StrictMath.exp(models() * (size * size - 0.5)) * agreement;
    }

    private static double tanh(double x) {
      if (Math.abs(x) > SHORT) {
        return StrictMath.tanh(x);
      }
      double square = x * x;
      return x * (1 + square * (-1 / 3.0 + square * (2 / 15.0 - square * (17 / 315.0))));
    }

    /// b from 0 to 1. Where all of a model's are the same, those above 0 count fully.
    double share(int model, double score) {
      double range = most[model] - least[model];
      if (range > 0) {
        return Math.max(score - least[model], 0) / range;
      }
      return score > 0 && score >= least[model] ? 1 : 0;
    }
  }

  private record Merged(Balance balance) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      double[] updates = new double[models.length];
      double[] weights = new double[models.length];
      double[] terms = new double[models.length];
      for (int i = 0; i < count; i++) {
        if (!Balance.updates(base, models, i, updates)) {
          out[i] = Float.NaN;
          continue;
        }
        double sum = UnorderedSum.of(copy(updates, terms));
        for (int m = 0; m < models.length; m++) {
          weights[m] = balance.share(m, balance.score(m, updates[m], sum));
          terms[m] = weights[m] * Math.copySign(balance.cut(m, updates[m]), updates[m]);
        }
        double all = UnorderedSum.of(terms);
        out[i] = (float) (all / Math.max(UnorderedSum.of(weights), LEAST_DIVISOR));
      }
    }
  }
}
