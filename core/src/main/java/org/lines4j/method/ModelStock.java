package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.tensor.Shape;

/// Model Stock: between the base and the models' average, where the angle between their updates
/// says the centre lies.
final class ModelStock {
  static final MethodType TYPE =
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
    return n * cosine / (1 + (n - 1) * cosine);
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
        for (long i = 0; i < rows.length(); i++) {
          long index = rows.index(row, i);
          float sum = 0;
          for (MemorySegment model : models) {
            sum += NativeFloats.get(model, index);
          }
          NativeFloats.set(out, index, NativeFloats.get(base, index) + each * sum);
        }
      }
    }
  }
}
