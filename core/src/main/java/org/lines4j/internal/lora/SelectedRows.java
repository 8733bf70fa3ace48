package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Some rows of a matrix, in an order of their own.
///
/// @param name what they are called
/// @param rows their numbers in the matrix
record SelectedRows(String name, TensorSource matrix, List<Long> rows) implements TensorSource {
  @Override
  public TensorInfo info() {
    return new TensorInfo(name, matrix.info().dtype(), Shape.of(rows.size(), columns()));
  }

  private long columns() {
    return matrix.info().shape().dims().getLast();
  }

  @Override
  public DType keptAs() {
    return matrix.keptAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    long width = columns() * matrix.info().dtype().bytes();
    long end = from + target.byteSize();
    for (long at = from; at < end; ) {
      long row = at / width;
      long count = Math.min(end, (row + 1) * width) - at;
      matrix.read(
          rows.get(Math.toIntExact(row)) * width + at % width, target.asSlice(at - from, count));
      at += count;
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    long width = columns() * matrix.info().dtype().bytes();
    List<ByteRange> ranges = new ArrayList<>();
    rows.forEach(row -> ranges.addAll(matrix.ranges(row * width, width)));
    return ranges;
  }
}
