package org.lines4j.internal.onnx;

import java.util.OptionalLong;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.TensorInfo;

/// A tensor of a graph, and where its elements are.
sealed interface Initialiser {
  /// In the graph's own file.
  record Here(TensorSource source) implements Initialiser {}

  /// In another file beside it.
  ///
  /// @param file its name
  /// @param offset of the first byte
  /// @param length in bytes, if the graph says it
  record Elsewhere(TensorInfo info, String file, long offset, OptionalLong length)
      implements Initialiser {}

  /// The bytes of it that are in memory.
  default long decoded() {
    return this instanceof Here(NumbersInMemory numbers) ? numbers.elements().byteSize() : 0;
  }
}
