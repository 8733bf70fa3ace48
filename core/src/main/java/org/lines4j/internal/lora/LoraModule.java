package org.lines4j.internal.lora;

import java.util.Optional;
import org.lines4j.format.TensorSource;

/// The change of one module: s·B·A, and what may go with it.
///
/// @param name in the running model
/// @param depth how many changes of other parameters of the module lie around it
/// @param a [rank, in]
/// @param b [out, rank]
/// @param isEmbedding whether `a` is [rank, tokens] and `b` [width, rank]
/// @param bias added to the module's
/// @param magnitude DoRA's
record LoraModule(
    String name,
    int depth,
    TensorSource a,
    TensorSource b,
    boolean isEmbedding,
    Optional<TensorSource> bias,
    Optional<TensorSource> magnitude) {

  /// How many products of a column and a row it adds up.
  long rank() {
    return a.info().shape().dims().getFirst();
  }

  /// How many outputs it has.
  long outputs() {
    return b.info().shape().dims().getFirst();
  }

  /// How many inputs, with all positions of a convolution's.
  long inputs() {
    return a.info().elements() / Math.max(1, rank());
  }
}
