package org.lines4j.internal.method;

import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;

/// Task arithmetic: the weighted sum of the task vectors.
public record TaskArithmetic(Mixture mixture) implements TensorMerge.Elementwise {
  private static final String WEIGHTS = "weights";

  public static final MethodType TYPE =
      new BuiltIn(
          "task_arithmetic",
          "the weighted sum of the models' updates of the base",
          "Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023, arXiv 2212.04089",
          "τ = Σ wᵢ·(θᵢ − θ0), divided by Σ wᵢ if normalize",
          List.of(
              Parameters.word(
                  WEIGHTS,
                  Weights.GIVEN,
                  "whether each model says its weight, or it is measured as metagpt has it"),
              Parameters.WEIGHT.onlyWhere(WEIGHTS, "given"),
              Parameters.model(
                  "density", 1, "accepted for mergekit's sake; changes nothing without trimming"),
              Parameters.LAMBDA,
              Parameters.normalize(false).onlyWhere(WEIGHTS, "given"),
              Parameters.flag(
                  "rescale", false, "accepted for mergekit's sake; changes nothing here"),
              Parameters.INT8_MASK),
          TaskArithmetic::create);

  /// Where the weights come from.
  private enum Weights {
    GIVEN,
    AUTO
  }

  private static TensorMerge create(MethodType.Settings settings) {
    return switch (Parameters.choice(settings, WEIGHTS, Weights.class)) {
      case GIVEN ->
          new TaskArithmetic(
              new Mixture(settings.numbers("weight"), false, settings.flag("normalize")));
      case AUTO -> MetaGpt.of(settings.models().size());
    };
  }

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
