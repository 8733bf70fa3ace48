package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.tensor.Shape;

/// Model Stock: between the base and the models' average, where the angle between their updates
/// says the centre lies.
record ModelStock(boolean filterWise) implements TensorMerge.WholeTensor {
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
          settings -> new ModelStock(settings.flag("filter_wise")));

  private static final double LEAST_PRODUCT = 1e-6;

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    for (MemorySegment model : models) {
      NativeFloats.subtract(model, base);
    }
    Rows rows = filterWise ? Rows.last(shape) : Rows.flat(shape);
    for (long row = 0; row < rows.count(); row++) {
      double t = share(rows, row, models);
      float each = (float) (t / models.length);
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

  private static double share(Rows rows, long row, MemorySegment[] updates) {
    int n = updates.length;
    double[] norms = new double[n];
    for (int m = 0; m < n; m++) {
      norms[m] = Math.sqrt(rows.dot(updates[m], updates[m], row));
    }
    double sum = 0;
    for (int a = 0; a < n; a++) {
      for (int b = a + 1; b < n; b++) {
        double product = Math.max(norms[a] * norms[b], LEAST_PRODUCT);
        sum += Math.clamp(rows.dot(updates[a], updates[b], row) / product, -1.0, 1.0);
      }
    }
    double cosine = sum / (n * (n - 1) / 2.0);
    return n * cosine / (1 + (n - 1) * cosine);
  }
}
