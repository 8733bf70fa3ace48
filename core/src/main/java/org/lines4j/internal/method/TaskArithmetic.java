package org.lines4j.internal.method;

import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;

/// Task arithmetic: the weighted sum of the task vectors.
public record TaskArithmetic(Mixture mixture) implements TensorMerge.Elementwise {
  public static final MethodType TYPE =
      new BuiltIn(
          "task_arithmetic",
          "the weighted sum of the models' updates of the base",
          "Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023, arXiv 2212.04089",
          "τ = Σ wᵢ·(θᵢ − θ0), divided by Σ wᵢ if normalize",
          List.of(
              Parameters.WEIGHT,
              Parameters.model(
                  "density", 1, "accepted for mergekit's sake; changes nothing without trimming"),
              Parameters.LAMBDA,
              Parameters.normalize(false),
              Parameters.flag(
                  "rescale", false, "accepted for mergekit's sake; changes nothing here"),
              Parameters.INT8_MASK),
          settings ->
              new TaskArithmetic(
                  new Mixture(settings.numbers("weight"), false, settings.flag("normalize"))));

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public boolean isOwnTaskVector() {
    return mixture.isIdentity();
  }

  @Override
  public Optional<List<Double>> multiples() {
    return Optional.of(mixture.factors());
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    mixture.mixTaskVectors(base, models, out, count);
  }
}
