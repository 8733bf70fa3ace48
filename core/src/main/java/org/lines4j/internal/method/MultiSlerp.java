package org.lines4j.internal.method;

import java.util.Arrays;
import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorScan;

/// Barycentric interpolation on a sphere: in the plane that touches it at the models' mean.
public record MultiSlerp(List<Double> weights, double epsilon) implements Combination.ByProducts {
  public static final MethodType TYPE =
      new BuiltIn(
          "multislerp",
          "a weighted mean on the sphere, of models or of their updates of a base",
          "Goddard, Multi-SLERP, 2025, goddard.blog/posts/multislerp-wow-what-a-cool-idea",
          "θ = θ0 + (Σ wᵢ·‖τᵢ‖)·exp_μ(Σ wᵢ·(uᵢ − ⟨uᵢ, μ⟩·μ)), where uᵢ = τᵢ/‖τᵢ‖, μ = Σ wᵢ·uᵢ at"
              + " length 1, and θ0 = 0 without base",
          BaseUse.OPTIONAL,
          1,
          BuiltIn.ANY,
          List.of(
              Parameters.WEIGHT,
              Parameters.flag(
                  "normalize_weights", true, "whether the weights are made to sum to 1"),
              Parameters.global(
                  "eps", Parameters.NOT_NEGATIVE, 1e-8, "added to norms before dividing by them")),
          MultiSlerp::create);

  private static MultiSlerp create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    double divisor = settings.flag("normalize_weights") ? sum : 1;
    if (divisor == 0) {
      throw new IllegalArgumentException(
          "the weights should not sum to 0 where they are normalized, found "
              + weights
              + "; give others, or normalize_weights: false");
    }
    double eps = settings.number("eps");
    return new MultiSlerp(weights.stream().map(weight -> weight / divisor).toList(), eps);
  }

  @Override
  public Span span(TensorScan scan) {
    return scan.models() == 1 ? Span.MODELS : Span.of(scan);
  }

  @Override
  public double[] coefficients(double[][] products) {
    int n = products.length;
    if (n == 1) {
      return new double[] {1};
    }
    double length = 0;
    double[] sum = new double[n]; // Σ wᵢ·τᵢ/‖τᵢ‖
    for (int m = 0; m < n; m++) {
      double norm = Math.sqrt(products[m][m]);
      length += weights.get(m) * norm;
      sum[m] = weights.get(m) / (norm + epsilon);
    }
    double sumNorm = Products.norm(products, sum);
    if (sumNorm < epsilon || sumNorm == 0) { // models that cancel out have no mean on the sphere
      return weights.stream().mapToDouble(Double::doubleValue).toArray();
    }
    double[] mean = Arrays.stream(sum).map(x -> x / sumNorm).toArray();
    double along = Products.form(products, sum, mean);
    double[] tangent = new double[n]; // Σ wᵢ·(uᵢ − ⟨uᵢ, mean⟩·mean)
    Arrays.setAll(tangent, m -> sum[m] - along * mean[m]);
    double angle = Products.norm(products, tangent) + epsilon;
    double aside = angle > 0 ? Math.sin(angle) / angle : 0;
    double[] coefficients = new double[n];
    for (int m = 0; m < n; m++) {
      coefficients[m] = length * (Math.cos(angle) * mean[m] + aside * tangent[m]);
    }
    return coefficients;
  }
}
