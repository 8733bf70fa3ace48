package org.lines4j.subspace.method;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Supplier;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// A tensor of all models that is in memory, merged by any method that takes tensors one by one.
///
/// @param base and `tuned`: float32, little-endian; never changed
@SuppressWarnings("ArrayRecordComponent") // never compared
record TensorInMemory(Shape shape, MemorySegment base, MemorySegment[] tuned)
    implements TensorScan {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Elements that are handed on at a time; divides [TensorScan#BLOCK].
  private static final int TILE = 1 << 12;

  /// Elements of a sample that lie together.
  private static final int RUN = 1 << 8;

  /// What is done with a tile.
  private interface Task {
    void accept(long first, float[] base, float[][] models, int count);
  }

  /// Puts the merged update into `out`.
  void merge(TensorMerge merge, MemorySegment out) {
    switch (merge) {
      case TensorMerge.Elementwise elementwise -> byElement(elementwise, out);
      case TensorMerge.Measured measured -> {
        try {
          byElement(measured.given(this), out);
        } catch (IOException e) {
          throw new UncheckedIOException(e); // nothing is read
        }
      }
      case TensorMerge.WholeTensor whole -> {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment[] copies =
              Arrays.stream(tuned)
                  .map(model -> arena.allocate(model.byteSize(), Long.BYTES).copyFrom(model))
                  .toArray(MemorySegment[]::new);
          whole.merge(shape, 0, base, copies, out);
        }
        makeUpdate(whole, out);
      }
      case TensorMerge.WholeModel _, TensorMerge.MeasuredModel _ ->
          throw new IllegalArgumentException("a tensor is not a whole model");
    }
  }

  private void byElement(TensorMerge.Elementwise merge, MemorySegment out) {
    float[] merged = new float[TILE];
    tiles(
        0,
        shape.elements(),
        (first, origin, models, count) -> {
          merge.merge(first, origin, models, merged, count);
          if (!merge.givesTaskVector()) {
            for (int i = 0; i < count; i++) {
              merged[i] -= origin[i];
            }
          }
          MemorySegment.copy(merged, 0, out, FLOAT, first * Float.BYTES, count);
        });
  }

  private void makeUpdate(TensorMerge merge, MemorySegment out) {
    if (merge.givesTaskVector()) {
      return;
    }
    for (long i = 0; i < shape.elements(); i++) {
      out.setAtIndex(FLOAT, i, out.getAtIndex(FLOAT, i) - base.getAtIndex(FLOAT, i));
    }
  }

  private void tiles(long from, long count, Task task) {
    float[] origin = new float[TILE];
    float[][] models = new float[tuned.length][TILE];
    for (long first = from; first < from + count; first += TILE) {
      int length = (int) Math.min(TILE, from + count - first);
      MemorySegment.copy(base, FLOAT, first * Float.BYTES, origin, 0, length);
      for (int m = 0; m < models.length; m++) {
        MemorySegment.copy(tuned[m], FLOAT, first * Float.BYTES, models[m], 0, length);
      }
      task.accept(first, origin, models, length);
    }
  }

  @Override
  public int models() {
    return tuned.length;
  }

  @Override
  public boolean hasBase() {
    return true;
  }

  @Override
  public <P extends TensorScan.Partial<P>> P measure(Supplier<P> empty) {
    return measure(0, shape.elements(), empty);
  }

  @Override
  public <P extends TensorScan.Partial<P>> P measure(long from, long count, Supplier<P> empty) {
    P partial = empty.get();
    tiles(from, count, partial::tile);
    return partial;
  }

  @Override
  public <P extends TensorScan.Partial<P>> P sample(Supplier<P> empty) {
    long runs = Math.clamp(shape.elements() / RUN, 1, SAMPLE / RUN);
    long apart = shape.elements() / runs;
    P partial = empty.get();
    for (long run = 0; run < runs; run++) {
      tiles(run * apart, Math.min(RUN, apart), partial::tile);
    }
    return partial;
  }

  @Override
  public int partials() {
    return 2;
  }
}
