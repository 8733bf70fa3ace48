package org.lines4j.method;

import java.util.List;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge.Elementwise;

/// Consensus merging: the merged task vector where at least `min_tasks` models' TALL masks hold.
final class Consensus {
  static final MethodType TYPE =
      new BuiltIn(
          "consensus",
          "a merged task vector without what only one task, or none, relies on",
          "Wang et al., Localizing Task Information for Improved Model Merging and Compression,"
              + " ICML 2024, arXiv 2405.07813",
          "τ = τ_mtl·[Σₜ mₜ ≥ min_tasks], where mₜ = [|θ0 − θₜ| > tall_lambdaₜ·|θ0 + τ_mtl − θₜ|]",
          List.of(
              Parameters.WEIGHT,
              Parameters.model(
                  "tall_lambda", 0.4, "how choosy the model's mask is; the paper tries 0.2 … 0.6"),
              Parameters.global(
                  "min_tasks", 2, "how many models' masks an element needs; a whole number ≥ 0"),
              Parameters.word(
                  "task_vector", "task_arithmetic", "what τ_mtl is: task_arithmetic or ties"),
              Parameters.model("density", 0.2, "with task_vector: ties, as its trim_scope: model"),
              Ties.AGGREGATE,
              Parameters.LAMBDA),
          Consensus::create);

  private enum TaskVector {
    TASK_ARITHMETIC,
    TIES
  }

  private Consensus() {}

  private static TensorMerge create(Settings settings) {
    List<Float> lambdas = Ties.floats(settings.numbers("tall_lambda"));
    double tasks = settings.number("min_tasks");
    Parameters.check("min_tasks", tasks, 0, Integer.MAX_VALUE);
    List<Double> weights = settings.numbers("weight");
    List<Double> densities = Parameters.densities(settings);
    ModelTies.Aggregate aggregate =
        Parameters.choice(settings, "aggregate", ModelTies.Aggregate.class);
    return switch (Parameters.choice(settings, "task_vector", TaskVector.class)) {
      case TASK_ARITHMETIC ->
          new Masked(new TaskArithmetic(new Mixture(weights, false, false)), lambdas, (int) tasks);
      case TIES ->
          new MaskedTies(new ModelTies(densities, weights, aggregate), lambdas, (int) tasks);
    };
  }

  private record MaskedTies(ModelTies ties, List<Float> lambdas, int tasks)
      implements TensorMerge.WholeModel {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public List<Double> densities() {
      return ties.densities();
    }

    @Override
    public Elementwise votes(List<Float> thresholds) {
      return ties.votes(thresholds);
    }

    @Override
    public Elementwise given(List<Float> thresholds, int majority) {
      return new Masked(ties.given(thresholds, majority), lambdas, tasks);
    }
  }

  private record Masked(Elementwise taskVector, List<Float> lambdas, int tasks)
      implements Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      float[][] scratch = new float[models.length][];
      for (int m = 0; m < models.length; m++) {
        scratch[m] = java.util.Arrays.copyOf(models[m], count);
      }
      taskVector.merge(first, base, scratch, out, count);
      int[] masks = new int[count];
      for (int m = 0; m < models.length; m++) {
        addMask(base, models[m], out, lambdas.get(m), masks, count);
      }
      for (int i = 0; i < count; i++) {
        out[i] = masks[i] >= tasks ? out[i] : 0;
      }
    }

    private static void addMask(
        float[] base, float[] model, float[] tau, float lambda, int[] masks, int count) {
      for (int i = 0; i < count; i++) {
        float own = Math.abs(base[i] - model[i]);
        float rest = Math.abs(base[i] + tau[i] - model[i]);
        masks[i] += own > lambda * rest ? 1 : 0;
      }
    }
  }
}
