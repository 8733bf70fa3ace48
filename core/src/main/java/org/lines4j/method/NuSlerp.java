package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// Spherical interpolation between two models or, with a base, their task vectors; of whole tensors
/// or of the vectors in them.
record NuSlerp(double t, Vectors vectors) implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
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
                  "without flattening, whether vectors run along the first extent, not the last")),
          NuSlerp::create);

  private static final double LEAST_SUM = 1e-6;
  private static final double LEAST_NORM = 1e-7;
  private static final double PARALLEL_SINE = 1e-8;

  /// What is interpolated.
  enum Vectors {
    FLAT,
    LAST,
    FIRST
  }

  private static NuSlerp create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    double sum = weights.get(0) + weights.get(1);
    double t = Math.abs(sum) < LEAST_SUM ? 0.5 : weights.get(1) / sum;
    Vectors unflattened = settings.flag("nuslerp_row_wise") ? Vectors.FIRST : Vectors.LAST;
    return new NuSlerp(t, settings.flag("nuslerp_flatten") ? Vectors.FLAT : unflattened);
  }

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    boolean hasBase = base.byteSize() > 0;
    if (hasBase) {
      NativeFloats.subtract(models[0], base);
      NativeFloats.subtract(models[1], base);
    }
    Rows rows =
        switch (vectors) {
          case FLAT -> Rows.flat(shape);
          case LAST -> Rows.last(shape);
          case FIRST -> Rows.first(shape);
        };
    for (long row = 0; row < rows.count(); row++) {
      interpolate(rows, row, models[0], models[1], out);
    }
    if (hasBase) {
      NativeFloats.add(out, base);
    }
  }

  private void interpolate(
      Rows rows, long row, MemorySegment a, MemorySegment b, MemorySegment out) {
    double norms =
        Math.max(Math.sqrt(rows.dot(a, a, row)), LEAST_NORM)
            * Math.max(Math.sqrt(rows.dot(b, b, row)), LEAST_NORM);
    double angle = Math.acos(Math.clamp(rows.dot(a, b, row) / norms, -1.0, 1.0));
    double sine = Math.sin(angle);
    if (Math.abs(sine) < PARALLEL_SINE) {
      rows.combine(a, 1 - t, b, t, out, row);
    } else {
      double first = Math.sin((1 - t) * angle) / sine;
      rows.combine(a, first, b, Math.sin(t * angle) / sine, out, row);
    }
  }
}
