package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;

/// What one step of training sees, in arrays of PyTorch's.
///
/// @param targets the probability that each class of each task should have, `[inputs, classes]`
/// @param excluded 0 for the classes of the input's own task, hugely negative for all others
record Batch(Inputs inputs, PtNDArray targets, PtNDArray excluded) {
  /// What is embedded.
  @FunctionalInterface
  interface Inputs {
    /// Unit vectors, `[inputs, embedding]`.
    ///
    /// @param weights the pieces of the layout
    PtNDArray embed(NDList weights);
  }

  /// An endless sequence of batches.
  @FunctionalInterface
  interface Source {
    /// The next one.
    ///
    /// @param scope that its arrays live in
    Batch next(NDManager scope);
  }
}
