package org.lines4j.internal.gguf;

import org.lines4j.format.Encoding;
import org.lines4j.format.OutputFormat.Wanted;
import org.lines4j.tensor.DType;

/// Which of ggml's types tensors of an output have.
final class OutputTypes {
  private OutputTypes() {}

  /// As the model has it that the output is like; `Q8_0` for blocks of a type that is not written.
  /// What is copied from blocks stays as it is, if blocks are wanted at all. Where an element type
  /// is asked for, vectors keep a wider one, for llama.cpp computes with them in float32.
  static Encoding of(Wanted wanted) {
    Encoding like = wanted.like();
    if (wanted.isAsked()) {
      boolean keeps =
          wanted.values().shape().rank() < 2
              && like instanceof Encoding.Plain(DType own)
              && own.bits() > wanted.values().dtype().bits();
      return keeps ? like : Encoding.of(wanted.values().dtype());
    }
    if (!(like instanceof BlockEncoding blocks)) {
      return Encoding.of(wanted.values().dtype());
    }
    return wanted
        .copied()
        .filter(BlockEncoding.class::isInstance)
        .orElse(blocks.isWritten() ? blocks : BlockEncoding.WRITTEN);
  }
}
