package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// Barycentric interpolation on a sphere: in the plane that touches it at the models' mean.
record MultiSlerp(List<Double> weights, double epsilon) implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
      new BuiltIn(
          "multislerp",
          "a weighted mean on the sphere, of models or of their updates of a base",
          "Goddard, Multi-SLERP, 2025, goddard.blog/posts/multislerp-wow-what-a-cool-idea",
          "θ = θ0 + (Σ wᵢ·‖τᵢ‖)·exp_μ(Σ wᵢ·log-tangent_μ(τᵢ/‖τᵢ‖)), where μ = Σ wᵢ·τᵢ/‖τᵢ‖ at"
              + " length 1, and θ0 = 0 without base",
          BaseUse.OPTIONAL,
          1,
          BuiltIn.ANY,
          List.of(
              Parameters.WEIGHT,
              Parameters.flag(
                  "normalize_weights", true, "whether the weights are made to sum to 1"),
              Parameters.global("eps", 1e-8, "added to norms before dividing by them; ≥ 0")),
          MultiSlerp::create);

  private static MultiSlerp create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    double divisor = settings.flag("normalize_weights") ? sum : 1;
    if (divisor == 0) {
      throw new IllegalArgumentException(
          "the weights should not sum to 0 where they are normalized, found " + weights);
    }
    return new MultiSlerp(
        weights.stream().map(weight -> weight / divisor).toList(), settings.number("eps"));
  }

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    boolean hasBase = base.byteSize() > 0;
    if (models.length == 1) {
      out.copyFrom(models[0]);
      return;
    }
    double length = 0;
    double[] norms = new double[models.length];
    out.fill((byte) 0);
    for (int m = 0; m < models.length; m++) {
      if (hasBase) {
        NativeFloats.subtract(models[m], base);
      }
      norms[m] = NativeFloats.norm(models[m]) + epsilon;
      length += weights.get(m) * (norms[m] - epsilon);
      NativeFloats.addScaled(out, (float) (weights.get(m) / norms[m]), models[m]);
    }
    double meanNorm = NativeFloats.norm(out);
    if (meanNorm < epsilon || meanNorm == 0) {
      average(models, out);
    } else {
      NativeFloats.multiply(out, (float) (1 / meanNorm));
      project(models, norms, out);
      NativeFloats.multiply(out, (float) length);
    }
    if (hasBase) {
      NativeFloats.add(out, base);
    }
  }

  /// For models that cancel out, which have no mean on the sphere.
  private void average(MemorySegment[] models, MemorySegment out) {
    out.fill((byte) 0);
    for (int m = 0; m < models.length; m++) {
      NativeFloats.addScaled(out, weights.get(m).floatValue(), models[m]);
    }
  }

  /// From the mean along Σ wᵢ·(uᵢ − ⟨uᵢ, mean⟩·mean); the first model's space takes that sum.
  private void project(MemorySegment[] models, double[] norms, MemorySegment mean) {
    MemorySegment tangent = models[0];
    double along = NativeFloats.dot(models[0], mean) * weights.getFirst() / norms[0];
    NativeFloats.multiply(tangent, (float) (weights.getFirst() / norms[0]));
    for (int m = 1; m < models.length; m++) {
      along += NativeFloats.dot(models[m], mean) * weights.get(m) / norms[m];
      NativeFloats.addScaled(tangent, (float) (weights.get(m) / norms[m]), models[m]);
    }
    NativeFloats.addScaled(tangent, (float) -along, mean);
    double angle = NativeFloats.norm(tangent) + epsilon;
    NativeFloats.multiply(mean, (float) Math.cos(angle));
    if (angle > 0) {
      NativeFloats.addScaled(mean, (float) (Math.sin(angle) / angle), tangent);
    }
  }
}
