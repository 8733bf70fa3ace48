package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// The Karcher mean of the models' directions on the sphere, at the mean of their lengths.
///
/// The models become unit vectors, and `out` the mean direction; the sum of the tangents is never
/// stored, so that no more space is needed.
record Karcher(int iterations, double tolerance) implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
      new BuiltIn(
          "karcher",
          "the mean of the models' directions on the sphere, at their mean length",
          "Karcher, Riemannian Center of Mass and Mollifier Smoothing, 1977",
          "θ = (1/N)·Σ ‖θᵢ‖ · argmin_μ Σ arccos²⟨μ, θᵢ/‖θᵢ‖⟩ on the unit sphere",
          BaseUse.NONE,
          1,
          BuiltIn.ANY,
          List.of(
              Parameters.global("max_iter", 10, "the most steps; a whole number ≥ 0"),
              Parameters.global("tol", 1e-5, "how short a step ends the search; > 0")),
          Karcher::create);

  private static Karcher create(Settings settings) {
    double iterations = settings.number("max_iter");
    double tolerance = settings.number("tol");
    Parameters.check("max_iter", iterations, 0, 1e6);
    Parameters.check("tol", tolerance, Double.MIN_VALUE, 1);
    return new Karcher((int) iterations, tolerance);
  }

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    if (models.length == 1) {
      out.copyFrom(models[0]);
      return;
    }
    double length = 0;
    double[] factors = new double[models.length];
    int valid = 0;
    for (int m = 0; m < models.length; m++) {
      double norm = NativeFloats.norm(models[m]);
      length += norm / models.length;
      factors[m] = norm > tolerance ? 1 / norm : 0;
      valid += norm > tolerance ? 1 : 0;
    }
    out.fill((byte) 0);
    if (valid == 0) {
      return;
    }
    for (int m = 0; m < models.length; m++) {
      NativeFloats.multiply(models[m], (float) factors[m]);
      NativeFloats.addScaled(out, 1f / valid, models[m]);
    }
    start(models, factors, out);
    boolean moving = true;
    for (int i = 0; i < iterations && moving; i++) {
      moving = step(models, factors, valid, out);
    }
    NativeFloats.multiply(out, (float) length);
  }

  private void start(MemorySegment[] units, double[] factors, MemorySegment mean) {
    double norm = NativeFloats.norm(mean);
    if (norm >= tolerance) {
      NativeFloats.multiply(mean, (float) (1 / norm));
      return;
    }
    int first = 0;
    while (factors[first] == 0) {
      first++;
    }
    mean.copyFrom(units[first]);
  }

  /// Moves the mean along the sum of the tangents to the models.
  ///
  /// @return whether it moved
  private boolean step(MemorySegment[] units, double[] factors, int valid, MemorySegment mean) {
    double[] shares = new double[units.length];
    double along = 0;
    for (int m = 0; m < units.length; m++) {
      double cosine = Math.clamp(NativeFloats.dot(mean, units[m]), -1.0, 1.0);
      double angle = Math.acos(cosine);
      if (factors[m] != 0 && angle >= tolerance) {
        shares[m] = angle / Math.sin(angle) / valid;
        along += shares[m] * cosine;
      }
    }
    double squared = squaredTangent(units, shares, along, mean);
    double norm = Math.sqrt(Math.max(squared, 0));
    if (!(norm >= tolerance)) {
      return false;
    }
    double scale = Math.sin(norm) / norm;
    NativeFloats.multiply(mean, (float) (Math.cos(norm) - scale * along));
    for (int m = 0; m < units.length; m++) {
      NativeFloats.addScaled(mean, (float) (scale * shares[m]), units[m]);
    }
    double length = NativeFloats.norm(mean);
    if (length > tolerance) {
      NativeFloats.multiply(mean, (float) (1 / length));
    }
    return true;
  }

  /// ‖Σ sharesₘ·unitₘ − along·mean‖², element by element: dot products would cancel.
  private static double squaredTangent(
      MemorySegment[] units, double[] shares, double along, MemorySegment mean) {
    double sum = 0;
    for (long i = 0; i < NativeFloats.count(mean); i++) {
      double x = -along * NativeFloats.get(mean, i);
      for (int m = 0; m < units.length; m++) {
        x += shares[m] * NativeFloats.get(units[m], i);
      }
      sum += x * x;
    }
    return sum;
  }
}
