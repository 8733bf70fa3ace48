package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.tensor.Shape;

/// Spherical interpolation between two models, each tensor one vector.
record Slerp(double t) implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
      new BuiltIn(
          "slerp",
          "along the arc between the base and another model",
          "Shoemake, Animating Rotation with Quaternion Curves, SIGGRAPH 1985",
          "θ = sin((1 − t)·ω)/sin ω·θ0 + sin(t·ω)/sin ω·θ₁, where ω is the angle between them",
          BaseUse.REQUIRED,
          1,
          1,
          List.of(Parameters.required("t", "how far from the base, 0, to the other model, 1")),
          settings -> new Slerp(settings.number("t")));

  private static final double LEAST_NORM = 1e-8;
  private static final double NEARLY_PARALLEL = 0.9995;

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    double cosine =
        NativeFloats.dot(base, models[0])
            / (divisor(NativeFloats.norm(base)) * divisor(NativeFloats.norm(models[0])));
    double first = 1 - t;
    double second = t;
    if (Math.abs(cosine) <= NEARLY_PARALLEL) {
      double angle = Math.acos(cosine);
      first = Math.sin((1 - t) * angle) / Math.sin(angle);
      second = Math.sin(t * angle) / Math.sin(angle);
    }
    out.copyFrom(base);
    NativeFloats.multiply(out, (float) first);
    NativeFloats.addScaled(out, (float) second, models[0]);
  }

  private static double divisor(double norm) {
    return norm > LEAST_NORM ? norm : 1;
  }
}
