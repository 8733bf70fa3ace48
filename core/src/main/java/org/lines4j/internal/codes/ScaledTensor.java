package org.lines4j.internal.codes;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// A tensor of FP8 codes, read as float32: each code times the scale of its block, one rounding.
///
/// @param info what reading gives
/// @param encoding how it is stored
/// @param parts codes, scales, and what else lies beside them
public record ScaledTensor(TensorInfo info, ScaledEncoding encoding, List<TensorSource> parts)
    implements TensorSource {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// How many scales are read at a time: a row's, if they are not very many.
  private static final int SCALES = 1 << 10;

  private static final int MOST_SCALES = 1 << 15;

  /// Copies its list.
  public ScaledTensor {
    parts = List.copyOf(parts);
  }

  private TensorSource codes() {
    return parts.getFirst();
  }

  private TensorSource scales() {
    return parts.get(1);
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    long first = from / Float.BYTES;
    long end = first + target.byteSize() / Float.BYTES;
    if (end > first) {
      new Reader(end).read(first, end, target);
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    Grid grid = encoding.grid();
    long first = from / Float.BYTES;
    long end = (from + count) / Float.BYTES;
    List<ByteRange> ranges = new ArrayList<>();
    if (end > first) {
      ranges.addAll(codes().ranges(first, end - first));
      long scale = grid.scale(first / grid.columns());
      long last = scaleEnd(end);
      int width = encoding.form().scales().dtype().bytes();
      ranges.addAll(scales().ranges(scale * width, (last - scale) * width));
    }
    return ranges;
  }

  /// Behind the scales of the row in which the last element lies.
  private long scaleEnd(long end) {
    Grid grid = encoding.grid();
    return grid.scale((end - 1) / grid.columns()) + grid.across();
  }

  /// What one call needs.
  private final class Reader {
    private final Grid grid = encoding.grid();
    private final ScaleType type = encoding.form().scales();
    private final Scratch own = Scratch.own();
    private final MemorySegment codes;
    private final float[] tile = own.tile;
    private MemorySegment window = MemorySegment.NULL;
    private final long scaleEnd;
    private long windowStart;
    private long windowEnd;

    Reader(long end) {
      this.codes = MemorySegment.ofArray(own.codes);
      this.scaleEnd = scaleEnd(end);
    }

    void read(long first, long end, MemorySegment target) throws IOException {
      for (long at = first; at < end; at += codes.byteSize()) {
        long count = Math.min(codes.byteSize(), end - at);
        codes().read(at, codes.asSlice(0, count));
        for (long done = 0; done < count; ) {
          int now = (int) Math.min(Kernels.TILE, count - done);
          own.kernels.decode(encoding.form().codes(), codes, done, tile, now);
          scale(at + done, now);
          long place = (at + done - first) * Float.BYTES;
          MemorySegment.copy(tile, 0, target, FLOAT, place, now);
          done += now;
        }
      }
    }

    /// Multiplies the tile with the scales of the elements from `first` on.
    private void scale(long first, int count) throws IOException {
      for (int done = 0; done < count; ) {
        long row = (first + done) / grid.columns();
        long column = (first + done) % grid.columns();
        int ofRow = (int) Math.min(count - done, grid.columns() - column);
        int end = done + grid.run(column, ofRow);
        float scale = get(grid.scale(row) + column / grid.blockColumns());
        for (int i = done; i < end; i++) {
          tile[i] *= scale;
        }
        done = end;
      }
    }

    private float get(long index) throws IOException {
      if (index < windowStart || index >= windowEnd) {
        windowStart = index;
        long most = Math.clamp(grid.across(), SCALES, MOST_SCALES);
        windowEnd = Math.min(scaleEnd, index + most);
        int width = type.dtype().bytes();
        window = MemorySegment.ofArray(new byte[(int) (windowEnd - windowStart) * width]);
        scales().read(windowStart * width, window);
      }
      return type.get(window, index - windowStart);
    }
  }
}
