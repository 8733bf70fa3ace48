package org.lines4j.internal.onnx;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// A tensor whose elements a file has as numbers of variable length: decoded when it is opened.
///
/// @param elements all of them, little-endian; not copied
/// @param stored where the file has them
record NumbersInMemory(TensorInfo info, MemorySegment elements, List<ByteRange> stored)
    implements TensorSource {
  NumbersInMemory {
    stored = List.copyOf(stored);
  }

  @Override
  public void read(long from, MemorySegment target) {
    target.copyFrom(elements.asSlice(from, target.byteSize()));
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return stored;
  }
}
