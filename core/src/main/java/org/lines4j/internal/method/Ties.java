package org.lines4j.internal.method;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.method.MagnitudeBand.Ranks;
import org.lines4j.internal.method.TrimmedTaskVectors.Trim;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;

/// TIES-Merging: trim, elect signs, merge what agrees. Two code bases give this name to different
/// things; `trim_scope` chooses.
public final class Ties {
  private static final String TRIM_SCOPE = "trim_scope";

  static final Parameter AGGREGATE =
      Parameters.word("aggregate", ModelTies.Aggregate.MEAN, "what becomes of agreeing entries");

  public static final MethodType TYPE =
      new BuiltIn(
              "ties",
              "the largest updates only, and of those the ones that agree in sign",
              "Yadav et al., TIES-Merging, NeurIPS 2023, arXiv 2306.01708",
              "τ = Σ mᵢ·wᵢ·trim(τᵢ) / Σ mᵢ·wᵢ, where mᵢ = [sign(wᵢ·trim(τᵢ)) = sign(Σ"
                  + " wⱼ·trim(τⱼ))]",
              List.of(
                  Parameters.WEIGHT,
                  Parameters.DENSITY,
                  Parameters.LAMBDA,
                  Parameters.word(
                      TRIM_SCOPE,
                      TrimScope.TENSOR,
                      "what density is a fraction of: each tensor (mergekit) or the whole model"
                          + " (the authors' code)"),
                  AGGREGATE.onlyWhere(TRIM_SCOPE, "model"),
                  Parameters.normalize(true).onlyWhere(TRIM_SCOPE, "tensor"),
                  Parameters.flag(
                          "rescale",
                          false,
                          "whether trimmed updates are scaled to their former ‖·‖₁")
                      .onlyWhere(TRIM_SCOPE, "tensor"),
                  Parameters.INT8_MASK),
              Ties::create)
          .preparing(KernelChoice::prepareElections);

  /// What `density` is a fraction of.
  enum TrimScope {
    TENSOR,
    MODEL
  }

  private Ties() {}

  private static TensorMerge create(Settings settings) {
    List<Double> densities = settings.numbers("density");
    List<Double> weights = settings.numbers("weight");
    ModelTies.Aggregate aggregate =
        Parameters.choice(settings, "aggregate", ModelTies.Aggregate.class);
    return switch (Parameters.choice(settings, TRIM_SCOPE, TrimScope.class)) {
      case TENSOR ->
          new TrimmedTaskVectors(
              densities.stream().map(Ties::trim).toList(),
              settings.flag("rescale"),
              new Mixture(weights, true, settings.flag("normalize")));
      case MODEL -> new ModelTies(densities, weights, aggregate);
    };
  }

  /// Keeps the ⌊n·density⌋ elements of the largest magnitudes.
  private static Trim trim(double density) {
    return count -> Ranks.largest(density < 1 ? (long) (density * count) : count, count);
  }

  /// The weights, for methods that take them as float32.
  static List<Float> floats(List<Double> values) {
    List<Float> floats = new ArrayList<>();
    values.forEach(value -> floats.add(value.floatValue()));
    return List.copyOf(floats);
  }
}
