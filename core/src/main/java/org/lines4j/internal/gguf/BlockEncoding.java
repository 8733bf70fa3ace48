package org.lines4j.internal.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Blocks of one of ggml's types. What is stored in any of them can be copied; numbers become
/// blocks of `Q8_0` alone.
///
/// @param type with blocks
record BlockEncoding(GgmlType type) implements Encoding {
  /// What numbers become that are read from blocks of any type.
  static final BlockEncoding WRITTEN = new BlockEncoding(GgmlType.Q8_0);

  @Override
  public String name() {
    return type.name();
  }

  @Override
  public List<EncodedTensor> parts(TensorInfo tensor) {
    return List.of(new EncodedTensor(tensor, type.name(), type.block(), type.blockBytes()));
  }

  @Override
  public long band(Shape shape) {
    return type.block();
  }

  /// Whether numbers can become such blocks.
  boolean isWritten() {
    return equals(WRITTEN);
  }

  @Override
  public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
    if (!isWritten()) {
      throw new UnsupportedOperationException("nothing is quantised to " + type);
    }
    Q8Blocks.encode(values, parts.getFirst());
  }
}
