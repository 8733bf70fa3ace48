package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/// PyTorch as this lab uses it: one engine thread for each thread of ours, and arrays whose memory
/// is PyTorch's own.
///
/// DJL's arrays made from Java numbers share the memory of a Java buffer, which is freed when the
/// Java object is closed, also while a gradient still needs it (`array.mul(0.5f)` makes and closes
/// such an array): gradients are then wrong, once in some hundred steps. Where gradients are
/// recorded, use [#array] and [#scalar].
///
/// DJL's own gradient collector allows one training per process; what it does is per thread in
/// PyTorch, so that trainings go side by side through [JniUtils].
final class Torch {
  static {
    setUnlessSet("ai.djl.offline", "true");
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
  }

  private Torch() {}

  /// Keeps DJL from looking for anything elsewhere.
  static void stayOffline() {} // loading this class does it

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /// What frees all arrays made in it when it is closed.
  static NDManager manager() {
    return NDManager.newBaseManager("PyTorch");
  }

  /// A copy of `values` in PyTorch's memory.
  static PtNDArray array(NDManager manager, float[] values, long... shape) {
    try (NDArray shared = manager.create(values, new Shape(shape))) {
      return (PtNDArray) shared.duplicate();
    }
  }

  /// A number in PyTorch's memory.
  static PtNDArray scalar(NDManager manager, double value) {
    return (PtNDArray) manager.full(new Shape(), (float) value, DataType.FLOAT32);
  }
}
