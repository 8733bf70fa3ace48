package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// Reinforced agent merging: updates that only one model makes are kept whole, those that several
/// make are averaged.
final class Ram {
  private static final Parameter EPSILON =
      Parameters.global("epsilon", 1e-5, "how large an update must be to count as one; ≥ 0");
  private static final String CITATION = "Reinforced Agent Merging, 2026, arXiv 2601.13572";

  static final MethodType TYPE =
      new BuiltIn(
          "ram",
          "updates that one model makes kept, those that several make averaged",
          CITATION,
          "τ = Σ cᵢ·τᵢ / max(1, Σ cⱼ), where cᵢ = [|τᵢ| > epsilon]",
          List.of(EPSILON),
          settings -> new Averaged(epsilon(settings)));
  static final MethodType PLUS_TYPE =
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
              Parameters.global("alpha", 0.2, "the most that shared/unique counts for; ≥ 0")),
          Ram::createPlus);

  private Ram() {}

  private static float epsilon(Settings settings) {
    double epsilon = settings.number("epsilon");
    Parameters.check("epsilon", epsilon, 0, Double.MAX_VALUE);
    return (float) epsilon;
  }

  private static TensorMerge createPlus(Settings settings) {
    double alpha = settings.number("alpha");
    Parameters.check("alpha", alpha, 0, Double.MAX_VALUE);
    return new Strengthened(epsilon(settings), settings.number("r"), alpha);
  }

  private record Averaged(float epsilon) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      for (int i = 0; i < count; i++) {
        float sum = 0;
        int changed = 0;
        for (float[] model : models) {
          float tau = model[i] - base[i];
          boolean counts = Math.abs(tau) > epsilon;
          sum += counts ? tau : 0;
          changed += counts ? 1 : 0;
        }
        out[i] = sum / Math.max(changed, 1);
      }
    }
  }

  private record Strengthened(float epsilon, double r, double alpha)
      implements TensorMerge.WholeTensor {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      long count = shape.elements();
      for (MemorySegment model : models) {
        NativeFloats.subtract(model, base);
      }
      long[] shared = new long[models.length];
      long[] unique = new long[models.length];
      for (long i = 0; i < count; i++) {
        long[] target = changed(models, i) == 1 ? unique : shared;
        for (int m = 0; m < models.length; m++) {
          target[m] += isUpdate(models[m], i) ? 1 : 0;
        }
      }
      float[] factors = new float[models.length];
      for (int m = 0; m < models.length; m++) {
        factors[m] =
            (float)
                (1
                    + r
                        * Math.min(
                            alpha,
                            (double) shared[m] / Math.max((double) unique[m], (double) epsilon)));
      }
      for (long i = 0; i < count; i++) {
        NativeFloats.set(out, i, merged(models, factors, i));
      }
    }

    private float merged(MemorySegment[] models, float[] factors, long index) {
      int changed = changed(models, index);
      float sum = 0;
      for (int m = 0; m < models.length; m++) {
        float tau = isUpdate(models[m], index) ? NativeFloats.get(models[m], index) : 0;
        sum += changed == 1 ? tau * factors[m] : tau / Math.max(changed, 1);
      }
      return sum;
    }

    private int changed(MemorySegment[] models, long index) {
      int changed = 0;
      for (MemorySegment model : models) {
        changed += isUpdate(model, index) ? 1 : 0;
      }
      return changed;
    }

    private boolean isUpdate(MemorySegment model, long index) {
      return Math.abs(NativeFloats.get(model, index)) > epsilon;
    }
  }
}
