package org.lines4j.internal.method;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.method.MagnitudeRanks.Query;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// Arcee Fusion: the other model where its difference matters most, by size and by how much the
/// softmax of its row has changed.
public record ArceeFusion() implements TensorMerge.Measured {
  public static final MethodType TYPE =
      new BuiltIn(
          "arcee_fusion",
          "the other model's elements where their importance stands out, else the base's",
          "Arcee AI, MergeKit v0.1, 2025,"
              + " www.arcee.ai/blog/meet-mergekit-v0-1-arcee-fusion-expanded-model-support-multi-gpu-acceleration",
          "θ = θ0 + (θ₁ − θ0)·[s ≥ Q2(s) + 1.5·(Q3(s) − Q1(s))], where s = |θ₁ − θ0|·KL(softmax of"
              + " the row of θ₁ ‖ that of θ0)",
          BaseUse.REQUIRED,
          1,
          1,
          List.of(),
          _ -> new ArceeFusion());

  private static final float[] QUARTILES = {0.25f, 0.5f, 0.75f};

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public int scans() {
    return 1 + MagnitudeRanks.SCANS;
  }

  @Override
  public Elementwise given(TensorScan scan) throws IOException {
    if (scan.shape().elements() == 0) {
      return new Fusion(new Importance(new float[0], 1), 0);
    }
    float[] divergences = SoftmaxDivergences.measure(scan);
    Importance importance = new Importance(divergences, Rows.last(scan.shape()).length());
    List<Float> quartiles = quartiles(scan, importance);
    float spread = quartiles.get(2) - quartiles.get(0);
    return new Fusion(importance, quartiles.get(1) + 1.5f * spread);
  }

  /// A rounding error may make a divergence negative, and then importances: the magnitudes of
  /// positive ones, in ascending order, and of negative ones, in descending order, have the same
  /// elements at the same ranks, at one of which at most they are not zero.
  private static List<Float> quartiles(TensorScan scan, Importance importance) throws IOException {
    long last = scan.shape().elements() - 1;
    boolean isSigned = importance.hasNegative();
    List<Query> queries = new ArrayList<>();
    for (float fraction : QUARTILES) {
      long rank = (long) (fraction * last);
      queries.add(new Query(0, rank));
      if (isSigned) {
        queries.add(new Query(1, last - rank));
      }
    }
    List<RankSearch.Found> found =
        MagnitudeRanks.find(
            scan,
            (first, base, models, count) -> {
              importance.of(first, base, models[0], models[0], count);
              return isSigned ? parts(models[0], count) : models;
            },
            queries);
    List<Float> quartiles = new ArrayList<>();
    for (int i = 0; i < found.size(); i += isSigned ? 2 : 1) {
      float positive = found.get(i).value();
      quartiles.add(isSigned ? positive - found.get(i + 1).value() : positive);
    }
    return quartiles;
  }

  /// The magnitudes of the positive values and of the negative ones, zero where there is none. NaN
  /// counts as larger than all.
  private static float[][] parts(float[] values, int count) {
    float[] negative = new float[count];
    for (int i = 0; i < count; i++) {
      if (values[i] < 0) {
        negative[i] = -values[i];
        values[i] = 0;
      }
    }
    return new float[][] {values, negative};
  }

  /// How much elements of the other model matter.
  private static final class Importance {
    private final float[] divergences;
    private final long length;

    /// @param divergences of the rows
    /// @param length of a row
    Importance(float[] divergences, long length) {
      this.divergences = divergences;
      this.length = length;
    }

    boolean hasNegative() {
      for (float divergence : divergences) {
        if (divergence < 0) {
          return true;
        }
      }
      return false;
    }

    /// @param out may be `model`
    void of(long first, float[] base, float[] model, float[] out, int count) {
      for (int from = 0; from < count; ) {
        long index = first + from;
        float divergence = divergences[(int) (index / length)];
        int to = (int) Math.min(count, from + length - index % length);
        for (int i = from; i < to; i++) {
          out[i] = Math.abs(model[i] - base[i]) * divergence;
        }
        from = to;
      }
    }
  }

  private record Fusion(Importance importance, float threshold) implements Elementwise {
    @Override
    public boolean givesTaskVector() {
      return false;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      float[] other = models[0];
      importance.of(first, base, other, out, count);
      for (int i = 0; i < count; i++) {
        boolean isTaken =
            out[i] >= threshold || Float.isNaN(other[i]); // of what is NaN none is lost
        out[i] = isTaken ? other[i] : base[i];
      }
    }
  }
}
