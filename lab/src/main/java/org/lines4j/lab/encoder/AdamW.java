package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lines4j.tensor.TensorInfo;

/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as PyTorch's `AdamW`, on
/// one vector of all weights, after clipping its gradient to a norm of 1.
final class AdamW {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double LONGEST_GRADIENT = 1;

  /// Elements that are updated together.
  private static final long PART = 1 << 18;

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
    decayed.ifPresent(mask -> mask.tempAttach(scope));
    steps++;
    List<PtNDArray> gradients = parts(gradient);
    double norm = norm(gradients);
    if (norm > LONGEST_GRADIENT) {
      gradient.muli(LONGEST_GRADIENT / (norm + 1e-6));
    }
    List<PtNDArray> own = parts(weights);
    List<PtNDArray> means = parts(mean);
    List<PtNDArray> squares = parts(square);
    Optional<List<PtNDArray>> masks = decayed.map(AdamW::parts);
    for (int i = 0; i < own.size(); i++) {
      int part = i;
      masks.ifPresent(mask -> decay(own.get(part), mask.get(part), rate));
      update(own.get(i), gradients.get(i), means.get(i), squares.get(i), rate);
    }
  }

  /// Views of pieces that fit into a cache: temporary arrays as large as a whole model are mapped
  /// and cleared anew by the system each time, which takes longer than the arithmetic.
  private static List<PtNDArray> parts(NDArray vector) {
    NDList parts = JniUtils.split((PtNDArray) vector, PART, 0);
    return parts.stream().map(PtNDArray.class::cast).toList();
  }

  private static double norm(List<PtNDArray> gradients) {
    double squares = 0;
    for (PtNDArray part : gradients) {
      try (NDArray all = part.square();
          NDArray sum = all.sum()) {
        squares += sum.getFloat();
      }
    }
    return Math.sqrt(squares);
  }

  private void decay(NDArray weights, NDArray mask, double rate) {
    try (NDArray decay = mask.mul(weights)) {
      weights.subi(decay.muli(rate * weightDecay));
    }
  }

  private void update(
      NDArray weights, NDArray gradient, NDArray mean, NDArray square, double rate) {
    try (NDArray first = gradient.mul(1 - BETA1);
        NDArray second = gradient.square()) {
      mean.muli(BETA1).addi(first);
      square.muli(BETA2).addi(second.muli(1 - BETA2));
    }
    double correction1 = 1 - Math.pow(BETA1, steps);
    double correction2 = 1 - Math.pow(BETA2, steps);
    try (NDArray root = square.sqrt();
        NDArray step = mean.mul(rate / correction1)) {
      NDArray spread = root.muli(1 / Math.sqrt(correction2)).addi(EPSILON);
      weights.subi(step.divi(spread));
    }
  }
}
