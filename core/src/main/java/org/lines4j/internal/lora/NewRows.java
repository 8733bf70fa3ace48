package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A matrix some of whose rows are the adapter's, in float32.
///
/// @param base the matrix as it was
/// @param stored the new rows
/// @param rows row of the matrix → its number among the new ones
record NewRows(TensorSource base, TensorSource stored, NavigableMap<Long, Integer> rows)
    implements TensorSource {
  @Override
  public TensorInfo info() {
    return base.info().withDtype(DType.F32);
  }

  @Override
  public DType keptAs() {
    return base.keptAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    long first = from / Float.BYTES;
    long count = target.byteSize() / Float.BYTES;
    long columns = columns();
    decode(base, first, count, target);
    if (count == 0) {
      return;
    }
    long lastRow = (first + count - 1) / columns;
    for (Map.Entry<Long, Integer> row :
        rows.subMap(first / columns, true, lastRow, true).entrySet()) {
      long start = row.getKey() * columns;
      long low = Math.max(first, start);
      long high = Math.min(first + count, start + columns);
      decode(
          stored,
          row.getValue() * columns + low - start,
          high - low,
          target.asSlice((low - first) * Float.BYTES, (high - low) * Float.BYTES));
    }
  }

  private long columns() {
    return info().shape().dims().getLast();
  }

  private static void decode(TensorSource source, long first, long count, MemorySegment target)
      throws IOException {
    DType type = source.info().dtype();
    Kernels kernels = KernelChoice.kernels();
    float[] values = new float[Kernels.TILE];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) Kernels.TILE * type.bytes(), Long.BYTES);
      for (long done = 0; done < count; done += Kernels.TILE) {
        int length = (int) Math.min(Kernels.TILE, count - done);
        source.read((first + done) * type.bytes(), bytes.asSlice(0, (long) length * type.bytes()));
        kernels.decode(type, bytes, 0, values, length);
        MemorySegment.copy(values, 0, target, AdaptedTensor.FLOAT, done * Float.BYTES, length);
      }
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = base.info().dtype().bytes();
    List<ByteRange> ranges =
        new ArrayList<>(base.ranges(from / Float.BYTES * width, count / Float.BYTES * width));
    ranges.addAll(stored.ranges(0, stored.info().byteSize()));
    return ranges;
  }
}
