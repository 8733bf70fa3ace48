package org.lines4j.internal.method;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorScan;
import org.lines4j.method.Values;

/// Spherical interpolation between two models, each tensor one vector.
public record Slerp(double t) implements Combination.ByProducts {
  public static final MethodType TYPE =
      new BuiltIn(
          "slerp",
          "along the arc between the base and another model",
          "Shoemake, Animating Rotation with Quaternion Curves, SIGGRAPH 1985",
          "θ = sin((1 − t)·ω)/sin ω·θ0 + sin(t·ω)/sin ω·θ₁, where ω is the angle between them",
          BaseUse.REQUIRED,
          1,
          1,
          List.of(
              Parameters.required(
                  "t", Values.NUMBER, "how far from the base, 0, to the other model, 1")),
          settings -> new Slerp(settings.number("t")));

  private static final double LEAST_NORM = 1e-8;
  private static final double NEARLY_PARALLEL = 0.9995;

  @Override
  public Span span(TensorScan scan) {
    return Span.BASE_AND_MODELS;
  }

  @Override
  public double[] coefficients(double[][] products) {
    double cosine =
        products[0][1] / (divisor(Math.sqrt(products[0][0])) * divisor(Math.sqrt(products[1][1])));
    if (Math.abs(cosine) > NEARLY_PARALLEL) {
      return new double[] {1 - t, t};
    }
    return alongArc(t, Math.acos(cosine));
  }

  /// What two vectors are multiplied by to come from the first, at t = 0, along the arc to the
  /// second.
  ///
  /// @param angle between the two, no multiple of π
  static double[] alongArc(double t, double angle) {
    double sine = Math.sin(angle);
    return new double[] {Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine};
  }

  private static double divisor(double norm) {
    return norm > LEAST_NORM ? norm : 1;
  }
}
