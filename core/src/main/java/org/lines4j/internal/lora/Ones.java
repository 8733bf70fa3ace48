package org.lines4j.internal.lora;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// The matrix [[1]], by which a bias is a product, too.
record Ones() implements TensorSource {
  @Override
  public TensorInfo info() {
    return new TensorInfo("1", DType.F32, Shape.of(1, 1));
  }

  @Override
  public void read(long from, MemorySegment target) {
    for (long i = 0; i < target.byteSize() / Float.BYTES; i++) {
      target.setAtIndex(AdaptedTensor.FLOAT, i, 1);
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return List.of();
  }
}
