package org.lines4j.subspace.method;

import java.util.List;
import org.lines4j.method.TensorMerge;

/// The sum of the updates, in an order that is not the models'.
record Sum(List<Double> weights) implements TensorMerge.Elementwise {
  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    Mean.sum(weights, 1, base, models, out, count);
  }
}
