package org.lines4j.internal.llamacpp;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A vector of a model of transformers, which an output keeps as float32: llama.cpp computes with
/// vectors of no other type.
record WidenedVector(TensorSource stored) implements TensorSource {
  @Override
  public TensorInfo info() {
    return stored.info();
  }

  @Override
  public DType keptAs() {
    return DType.F32;
  }

  @Override
  public String storedAs() {
    return stored.storedAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    stored.read(from, target);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return stored.ranges(from, count);
  }
}
