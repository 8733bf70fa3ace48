package org.lines4j.subspace.method;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.method.ModelScan;
import org.lines4j.method.TensorMerge;
import org.lines4j.subspace.method.Golden.Tensor;

/// Whole models of a golden folder, scanned in memory.
record WholeModelInMemory(Map<String, float[]> base, List<Map<String, float[]>> tuned)
    implements ModelScan {
  private static final int TILE = 1000;

  static WholeModelInMemory of(Golden golden) {
    List<Map<String, float[]>> tuned = new ArrayList<>();
    golden.models().forEach(model -> tuned.add(floats(golden.read(model))));
    return new WholeModelInMemory(floats(golden.read("base")), tuned);
  }

  private static Map<String, float[]> floats(Map<String, Tensor> tensors) {
    Map<String, float[]> floats = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> floats.put(name, floats(tensor.values())));
    return floats;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /// What a merge makes of one tensor.
  float[] merge(TensorMerge.Elementwise merge, String name) {
    float[] origin = Golden.at(base, name);
    float[] out = new float[origin.length];
    merge.merge(0, origin, models(name, 0, origin.length), out, origin.length);
    return out;
  }

  private float[][] models(String name, int from, int to) {
    return tuned.stream()
        .map(model -> java.util.Arrays.copyOfRange(Golden.at(model, name), from, to))
        .toArray(float[][]::new);
  }

  @Override
  public long elements() {
    return base.values().stream().mapToLong(values -> values.length).sum();
  }

  @Override
  public <P extends Partial<P>> P measure(Question<P> question) {
    P found = question.nothing();
    base.forEach(
        (name, values) -> {
          for (int from = 0; from < values.length; from += TILE) {
            int to = Math.min(values.length, from + TILE);
            float[] origin = java.util.Arrays.copyOfRange(values, from, to);
            found.tile(from / TILE, origin, models(name, from, to), to - from);
          }
        });
    return found;
  }

  @Override
  public long sampled() {
    return 0;
  }

  @Override
  public <P extends Partial<P>> P sample(Question<P> question) {
    return measure(question);
  }

  @Override
  public int partials() {
    return 1;
  }
}
