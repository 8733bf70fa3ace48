package org.lines4j.internal.lora;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// What a factor's scaling starts from: zeros, like it in type and shape.
record Zeros(TensorInfo info) implements TensorSource {
  @Override
  public void read(long from, MemorySegment target) {
    target.fill((byte) 0);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return List.of();
  }
}
