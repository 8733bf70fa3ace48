package org.lines4j.internal.method;

import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;

/// TIES as its authors' code has it: one threshold for each model over all of its tensors, signs
/// that cancel resolved by the majority of all elements, and agreeing entries aggregated without
/// the weights.
///
/// @param weights what trimmed updates are multiplied by
record ModelTies(List<Double> densities, List<Double> weights, Aggregate aggregate)
    implements TensorMerge.WholeModel {
  /// What becomes of the entries that agree.
  enum Aggregate {
    /// Their sum divided by their number.
    MEAN,
    SUM,
    /// The one of the largest magnitude.
    MAX
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public Electing given(List<Float> thresholds, int majority) {
    return new Merge(new Trim(Ties.floats(weights), List.copyOf(thresholds)), majority, aggregate);
  }

  /// Trims and weighs task vectors, and sums them.
  private record Trim(List<Float> weights, List<Float> thresholds) {
    /// Makes `models` trimmed task vectors and `sums` their sums, in the models' order.
    void apply(float[] base, float[][] models, float[] sums, int count) {
      Arrays.fill(sums, 0, count, 0);
      for (int m = 0; m < models.length; m++) {
        KernelChoice.taskVectors()
            .trim(base, models[m], weights.get(m), thresholds.get(m), sums, count);
      }
    }
  }

  private record Merge(Trim trim, int majority, Aggregate aggregate) implements Electing {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public Electing under(int other) {
      return new Merge(trim, other, aggregate);
    }

    @Override
    public void vote(float[] base, float[][] models, float[] scratch, int count, Ballot ballot) {
      trim.apply(base, models, scratch, count);
      ballot.add(KernelChoice.taskVectors().votes(scratch, count));
    }

    @Override
    public void merge(
        long first, float[] base, float[][] models, float[] out, int count, Ballot ballot) {
      vote(base, models, out, count, ballot);
      if (aggregate(models, out, count)) {
        ballot.addTie();
      }
    }

    /// Makes sums of trimmed task vectors the result.
    ///
    /// @return whether the majority decided anything
    private boolean aggregate(float[][] models, float[] sums, int count) {
      return switch (aggregate) {
        case MEAN ->
            KernelChoice.taskVectors().elect(sums, models, majority, shares(models, 1), count);
        case SUM ->
            KernelChoice.taskVectors().elect(sums, models, majority, shares(models, 0), count);
        case MAX -> max(models, sums, count);
      };
    }

    private static float[] shares(float[][] models, float each) {
      float[] shares = new float[models.length];
      Arrays.fill(shares, each);
      return shares;
    }

    private boolean max(float[][] models, float[] out, int count) {
      boolean tied = false;
      for (int i = 0; i < count; i++) {
        float sign = Math.signum(out[i] == 0 ? majority : out[i]);
        float largest = 0;
        boolean empty = true;
        for (float[] model : models) {
          largest = Math.max(largest, model[i] * sign);
          empty &= model[i] == 0;
        }
        tied |= out[i] == 0 && !empty;
        out[i] = largest * sign;
      }
      return tied;
    }
  }
}
