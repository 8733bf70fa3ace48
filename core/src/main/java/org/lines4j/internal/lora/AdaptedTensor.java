package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.source.UpdatedTensor;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// θ0 + ΔW in float32, computed where it is read: an output of the base's type is rounded once.
///
/// @param base θ0
/// @param product ΔW
record AdaptedTensor(TensorSource base, Product product) implements UpdatedTensor {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// How many elements of ΔW are computed together: enough rows to be worth the factors' way into
  /// the cache.
  private static final int PIECE = 8 * Kernels.TILE;

  @Override
  public TensorInfo info() {
    return base.info().withDtype(DType.F32);
  }

  @Override
  public DType keptAs() {
    return base.keptAs();
  }

  @Override
  public OptionalInt rank() {
    return product.lefts().size() == 1
        ? OptionalInt.of(Math.toIntExact(product.rights().getFirst().rows()))
        : OptionalInt.empty();
  }

  @Override
  public ProductUpdate update() throws IOException {
    DenseMatrix left = product.lefts().getFirst().dense(product.scale());
    DenseMatrix right = product.rights().getFirst().dense(1);
    return new ProductUpdate(left, right);
  }

  @Override
  public int block() {
    return base.block();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    int width = base.info().dtype().bytes();
    long first = from / Float.BYTES;
    long count = target.byteSize() / Float.BYTES;
    if (width <= Float.BYTES) {
      // into the end of what becomes float32 from its beginning on, and never overtakes it
      MemorySegment stored = target.asSlice(count * (Float.BYTES - width));
      base.read(first * width, stored);
      add(stored, first, count, target);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stored = arena.allocate(Math.min(count, PIECE) * width, width);
      for (long done = 0; done < count; done += PIECE) {
        long length = Math.min(PIECE, count - done);
        MemorySegment piece = stored.asSlice(0, length * width);
        base.read((first + done) * width, piece);
        add(piece, first + done, length, target.asSlice(done * Float.BYTES, length * Float.BYTES));
      }
    }
  }

  private void add(MemorySegment stored, long first, long count, MemorySegment target)
      throws IOException {
    DType type = base.info().dtype();
    Kernels kernels = KernelChoice.kernels();
    float[] update = new float[(int) Math.min(PIECE, count)];
    float[] values = new float[Kernels.TILE];
    float[] own = new float[Kernels.TILE];
    for (long done = 0; done < count; done += Kernels.TILE) {
      int at = (int) (done % PIECE);
      if (at == 0) {
        product.fill(first + done, update, (int) Math.min(PIECE, count - done));
      }
      int length = (int) Math.min(Kernels.TILE, count - done);
      kernels.decode(type, stored, done * type.bytes(), values, length);
      System.arraycopy(update, at, own, 0, length);
      for (int i = 0; i < length; i++) {
        values[i] += own[i]; // by one index, for only then does it become vectors
      }
      MemorySegment.copy(values, 0, target, FLOAT, done * Float.BYTES, length);
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = base.info().dtype().bytes();
    List<ByteRange> ranges =
        new ArrayList<>(base.ranges(from / Float.BYTES * width, count / Float.BYTES * width));
    ranges.addAll(product.ranges());
    return ranges;
  }
}
