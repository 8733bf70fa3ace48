package org.lines4j.subspace.method;

import java.util.Arrays;
import org.lines4j.method.TensorMerge;

/// The base stays.
record NoUpdate() implements TensorMerge.Elementwise {
  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public void merge(long first, float[] base, float[][] models, float[] out, int count) {
    Arrays.fill(out, 0, count, 0);
  }
}
