package org.lines4j.internal.method;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.TensorMerge;

/// The other model where it is near the base, and less of it the farther it is.
public record NearSwap(float t) implements TensorMerge.Elementwise {
  public static final MethodType TYPE =
      new BuiltIn(
          "nearswap",
          "the other model where it is near the base, less of it the farther it is",
          "alchemonaut, QuartetAnemoi-70B-t0.0001, 2024,"
              + " huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001",
          "θ = v·θ₁ + (1 − v)·θ0, where v = min(1, t / |θ0 − θ₁|)",
          BaseUse.REQUIRED,
          1,
          1,
          List.of(
              Parameters.required(
                  "t", Parameters.POSITIVE, "the distance up to which the other model is taken")),
          settings -> new NearSwap((float) settings.number("t")));

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      float distance = Math.abs(base[i] - models[0][i]);
      float share = distance > t ? t / distance : 1;
      out[i] = share * models[0][i] + (1 - share) * base[i];
    }
  }
}
