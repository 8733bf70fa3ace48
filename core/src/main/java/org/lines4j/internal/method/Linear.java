package org.lines4j.internal.method;

import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;

/// The weighted average of the models: uniform soups, WiSE-FT, rewarded soups.
public record Linear(List<Float> weights, float divisor) implements TensorMerge.Elementwise {
  public static final MethodType TYPE =
      new BuiltIn(
          "linear",
          "the weighted average of the models",
          "Wortsman et al., Model Soups, ICML 2022, arXiv 2203.05482",
          "θ = Σ wᵢ·θᵢ, divided by Σ wᵢ if normalize",
          BaseUse.OPTIONAL,
          1,
          BuiltIn.ANY,
          List.of(Parameters.WEIGHT, Parameters.normalize(true)),
          Linear::create,
          true);

  private static Linear create(Settings settings) {
    List<Float> weights = Ties.floats(settings.numbers("weight"));
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    if (settings.flag("normalize") && sum == 0) {
      throw new IllegalArgumentException(
          "the weights should not sum to 0 where they are normalized, found "
              + weights
              + "; give others, or normalize: false");
    }
    return new Linear(weights, settings.flag("normalize") ? sum : 1);
  }

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public Optional<List<Double>> multiples() {
    return Optional.of(weights.stream().map(weight -> (double) weight / divisor).toList());
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    java.util.Arrays.fill(out, 0, count, 0);
    for (int m = 0; m < models.length; m++) {
      Combination.addScaled(out, weights.get(m), models[m], count);
    }
    if (divisor != 1) {
      for (int i = 0; i < count; i++) {
        out[i] /= divisor;
      }
    }
  }
}
