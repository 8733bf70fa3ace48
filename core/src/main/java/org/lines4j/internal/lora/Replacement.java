package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A tensor of the adapter in place of one of the base.
///
/// @param base whose name it has, and whose type in an output
/// @param stored the adapter's
record Replacement(TensorSource base, TensorSource stored) implements TensorSource {
  @Override
  public TensorInfo info() {
    return stored.info().withName(base.info().name());
  }

  @Override
  public DType keptAs() {
    return base.keptAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    stored.read(from, target);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return stored.ranges(from, count);
  }

  @Override
  public long place() {
    return stored.place();
  }
}
