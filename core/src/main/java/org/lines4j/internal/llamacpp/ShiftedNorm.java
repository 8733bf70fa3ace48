package org.lines4j.internal.llamacpp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// The weight of a norm, in float32, with a number added: one, which Gemma's norms add themselves
/// and llama.cpp's do not, or minus one.
record ShiftedNorm(TensorSource stored, float shift) implements TensorSource {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public TensorInfo info() {
    TensorInfo own = stored.info();
    return own.withDtype(DType.F32);
  }

  @Override
  public String storedAs() {
    return stored.storedAs();
  }

  @Override
  public long storedSize() {
    return stored.storedSize();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    DType type = stored.info().dtype();
    long first = from / Float.BYTES;
    long count = target.byteSize() / Float.BYTES;
    Kernels kernels = KernelChoice.kernels();
    float[] tile = new float[(int) Math.min(count, Kernels.TILE)];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) tile.length * type.bytes(), Long.BYTES);
      for (long done = 0; done < count; done += tile.length) {
        int length = (int) Math.min(tile.length, count - done);
        MemorySegment piece = bytes.asSlice(0, (long) length * type.bytes());
        stored.read((first + done) * type.bytes(), piece);
        kernels.decode(type, piece, 0, tile, length);
        for (int i = 0; i < length; i++) {
          target.setAtIndex(FLOAT, done + i, tile[i] + shift);
        }
      }
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = stored.info().dtype().bytes();
    return stored.ranges(from / Float.BYTES * width, count / Float.BYTES * width);
  }
}
