package org.lines4j.internal.method;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorScan;
import org.lines4j.method.Values;

/// The Karcher mean of the models' directions on the sphere, at the mean of their lengths.
///
/// All that the search goes through is a combination of the models, known by its coefficients.
public record Karcher(int iterations, double tolerance) implements Combination.ByProducts {
  public static final MethodType TYPE =
      new BuiltIn(
          "karcher",
          "the mean of the models' directions on the sphere, at their mean length",
          "Karcher, Riemannian Center of Mass and Mollifier Smoothing, 1977",
          "θ = (1/N)·Σ ‖θᵢ‖ · argmin_μ Σ arccos²⟨μ, θᵢ/‖θᵢ‖⟩ on the unit sphere",
          BaseUse.NONE,
          1,
          BuiltIn.ANY,
          List.of(
              Parameters.global("max_iter", Values.wholeNumbers(1_000_000), 10, "the most steps"),
              Parameters.global(
                  "tol",
                  Values.numbers(Float.MIN_VALUE, 1),
                  1e-5,
                  "how short a step ends the search")),
          settings -> new Karcher((int) settings.number("max_iter"), settings.number("tol")));

  @Override
  public Span span(TensorScan scan) {
    return Span.MODELS;
  }

  @Override
  public double[] coefficients(double[][] products) {
    int n = products.length;
    double[] inverses =
        new double[n]; // 1/‖θᵢ‖, so that θᵢ·inverseᵢ is a unit vector; 0 for no vector
    double[] mean = new double[n];
    double length = 0;
    int valid = 0;
    for (int m = 0; m < n; m++) {
      double norm = Math.sqrt(products[m][m]);
      length += norm / n;
      inverses[m] = norm > tolerance ? 1 / norm : 0;
      valid += norm > tolerance ? 1 : 0;
    }
    if (n == 1) {
      return new double[] {1};
    }
    if (valid == 0) {
      return mean;
    }
    start(products, inverses, mean);
    boolean moving = true;
    for (int i = 0; i < iterations && moving; i++) {
      moving = step(products, inverses, valid, mean);
    }
    scale(mean, length);
    return mean;
  }

  /// At the direction of the mean; where that has none, at the first model's.
  private void start(double[][] products, double[] inverses, double[] mean) {
    System.arraycopy(inverses, 0, mean, 0, mean.length);
    double norm = Products.norm(products, mean) / mean.length;
    if (norm >= tolerance) {
      scale(mean, 1 / (norm * mean.length));
      return;
    }
    java.util.Arrays.fill(mean, 0);
    int first = 0;
    while (inverses[first] == 0) {
      first++;
    }
    mean[first] = inverses[first];
  }

  /// Moves the mean along the sum of the tangents to the models.
  ///
  /// @return whether it moved
  private boolean step(double[][] products, double[] inverses, int valid, double[] mean) {
    int n = mean.length;
    double[] tangent = new double[n];
    double along = 0;
    for (int m = 0; m < n; m++) {
      double[] unit = new double[n];
      unit[m] = inverses[m];
      double cosine = Math.clamp(Products.form(products, mean, unit), -1.0, 1.0);
      double angle = Math.acos(cosine);
      if (inverses[m] != 0 && angle >= tolerance) {
        double share = angle / Math.sin(angle) / valid;
        tangent[m] = share * inverses[m];
        along += share * cosine;
      }
    }
    for (int m = 0; m < n; m++) {
      tangent[m] -= along * mean[m];
    }
    double norm = Products.norm(products, tangent);
    if (!(norm >= tolerance)) {
      return false;
    }
    for (int m = 0; m < n; m++) {
      mean[m] = Math.cos(norm) * mean[m] + Math.sin(norm) / norm * tangent[m];
    }
    double length = Products.norm(products, mean);
    if (length > tolerance) {
      scale(mean, 1 / length);
    }
    return true;
  }

  private static void scale(double[] vector, double factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }
}
