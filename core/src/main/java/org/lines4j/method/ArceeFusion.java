package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.tensor.Shape;

/// Arcee Fusion: the other model where its difference matters most, by size and by how much the
/// softmax of its row has changed.
record ArceeFusion() implements TensorMerge.WholeTensor {
  static final MethodType TYPE =
      new BuiltIn(
          "arcee_fusion",
          "the other model's elements where their importance stands out, else the base's",
          "Arcee AI, MergeKit v0.1, 2025,"
              + " www.arcee.ai/blog/meet-mergekit-v0-1-arcee-fusion-expanded-model-support-multi-gpu-acceleration",
          "θ = θ0 + (θ₁ − θ0)·[s ≥ Q2(s) + 1.5·(Q3(s) − Q1(s))], where s = |θ₁ − θ0|·KL(softmax of"
              + " the row of θ₁ ‖ that of θ0)",
          BaseUse.REQUIRED,
          1,
          1,
          List.of(),
          _ -> new ArceeFusion());

  private static final double EPSILON = 1e-8;

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(
      Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
    long count = shape.elements();
    if (count == 0) {
      return;
    }
    MemorySegment other = models[0];
    Rows rows = Rows.last(shape);
    for (long row = 0; row < rows.count(); row++) {
      float divergence = (float) divergence(rows, row, other, base);
      for (long i = 0; i < rows.length(); i++) {
        long index = rows.index(row, i);
        float difference = NativeFloats.get(other, index) - NativeFloats.get(base, index);
        NativeFloats.set(out, index, Math.abs(difference) * divergence);
      }
    }
    float spread = quantile(out, 0.75f) - quantile(out, 0.25f);
    float threshold = quantile(out, 0.5f) + 1.5f * spread;
    for (long i = 0; i < count; i++) {
      MemorySegment from = NativeFloats.get(out, i) >= threshold ? other : base;
      NativeFloats.set(out, i, NativeFloats.get(from, i));
    }
  }

  private static float quantile(MemorySegment values, float fraction) {
    return OrderStatistics.value(values, (long) (fraction * (NativeFloats.count(values) - 1)));
  }

  /// KL(softmax(a) ‖ softmax(b)) of one row, [#EPSILON] added to each probability.
  private static double divergence(Rows rows, long row, MemorySegment a, MemorySegment b) {
    double largestA = largest(rows, row, a);
    double largestB = largest(rows, row, b);
    double sumA = sumOfExponentials(rows, row, a, largestA);
    double sumB = sumOfExponentials(rows, row, b, largestB);
    double divergence = 0;
    for (long i = 0; i < rows.length(); i++) {
      long index = rows.index(row, i);
      double p = Math.exp(NativeFloats.get(a, index) - largestA) / sumA + EPSILON;
      double q = Math.exp(NativeFloats.get(b, index) - largestB) / sumB + EPSILON;
      divergence += p * Math.log(p / q);
    }
    return divergence;
  }

  private static double largest(Rows rows, long row, MemorySegment values) {
    double largest = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < rows.length(); i++) {
      largest = Math.max(largest, NativeFloats.get(values, rows.index(row, i)));
    }
    return largest;
  }

  private static double sumOfExponentials(
      Rows rows, long row, MemorySegment values, double largest) {
    double sum = 0;
    for (long i = 0; i < rows.length(); i++) {
      sum += Math.exp(NativeFloats.get(values, rows.index(row, i)) - largest);
    }
    return sum;
  }
}
