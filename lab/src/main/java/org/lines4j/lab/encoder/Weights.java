package org.lines4j.lab.encoder;

import java.util.Arrays;
import org.lines4j.tensor.TensorInfo;

/// All weights of an encoder, in one vector.
///
/// @param values as [EncoderLayout] says; not copied
@SuppressWarnings("ArrayRecordComponent") // shared as they are
record Weights(EncoderLayout layout, float[] values) {
  private static final double POSITIONS = 0.5;

  Weights {
    if (values.length != layout.elements()) {
      throw new IllegalArgumentException(
          "expected %d weights, found %d".formatted(layout.elements(), values.length));
    }
  }

  /// Fresh ones: matrices uniform within ±1/√inputs, those that write to the residual stream
  /// smaller by √(2 · blocks), so that its variance does not grow with depth.
  static Weights random(ImageConfig config, long seed) {
    EncoderLayout layout = EncoderLayout.of(config);
    float[] values = new float[layout.elements()];
    int from = 0;
    for (TensorInfo tensor : layout.tensors()) {
      int to = from + (int) tensor.elements();
      fill(values, from, to, tensor, new SeededNumbers(seed, tensor.name()), config);
      from = to;
    }
    return new Weights(layout, values);
  }

  private static void fill(
      float[] values,
      int from,
      int to,
      TensorInfo tensor,
      SeededNumbers numbers,
      ImageConfig config) {
    String name = tensor.name();
    if (name.contains("position_embedding")) {
      for (int i = from; i < to; i++) {
        values[i] = (float) (POSITIONS * numbers.normal());
      }
    } else if (isMatrix(tensor)) {
      double inputs = (double) tensor.elements() / tensor.shape().dims().getFirst();
      boolean residual = name.contains("out_proj") || name.contains("fc2");
      double bound = 1 / Math.sqrt(residual ? inputs * 2 * config.blocks() : inputs);
      for (int i = from; i < to; i++) {
        values[i] = (float) (bound * (2 * numbers.unit() - 1));
      }
    } else if (name.endsWith(".weight")) {
      Arrays.fill(values, from, to, 1);
    }
  }

  /// Whether weight decay applies: not to norms, biases and positions.
  static boolean isDecayed(TensorInfo tensor) {
    return isMatrix(tensor) && !tensor.name().contains("position_embedding");
  }

  private static boolean isMatrix(TensorInfo tensor) {
    return tensor.shape().rank() > 1;
  }
}
