package org.lines4j.doors.median;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// What recipes and `lines methods` know of it.
public final class Median implements MethodType {
  @Override
  public String name() {
    return "median";
  }

  @Override
  public String summary() {
    return "the median of the updates, element by element";
  }

  @Override
  public String citation() {
    return "none: an example";
  }

  @Override
  public String equation() {
    return "τ = median(wᵢ·(θᵢ − θ0))";
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter(
            "weight",
            Scope.MODEL,
            Values.NUMBER,
            Optional.of(1.0),
            "what an update is multiplied by"),
        new Parameter(
            "lambda",
            Scope.GLOBAL,
            Values.NUMBER,
            Optional.of(1.0),
            "what the median is multiplied by"));
  }

  @Override
  public TensorMerge create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    if (weights.contains(0.0)) {
      throw new IllegalArgumentException("weight should not be 0: leave the model out");
    }
    return new Merge(weights);
  }

  /// The arithmetic for one tensor. It keeps no state: pieces come in any order, on any thread.
  private record Merge(List<Double> weights) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true; // so that the result is θ0 + λ·τ, with the recipe's lambda or with lines:
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      float[] updates = new float[models.length];
      for (int i = 0; i < count; i++) {
        for (int m = 0; m < models.length; m++) {
          updates[m] = weights.get(m).floatValue() * (models[m][i] - base[i]);
        }
        Arrays.sort(updates);
        int middle = updates.length / 2;
        out[i] =
            updates.length % 2 == 1 ? updates[middle] : (updates[middle - 1] + updates[middle]) / 2;
      }
    }
  }
}
