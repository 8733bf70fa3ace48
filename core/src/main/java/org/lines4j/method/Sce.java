package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// SCE: select the elements that vary most between models, calculate each model's weight from how
/// much it changed, erase what disagrees in sign.
record Sce(double topK) implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
      new BuiltIn(
          "sce",
          "where models differ most, weighted by how much each changed, as far as signs agree",
          "Wan et al., FuseChat, 2024, arXiv 2408.07990",
          "τ = Σ mᵢ·wᵢ·sel(τᵢ) / Σ mᵢ·wᵢ, where wᵢ = ‖sel(τᵢ)‖² / Σ ‖sel(τⱼ)‖², sel keeps the"
              + " select_topk of largest variance, mᵢ = [sign τᵢ = sign Σ τⱼ]",
          List.of(
              Parameters.global(
                  "select_topk",
                  1,
                  "the fraction, of the elements whose variance is not 0, that is kept; 0 … 1"),
              Parameters.LAMBDA,
              Parameters.INT8_MASK),
          Sce::create);

  private static Sce create(Settings settings) {
    double topK = settings.number("select_topk");
    Parameters.check("select_topk", topK, 0, 1);
    return new Sce(topK);
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(Shape shape, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    for (MemorySegment model : models) {
      NativeFloats.subtract(model, base);
    }
    if (topK < 1) {
      select(models, out);
    }
    float[] weights = weights(models);
    for (long i = 0; i < NativeFloats.count(out); i++) {
      NativeFloats.set(out, i, merged(models, weights, i));
    }
  }

  /// Sets to zero what varies little; `out` takes the variances.
  private void select(MemorySegment[] deltas, MemorySegment out) {
    long count = NativeFloats.count(out);
    long varying = 0;
    for (long i = 0; i < count; i++) {
      float variance = variance(deltas, i);
      varying += variance != 0 ? 1 : 0;
      NativeFloats.set(out, i, variance);
    }
    OrderStatistics.keepMagnitudes(out, count - (long) (topK * varying), count);
    for (long i = 0; i < count; i++) {
      if (NativeFloats.get(out, i) == 0) {
        for (MemorySegment delta : deltas) {
          NativeFloats.set(delta, i, 0);
        }
      }
    }
  }

  private static float variance(MemorySegment[] deltas, long index) {
    double sum = 0;
    for (MemorySegment delta : deltas) {
      sum += NativeFloats.get(delta, index);
    }
    double mean = sum / deltas.length;
    double squares = 0;
    for (MemorySegment delta : deltas) {
      double d = NativeFloats.get(delta, index) - mean;
      squares += d * d;
    }
    return (float) (squares / deltas.length);
  }

  private static float[] weights(MemorySegment[] deltas) {
    double[] squares = new double[deltas.length];
    for (int m = 0; m < deltas.length; m++) {
      squares[m] = NativeFloats.dot(deltas[m], deltas[m]);
    }
    double sum = Arrays.stream(squares).sum();
    float[] weights = new float[deltas.length];
    for (int m = 0; m < deltas.length; m++) {
      weights[m] = (float) (sum == 0 ? 1.0 / deltas.length : squares[m] / sum);
    }
    return weights;
  }

  private static float merged(MemorySegment[] deltas, float[] weights, long index) {
    float total = 0;
    for (MemorySegment delta : deltas) {
      total += NativeFloats.get(delta, index);
    }
    float sign = total >= 0 ? 1 : -1;
    float sum = 0;
    float divisor = 0;
    for (int m = 0; m < weights.length; m++) {
      float x = NativeFloats.get(deltas[m], index);
      boolean agrees = x * sign > 0;
      sum += agrees ? x * weights[m] : 0;
      divisor += agrees ? weights[m] : 0;
    }
    return divisor == 0 ? sum : sum / divisor;
  }
}
