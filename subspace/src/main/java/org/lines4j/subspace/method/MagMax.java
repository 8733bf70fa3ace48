package org.lines4j.subspace.method;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;

/// MagMax: of each element the update of largest magnitude.
public final class MagMax implements MethodType {
  /// For `ServiceLoader`.
  public MagMax() {}

  @Override
  public String name() {
    return "magmax";
  }

  @Override
  public String summary() {
    return "of each element the update of largest magnitude";
  }

  @Override
  public String citation() {
    return "Marczak et al., MagMax, ECCV 2024, arXiv 2407.06322";
  }

  @Override
  public String equation() {
    return "τ = τⱼ where |τⱼ| = maxᵢ |τᵢ|, the later model's where two are equal";
  }

  @Override
  public String advice() {
    return "made for continual learning: models tuned one after the other on parts of one task";
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(SubspaceMethod.weight(), SubspaceMethod.lambda(0.5));
  }

  @Override
  public TensorMerge create(Settings settings) {
    return new Largest(settings.numbers("weight"));
  }

  private record Largest(List<Double> weights) implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      for (int m = 0; m < models.length; m++) {
        float[] model = models[m];
        float weight = weights.get(m).floatValue();
        for (int i = 0; i < count; i++) {
          float update = weight * (model[i] - base[i]);
          boolean isLarger = !(Math.abs(update) < Math.abs(out[i])) && !Float.isNaN(out[i]);
          out[i] = m == 0 || isLarger ? update : out[i];
        }
      }
    }
  }
}
