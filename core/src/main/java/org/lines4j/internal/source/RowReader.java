package org.lines4j.internal.source;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.posix.Pages;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// Reads a tensor's rows from where a [RowMap] says. One for each call: it owns the buffers.
final class RowReader {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// How much is read at a time for the mean of all rows.
  private static final int PADDING_BYTES = 1 << 20;

  private final TensorSource source;
  private final RowMap map;
  private final DType type;
  private final int rowElements;
  private final Arena arena;
  private final Kernels kernels = KernelChoice.kernels();
  private final float[] tile = new float[Kernels.TILE];
  private final MemorySegment bytes;

  RowReader(TensorSource source, RowMap map, Arena arena) {
    TensorInfo info = map.info(source.info());
    this.source = source;
    this.map = map;
    this.type = info.dtype();
    this.rowElements = Math.toIntExact(info.elements() / Math.max(1, map.size()));
    this.arena = arena;
    this.bytes = Pages.allocate(arena, (long) Kernels.TILE * Long.BYTES);
  }

  /// Fills `target` with elements from `first` on.
  void read(long first, MemorySegment target) throws IOException {
    int width = type.bytes();
    long count = target.byteSize() / width;
    for (long done = 0; done < count; ) {
      int row = Math.toIntExact((first + done) / rowElements);
      int column = Math.toIntExact((first + done) % rowElements);
      int runs = map.own(row) >= 0 ? map.run(row, map.size()) : 1;
      long length = Math.min((long) runs * rowElements - column, count - done);
      fill(row, column, target.asSlice(done * width, length * width));
      done += length;
    }
  }

  /// Fills `target` with elements from one place on.
  private void fill(int row, int column, MemorySegment target) throws IOException {
    int own = map.own(row);
    if (own >= 0) {
      stored(source, own, column, target);
    } else if (own == RowMap.PADDING) {
      int count = Math.toIntExact(target.byteSize() / Float.BYTES);
      MemorySegment.copy(map.padding(this::padding), column, target, FLOAT, 0, count);
    } else if (map.donorCount(row) == 0) {
      target.fill((byte) 0);
    } else if (map.donorCount(row) == 1) {
      stored(map.donor(row, 0), map.donorRow(row, 0), column, target);
    } else {
      mean(row, column, target);
    }
  }

  /// Stored elements, in the type that is wanted.
  private void stored(TensorSource from, int row, int column, MemorySegment target)
      throws IOException {
    DType own = from.info().dtype();
    long start = (long) row * rowElements + column;
    if (own == type) {
      from.read(start * own.bytes(), target);
      return;
    }
    long count = target.byteSize() / type.bytes();
    for (long done = 0; done < count; done += Kernels.TILE) {
      int length = (int) Math.min(Kernels.TILE, count - done);
      MemorySegment piece = bytes.asSlice(0, (long) length * own.bytes());
      from.read((start + done) * own.bytes(), piece);
      kernels.decode(own, piece, 0, tile, length);
      MemorySegment.copy(tile, 0, target, FLOAT, done * Float.BYTES, length);
    }
  }

  /// The mean of an absent row's donors, summed in float32 in their order.
  private void mean(int row, int column, MemorySegment target) throws IOException {
    int count = Math.toIntExact(target.byteSize() / Float.BYTES);
    float[] sum = new float[count];
    int donors = map.donorCount(row);
    for (int i = 0; i < donors; i++) {
      stored(map.donor(row, i), map.donorRow(row, i), column, target);
      for (int j = 0; j < count; j++) {
        sum[j] += target.getAtIndex(FLOAT, j);
      }
    }
    for (int j = 0; j < count; j++) {
      target.setAtIndex(FLOAT, j, sum[j] / donors);
    }
  }

  /// The mean of all rows that are no padding, which are read for it, summed in double in their
  /// order.
  private float[] padding() throws IOException {
    double[] sums = new double[rowElements];
    int most = Math.max(1, PADDING_BYTES / Float.BYTES / Math.max(1, rowElements));
    long rowBytes = (long) rowElements * Float.BYTES;
    MemorySegment rows = Pages.allocate(arena, most * rowBytes);
    int total = 0;
    for (int i = 0; i < map.size(); ) {
      int run = map.own(i) >= 0 ? map.run(i, Math.min(map.size(), i + most)) : 1;
      if (map.own(i) != RowMap.PADDING) {
        fill(i, 0, rows.asSlice(0, run * rowBytes));
        for (int j = 0; j < run * rowElements; j++) {
          sums[j % rowElements] += rows.getAtIndex(FLOAT, j);
        }
        total += run;
      }
      i += run;
    }
    float[] means = new float[rowElements];
    for (int j = 0; j < rowElements; j++) {
      means[j] = (float) (sums[j] / total);
    }
    return means;
  }
}
