package org.lines4j.internal.method;

import java.io.IOException;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// Σ x·y for each two of some vectors, which are a tensor's models or the updates that they make.
final class Products extends TileSums<Products> {
  private static final int STRANDS = 4;

  private final Span span;
  private final int vectors;

  private Products(Span span, int vectors, Shape shape) {
    super(shape, vectors * (vectors + 1) / 2);
    this.span = span;
    this.vectors = vectors;
  }

  /// The symmetric matrix of all products.
  static double[][] measure(TensorScan scan, Span span) throws IOException {
    int vectors = span.vectors(scan.models());
    return scan.measure(() -> new Products(span, vectors, scan.shape())).matrix();
  }

  @Override
  public void tile(long first, float[] base, float[][] models, int count) {
    float[][] x = span.vectors(base, models, count);
    int which = 0;
    for (int a = 0; a < vectors; a++) {
      for (int b = 0; b <= a; b++) {
        sums.add(first, which++, dot(x[a], x[b], count));
      }
    }
  }

  private double[][] matrix() {
    double[][] matrix = new double[vectors][vectors];
    int which = 0;
    for (int a = 0; a < vectors; a++) {
      for (int b = 0; b <= a; b++) {
        double total = sums.total(which++);
        matrix[a][b] = total;
        matrix[b][a] = total;
      }
    }
    return matrix;
  }

  /// The product of two combinations of the vectors: xᵀ·products·y.
  static double form(double[][] products, double[] x, double[] y) {
    double sum = 0;
    for (int a = 0; a < x.length; a++) {
      for (int b = 0; b < y.length; b++) {
        sum += x[a] * products[a][b] * y[b];
      }
    }
    return sum;
  }

  /// The length of a combination of the vectors.
  static double norm(double[][] products, double[] x) {
    double squared = form(products, x, x);
    return squared < 0 ? 0 : Math.sqrt(squared); // NaN stays
  }

  /// In strands by index, as processors like it: the same on every machine.
  static double dot(float[] a, float[] b, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int end = count - count % STRANDS;
    for (int i = 0; i < end; i += STRANDS) {
      s0 += (double) a[i] * b[i];
      s1 += (double) a[i + 1] * b[i + 1];
      s2 += (double) a[i + 2] * b[i + 2];
      s3 += (double) a[i + 3] * b[i + 3];
    }
    for (int i = end; i < count; i++) {
      s0 += (double) a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
