package org.lines4j.internal.method;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorMerge;

/// One model's tensor as it is, or times a number: for stacking layers of several models.
public record Passthrough(float scale) implements TensorMerge.Elementwise {
  public static final MethodType TYPE =
      new BuiltIn(
          "passthrough",
          "one model's tensors as they are, for models stacked of slices of others",
          "Goddard et al., Arcee's MergeKit, EMNLP 2024, arXiv 2403.13257",
          "θ = scale·θ₁",
          BaseUse.NONE,
          1,
          1,
          List.of(Parameters.model("scale", 1, "what the tensor is multiplied by")),
          settings -> new Passthrough(settings.numbers("scale").getFirst().floatValue()));

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public boolean isOnlyModel() {
    return scale == 1;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      out[i] = models[0][i] * scale;
    }
  }
}
