package org.lines4j.internal.source;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A matrix that lies within a larger tensor: `rows` runs of `columns` elements, each `stride`
/// elements behind the one before; or that matrix transposed.
///
/// ```
/// stored  · · · a b c · ·     offset 3, columns 3, stride 8
///         · · · d e f · ·     rows 2
/// ```
///
/// @param info its name, type and shape, transposed where it is
/// @param offset of the first element
public record MatrixRegion(
    TensorInfo info,
    TensorSource stored,
    long offset,
    long rows,
    long columns,
    long stride,
    boolean isTransposed)
    implements TensorSource {

  /// The matrix at `offset`.
  public static MatrixRegion of(
      String name, TensorSource stored, long offset, long rows, long columns, long stride) {
    TensorInfo info = new TensorInfo(name, stored.info().dtype(), Shape.of(rows, columns));
    return new MatrixRegion(info, stored, offset, rows, columns, stride, false);
  }

  /// This matrix with rows for columns.
  public MatrixRegion transposed() {
    TensorInfo turned =
        new TensorInfo(
            info.name(),
            info.dtype(),
            isTransposed ? Shape.of(rows, columns) : Shape.of(columns, rows));
    return new MatrixRegion(turned, stored, offset, rows, columns, stride, !isTransposed);
  }

  @Override
  public DType keptAs() {
    return stored.keptAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    int width = info.dtype().bytes();
    long first = from / width;
    long end = first + target.byteSize() / width;
    if (isTransposed) {
      readTransposed(first, end, target);
    } else if (stride == columns) {
      stored.read((offset + first) * width, target);
    } else {
      for (long at = first; at < end; ) {
        long column = at % columns;
        long count = Math.min(columns - column, end - at);
        MemorySegment run = target.asSlice((at - first) * width, count * width);
        stored.read((offset + at / columns * stride + column) * width, run);
        at += count;
      }
    }
  }

  /// What is wanted is some of the stored columns: of each stored row, one run.
  private void readTransposed(long first, long end, MemorySegment target) throws IOException {
    int width = info.dtype().bytes();
    long firstColumn = first / rows;
    long lastColumn = (end - 1) / rows;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment run = arena.allocate((lastColumn - firstColumn + 1) * width, width);
      for (long row = 0; row < rows && end > first; row++) {
        long from = firstColumn + (firstColumn * rows + row < first ? 1 : 0);
        long to = lastColumn - (lastColumn * rows + row >= end ? 1 : 0);
        if (from > to) {
          continue;
        }
        MemorySegment part = run.asSlice(0, (to - from + 1) * width);
        stored.read((offset + row * stride + from) * width, part);
        for (long column = from; column <= to; column++) {
          long place = column * rows + row - first;
          MemorySegment.copy(part, (column - from) * width, target, place * width, width);
        }
      }
    }
  }

  /// All of the region's rows: it is small within what holds it.
  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = info.dtype().bytes();
    long elements = rows == 0 ? 0 : (rows - 1) * stride + columns;
    return stored.ranges(offset * width, elements * width);
  }
}
