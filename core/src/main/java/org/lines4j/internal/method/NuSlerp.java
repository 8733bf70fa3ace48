package org.lines4j.internal.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// Spherical interpolation between two models or, with a base, their task vectors; of whole tensors
/// or of the vectors in them.
public final class NuSlerp {
  public static final MethodType TYPE =
      new BuiltIn(
          "nuslerp",
          "along the arc between two models, or between their updates of a base",
          "Goddard et al., Arcee's MergeKit, EMNLP 2024, arXiv 2403.13257",
          "θ = θ0 + sin((1 − t)·ω)/sin ω·τ₁ + sin(t·ω)/sin ω·τ₂, where t = w₂/(w₁ + w₂), ω is the"
              + " angle between them, and θ0 = 0 without base",
          BaseUse.OPTIONAL,
          2,
          2,
          List.of(
              Parameters.WEIGHT,
              Parameters.flag("nuslerp_flatten", true, "whether each tensor is one vector"),
              Parameters.flag(
                      "nuslerp_row_wise",
                      false,
                      "whether vectors run along the first extent, not the last")
                  .onlyWhere("nuslerp_flatten", false)),
          NuSlerp::create);

  private static final double LEAST_SUM = 1e-6;
  private static final double LEAST_NORM = 1e-7;
  private static final double PARALLEL_SINE = 1e-8;

  private NuSlerp() {}

  private static TensorMerge create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    double sum = weights.get(0) + weights.get(1);
    double t = Math.abs(sum) < LEAST_SUM ? 0.5 : weights.get(1) / sum;
    return settings.flag("nuslerp_flatten")
        ? new ByTensor(t)
        : new ByRow(t, settings.flag("nuslerp_row_wise"));
  }

  /// What both vectors are multiplied by, from the products of the two.
  private static double[] coefficients(double t, double[][] products) {
    double norms =
        Math.max(Math.sqrt(products[0][0]), LEAST_NORM)
            * Math.max(Math.sqrt(products[1][1]), LEAST_NORM);
    double angle = Math.acos(Math.clamp(products[0][1] / norms, -1.0, 1.0));
    return Math.abs(Math.sin(angle)) < PARALLEL_SINE
        ? new double[] {1 - t, t}
        : Slerp.alongArc(t, angle);
  }

  private record ByTensor(double t) implements Combination.ByProducts {
    @Override
    public Span span(TensorScan scan) {
      return Span.of(scan);
    }

    @Override
    public double[] coefficients(double[][] products) {
      return NuSlerp.coefficients(t, products);
    }
  }

  /// @param alongFirst whether the vectors run along the first extent, not the last
  private record ByRow(double t, boolean alongFirst) implements TensorMerge.WholeTensor {
    @Override
    public boolean givesTaskVector() {
      return false;
    }

    @Override
    public boolean isByRow() {
      return !alongFirst;
    }

    @Override
    public void merge(
        Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      boolean hasBase = base.byteSize() > 0;
      if (hasBase) {
        NativeFloats.subtract(models[0], base);
        NativeFloats.subtract(models[1], base);
      }
      Rows rows = alongFirst ? Rows.first(shape) : Rows.last(shape);
      for (long row = 0; row < rows.count(); row++) {
        double[] factors = coefficients(t, rows.products(models, row));
        combine(rows, row, models, (float) factors[0], (float) factors[1], out);
      }
      if (hasBase) {
        NativeFloats.add(out, base);
      }
    }

    private static void combine(
        Rows rows, long row, MemorySegment[] models, float first, float second, MemorySegment out) {
      rows.read(
          models,
          row,
          (from, values, count) -> {
            for (int i = 0; i < count; i++) {
              values[0][i] = first * values[0][i] + second * values[1][i];
            }
            rows.store(values[0], out, row, from, count);
          });
    }
  }
}
