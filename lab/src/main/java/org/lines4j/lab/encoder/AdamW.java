package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.Arrays;
import java.util.Optional;
import org.lines4j.tensor.TensorInfo;

/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as PyTorch's `AdamW`, on
/// one vector of all weights, after clipping its gradient to a norm of 1.
final class AdamW {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double LONGEST_GRADIENT = 1;

  private final NDArray mean;
  private final NDArray square;
  private final Optional<NDArray> decayed;
  private final double weightDecay;
  private int steps;

  AdamW(NDManager manager, Layout layout, double weightDecay) {
    Shape shape = new Shape(layout.elements());
    this.mean = manager.zeros(shape, DataType.FLOAT32);
    this.square = manager.zeros(shape, DataType.FLOAT32);
    this.decayed =
        weightDecay == 0
            ? Optional.empty()
            : Optional.of(Torch.array(manager, decayed(layout), layout.elements()));
    this.weightDecay = weightDecay;
  }

  private static float[] decayed(Layout layout) {
    float[] decayed = new float[layout.elements()];
    int at = 0;
    for (TensorInfo tensor : layout.tensors()) {
      int next = at + (int) tensor.elements();
      Arrays.fill(decayed, at, next, Weights.isDecayed(tensor) ? 1 : 0);
      at = next;
    }
    return decayed;
  }

  /// Updates `weights` in place; `gradient` is used up.
  ///
  /// @param scope for what is needed on the way
  void update(PtNDArray weights, NDArray gradient, double rate, NDManager scope) {
    mean.tempAttach(scope);
    square.tempAttach(scope);
    steps++;
    double norm = Math.sqrt(gradient.square().sum().getFloat());
    if (norm > LONGEST_GRADIENT) {
      gradient.muli(LONGEST_GRADIENT / (norm + 1e-6));
    }
    decayed.ifPresent(
        mask -> {
          mask.tempAttach(scope);
          weights.subi(mask.mul(weights).muli(rate * weightDecay));
        });
    mean.muli(BETA1).addi(gradient.mul(1 - BETA1));
    square.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
    double correction1 = 1 - Math.pow(BETA1, steps);
    double correction2 = 1 - Math.pow(BETA2, steps);
    NDArray spread = square.sqrt().muli(1 / Math.sqrt(correction2)).addi(EPSILON);
    weights.subi(mean.mul(rate / correction1).divi(spread));
  }
}
