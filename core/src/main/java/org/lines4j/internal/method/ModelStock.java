package org.lines4j.internal.method;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// Model Stock: between the base and the models' average, where the angle between their updates
/// says the centre lies.
public final class ModelStock {
  public static final MethodType TYPE =
      new BuiltIn(
          "model_stock",
          "between the base and the models' average, as the angle between updates says",
          "Jang, Yun and Han, Model Stock, ECCV 2024, arXiv 2403.19522",
          "θ = t·mean(θᵢ) + (1 − t)·θ0, where t = N·cos ω/(1 + (N − 1)·cos ω), cos ω the mean over"
              + " pairs of updates",
          BaseUse.REQUIRED,
          2,
          BuiltIn.ANY,
          List.of(
              Parameters.flag(
                  "filter_wise", false, "whether each row of a tensor has its own angle")),
          settings -> settings.flag("filter_wise") ? new ByRow() : new ByTensor());

  private static final double LEAST_PRODUCT = 1e-6;

  /// Where 1 + (N − 1)·cos ω is less, the updates cancel out, and the base is all that is left.
  private static final double LEAST_DIVISOR = 1e-6;

  private ModelStock() {}

  /// t, from the products of the updates.
  private static double share(double[][] products) {
    int n = products.length;
    double sum = 0;
    for (int a = 0; a < n; a++) {
      for (int b = a + 1; b < n; b++) {
        double norms = Math.sqrt(products[a][a]) * Math.sqrt(products[b][b]);
        sum += Math.clamp(products[a][b] / Math.max(norms, LEAST_PRODUCT), -1.0, 1.0);
      }
    }
    double cosine = sum / (n * (n - 1) / 2.0);
    double divisor = 1 + (n - 1) * cosine;
    return divisor < LEAST_DIVISOR ? 0 : n * cosine / divisor;
  }

  private record ByTensor() implements Combination.ByProducts {
    @Override
    public Span span(TensorScan scan) {
      return Span.UPDATES;
    }

    @Override
    public double[] coefficients(double[][] products) {
      double[] each = new double[products.length];
      Arrays.fill(each, share(products) / products.length);
      return each;
    }
  }

  private record ByRow() implements TensorMerge.WholeTensor {
    @Override
    public boolean givesTaskVector() {
      return false;
    }

    @Override
    public boolean isByRow() {
      return true;
    }

    @Override
    public void merge(
        Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      for (MemorySegment model : models) {
        NativeFloats.subtract(model, base);
      }
      Rows rows = Rows.last(shape);
      for (long row = 0; row < rows.count(); row++) {
        float each = (float) (share(rows.products(models, row)) / models.length);
        addMean(rows, row, base, models, each, out);
      }
    }

    /// θ0 + each·Σ τᵢ.
    private static void addMean(
        Rows rows,
        long row,
        MemorySegment base,
        MemorySegment[] models,
        float each,
        MemorySegment out) {
      float[] merged = new float[(int) Math.min(Kernels.TILE, rows.length())];
      rows.read(
          models,
          row,
          (from, values, count) -> {
            float[] sum = values[0];
            for (int i = 0; i < count; i++) {
              sum[i] += 0; // −0 alone would be a sum of −0
            }
            for (int m = 1; m < values.length; m++) {
              for (int i = 0; i < count; i++) {
                sum[i] += values[m][i];
              }
            }
            rows.load(base, row, from, merged, count);
            for (int i = 0; i < count; i++) {
              merged[i] += each * sum[i];
            }
            rows.store(merged, out, row, from, count);
          });
    }
  }
}
