package org.lines4j.internal.method;

import java.io.IOException;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// θ = Σ cᵢ·xᵢ, added to θ0 where the xᵢ are updates.
final class Combination implements TensorMerge.Elementwise {
  /// A linear combination whose coefficients depend on nothing but the vectors' lengths and the
  /// angles between them, tensor by tensor.
  interface ByProducts extends TensorMerge.Measured {
    /// Which vectors are combined.
    Span span(TensorScan scan);

    /// The coefficient of each vector.
    ///
    /// @param products Σ x·y for each two of them
    double[] coefficients(double[][] products);

    @Override
    default boolean givesTaskVector() {
      return false;
    }

    @Override
    default int scans() {
      return 1;
    }

    @Override
    default Combination given(TensorScan scan) throws IOException {
      Span span = span(scan);
      return new Combination(span, coefficients(Products.measure(scan, span)));
    }
  }

  private final Span span;
  private final float[] factors;

  private Combination(Span span, double[] coefficients) {
    this.span = span;
    this.factors = new float[coefficients.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) coefficients[i];
    }
  }

  @Override
  public boolean givesTaskVector() {
    return false;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    float[][] vectors = span.vectors(base, models, count);
    for (int i = 0; i < count; i++) {
      out[i] = factors[0] * vectors[0][i];
    }
    for (int v = 1; v < vectors.length; v++) {
      addScaled(out, factors[v], vectors[v], count);
    }
    if (span == Span.UPDATES) {
      addScaled(out, 1, base, count);
    }
  }

  /// `out += factor · vector`
  static void addScaled(float[] out, float factor, float[] vector, int count) {
    for (int i = 0; i < count; i++) {
      out[i] += factor * vector[i];
    }
  }
}
