package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// Reinforced agent merging: updates that only one model makes are kept whole, those that several
/// make are averaged.
public final class Ram {
  private static final Parameter EPSILON =
      Parameters.global(
          "epsilon", Parameters.NOT_NEGATIVE, 1e-5, "how large an update must be to count as one");
  private static final String CITATION = "Reinforced Agent Merging, 2026, arXiv 2601.13572";

  public static final MethodType TYPE =
      new BuiltIn(
          "ram",
          "updates that one model makes kept, those that several make averaged",
          CITATION,
          "τ = Σ cᵢ·τᵢ / max(1, Σ cⱼ), where cᵢ = [|τᵢ| > epsilon]",
          List.of(EPSILON),
          settings ->
              new Averaged(
                  (float) settings.number("epsilon"),
                  Collections.nCopies(settings.models().size(), 1f)));
  public static final MethodType PLUS_TYPE =
      new BuiltIn(
          "ramplus_tl",
          "as ram, with the updates that one model makes strengthened, tensor by tensor",
          CITATION,
          "τ = Σ cᵢ·sᵢ·τᵢ / max(1, Σ cⱼ), where cᵢ is as in ram and sᵢ = 1 + r·min(alpha,"
              + " shared/unique) where no other model changes the element, else 1; shared and"
              + " unique are how many elements of the tensor the model changes with others and"
              + " alone",
          List.of(
              EPSILON,
              Parameters.global("r", 0.1, "how much unique updates are strengthened"),
              Parameters.global(
                  "alpha", Parameters.NOT_NEGATIVE, 0.2, "the most that shared/unique counts for")),
          Ram::createPlus);

  private Ram() {}

  private static TensorMerge createPlus(Settings settings) {
    return new Strengthened(
        (float) settings.number("epsilon"), settings.number("r"), settings.number("alpha"));
  }

  /// @param unique what each model's updates are multiplied by where no other model changes the
  ///   element
  private record Averaged(float epsilon, List<Float> unique) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      float[] factors = new float[models.length];
      for (int m = 0; m < factors.length; m++) {
        factors[m] = unique.get(m);
      }
      for (int i = 0; i < count; i++) {
        float sum = 0;
        int changed = 0;
        float factor = 1;
        for (int m = 0; m < models.length; m++) {
          float tau = models[m][i] - base[i];
          if (!(Math.abs(tau) <= epsilon)) { // NaN, too
            sum += tau;
            changed++;
            factor = factors[m];
          }
        }
        out[i] = changed == 1 ? sum * factor : sum / Math.max(changed, 1);
      }
    }
  }

  private record Strengthened(float epsilon, double r, double alpha)
      implements TensorMerge.Measured {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public int scans() {
      return 1;
    }

    @Override
    public Elementwise given(TensorScan scan) throws IOException {
      Changes changes = scan.measure(() -> new Changes(epsilon, scan.models()));
      List<Float> factors = new ArrayList<>();
      for (int m = 0; m < scan.models(); m++) {
        double ratio = changes.shared[m] / Math.max((double) changes.unique[m], (double) epsilon);
        factors.add((float) (1 + r * Math.min(alpha, ratio)));
      }
      return new Averaged(epsilon, factors);
    }
  }

  /// How many elements each model changes with others and alone.
  private static final class Changes implements TensorScan.Partial<Changes> {
    private final float epsilon;
    private final long[] shared;
    private final long[] unique;

    Changes(float epsilon, int models) {
      this.epsilon = epsilon;
      this.shared = new long[models];
      this.unique = new long[models];
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      int[] updates = new int[count];
      for (float[] model : models) {
        for (int i = 0; i < count; i++) {
          updates[i] += isUpdate(model[i] - base[i]);
        }
      }
      for (int m = 0; m < models.length; m++) {
        int all = 0;
        int alone = 0;
        for (int i = 0; i < count; i++) {
          int update = isUpdate(models[m][i] - base[i]);
          all += update;
          alone += update * Math.max(2 - updates[i], 0);
        }
        unique[m] += alone;
        shared[m] += all - alone;
      }
    }

    /// 1 or, also for NaN, 0: by sign, without a condition that no processor could foresee.
    private int isUpdate(float tau) {
      return (int) Math.max(Math.signum(Math.abs(tau) - epsilon), 0);
    }

    @Override
    public void add(Changes other) {
      Arrays.setAll(shared, m -> shared[m] + other.shared[m]);
      Arrays.setAll(unique, m -> unique[m] + other.unique[m]);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (int m = 0; m < shared.length; m++) {
        out.writeLong(shared[m]);
        out.writeLong(unique[m]);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int m = 0; m < shared.length; m++) {
        shared[m] = in.readLong();
        unique[m] = in.readLong();
      }
    }
  }
}
