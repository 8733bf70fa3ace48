package org.lines4j.internal.method;

import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.method.Ballot;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorMerge.Electing;
import org.lines4j.method.TensorMerge.Elementwise;
import org.lines4j.method.Values;

/// Consensus merging: the merged task vector where at least `min_tasks` models' TALL masks hold.
public final class Consensus {
  private static final String TASK_VECTOR = "task_vector";

  public static final MethodType TYPE =
      new BuiltIn(
              "consensus",
              "a merged task vector without what only one task, or none, relies on",
              "Wang et al., Localizing Task Information for Improved Model Merging and Compression,"
                  + " ICML 2024, arXiv 2405.07813",
              "τ = τ_mtl·[Σₜ mₜ ≥ min_tasks], where mₜ = [|θ0 − θₜ| > tall_lambdaₜ·|θ0 + τ_mtl −"
                  + " θₜ|]",
              List.of(
                  Parameters.WEIGHT,
                  Parameters.model(
                      "tall_lambda",
                      0.4,
                      "how choosy the model's mask is; the paper tries 0.2 … 0.6"),
                  Parameters.global(
                      "min_tasks",
                      Values.wholeNumbers(Integer.MAX_VALUE),
                      2,
                      "how many models' masks an element needs"),
                  Parameters.word(TASK_VECTOR, TaskVector.TASK_ARITHMETIC, "what τ_mtl is"),
                  Parameters.model(
                          "density", Values.FRACTION, 0.2, "as of ties with trim_scope: model")
                      .onlyWhere(TASK_VECTOR, "ties"),
                  Ties.AGGREGATE.onlyWhere(TASK_VECTOR, "ties"),
                  Parameters.LAMBDA),
              Consensus::create)
          .preparing(KernelChoice::prepareElections);

  private enum TaskVector {
    TASK_ARITHMETIC,
    TIES
  }

  private Consensus() {}

  private static TensorMerge create(Settings settings) {
    List<Float> lambdas = Ties.floats(settings.numbers("tall_lambda"));
    int tasks = (int) settings.number("min_tasks");
    if (tasks > settings.models().size()) {
      throw new IllegalArgumentException(
          "min_tasks should be at most %d, which is how many models there are, found %d: no element could be kept"
              .formatted(settings.models().size(), tasks));
    }
    List<Double> weights = settings.numbers("weight");
    List<Double> densities = settings.numbers("density");
    ModelTies.Aggregate aggregate =
        Parameters.choice(settings, "aggregate", ModelTies.Aggregate.class);
    return switch (Parameters.choice(settings, TASK_VECTOR, TaskVector.class)) {
      case TASK_ARITHMETIC ->
          new Masked(
              new TaskArithmetic(new Mixture(weights, false, false)), new Masks(lambdas, tasks));
      case TIES ->
          new MaskedTies(new ModelTies(densities, weights, aggregate), new Masks(lambdas, tasks));
    };
  }

  private record MaskedTies(ModelTies ties, Masks masks) implements TensorMerge.WholeModel {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public List<Double> densities() {
      return ties.densities();
    }

    @Override
    public Electing given(List<Float> thresholds, int majority) {
      return new MaskedElection(ties.given(thresholds, majority), masks);
    }
  }

  private record Masked(Elementwise taskVector, Masks masks) implements Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      taskVector.merge(first, base, Masks.copy(models, count), out, count);
      masks.apply(base, models, out, count);
    }
  }

  private record MaskedElection(Electing taskVector, Masks masks) implements Electing {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public int majority() {
      return taskVector.majority();
    }

    @Override
    public Electing under(int other) {
      return new MaskedElection(taskVector.under(other), masks);
    }

    @Override
    public void vote(float[] base, float[][] models, float[] scratch, int count, Ballot ballot) {
      taskVector.vote(base, models, scratch, count, ballot);
    }

    @Override
    public void merge(
        long first, float[] base, float[][] models, float[] out, int count, Ballot ballot) {
      taskVector.merge(first, base, Masks.copy(models, count), out, count, ballot);
      masks.apply(base, models, out, count);
    }
  }

  /// The tasks' TALL masks.
  ///
  /// @param lambdas one for each model
  /// @param tasks how many masks must hold an element
  private record Masks(List<Float> lambdas, int tasks) {
    static float[][] copy(float[][] models, int count) {
      float[][] copies = new float[models.length][];
      Arrays.setAll(copies, m -> Arrays.copyOf(models[m], count));
      return copies;
    }

    /// Leaves those elements of the merged task vector that enough masks hold.
    void apply(float[] base, float[][] models, float[] out, int count) {
      int[] masks = new int[count];
      for (int m = 0; m < models.length; m++) {
        addMask(base, models[m], out, lambdas.get(m), masks, count);
      }
      for (int i = 0; i < count; i++) {
        out[i] = masks[i] >= tasks || Float.isNaN(out[i]) ? out[i] : 0;
      }
    }

    /// By sign, without a condition that no processor could foresee. NaN is in no mask.
    private static void addMask(
        float[] base, float[] model, float[] tau, float lambda, int[] masks, int count) {
      for (int i = 0; i < count; i++) {
        float own = Math.abs(base[i] - model[i]);
        float rest = Math.abs(base[i] + tau[i] - model[i]);
        masks[i] += (int) Math.max(Math.signum(own - lambda * rest), 0);
      }
    }
  }
}
