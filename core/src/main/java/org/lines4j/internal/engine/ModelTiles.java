package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.lines4j.internal.kernel.Finiteness;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.tensor.DType;

/// Reads the tensors that are merged into one, side by side, tile by tile. One per thread: it owns
/// the buffers, whose size hardly depends on the number of models.
final class ModelTiles {
  /// What is done with a tile.
  @FunctionalInterface
  interface Task {
    /// Takes a tile.
    ///
    /// @param first the index in the tensor of the tile's first element
    /// @param base empty where there is none
    /// @param models one array for each; may be changed
    void accept(long first, float[] base, float[][] models, int count);
  }

  /// How much of all inputs together is read at a time: about what second-level caches hold.
  static final long BUFFER_BYTES = 1 << 20;

  private static final float[] NO_BASE = {};

  private final Arena arena;
  private final Kernels kernels;
  private final MemorySegment scratch;
  private final Finiteness finiteness = new Finiteness();
  private InputBuffer buffer;
  private float[][] tiles = {};
  private Stored stored = new Stored(List.of(), new MemorySegment[0], 0, 0);

  /// What a tile was read from.
  ///
  /// @param first the number of its first element in `bytes`
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(List<Source> sources, MemorySegment[] bytes, long first, int count) {}

  ModelTiles(Arena arena, Kernels kernels) {
    this.arena = arena;
    this.kernels = kernels;
    this.buffer = new InputBuffer(arena, 0, 0); // edits merge nothing
    this.scratch = Pages.allocate(arena, (long) Kernels.TILE * Double.BYTES);
  }

  /// Hands the elements from `first` on to `task`, in their order. Tiles begin at multiples of
  /// [Kernels#TILE] from `first`.
  void read(Work.Merge work, long first, long count, Task task) throws IOException {
    List<Source> sources = work.sources();
    boolean hasBase = work.base().isPresent();
    float[][] inputs = tiles(sources.size());
    float[] base = hasBase ? inputs[0] : NO_BASE;
    float[][] models = new float[work.models().size()][];
    System.arraycopy(inputs, hasBase ? 1 : 0, models, 0, models.length);
    long block = block(work, sources.size());
    for (long done = 0; done < count; done += block) {
      long elements = Math.min(block, count - done);
      MemorySegment[] bytes = read(sources, first + done, elements, block);
      for (long tile = 0; tile < elements; tile += Kernels.TILE) {
        int length = (int) Math.min(Kernels.TILE, elements - tile);
        for (int i = 0; i < inputs.length; i++) {
          DType type = sources.get(i).dtype();
          kernels.decode(type, bytes[i], tile * type.bytes(), inputs[i], length);
          round(work.computeType(), type, inputs[i], length);
        }
        stored = new Stored(sources, bytes, tile, length);
        hand(task, first + done + tile, base, models, length);
      }
    }
  }

  /// Whether the tile that a task has been handed is finite in all inputs, as they are stored.
  boolean areFinite() {
    for (int i = 0; i < stored.bytes.length; i++) {
      DType type = stored.sources.get(i).dtype();
      long offset = stored.first * type.bytes();
      if (!finiteness.isFinite(type, stored.bytes[i], offset, stored.count)) {
        return false;
      }
    }
    return true;
  }

  /// A call of its own, which the launcher keeps apart: compiled together with every other pass's
  /// task, the loop around it would have to be compiled again for each.
  private static void hand(Task task, long first, float[] base, float[][] models, int count) {
    task.accept(first, base, models, count);
  }

  private long block(Work.Merge work, int inputs) {
    long bytes = work.inputBytes(1);
    long room = BUFFER_BYTES - (long) inputs * InputBuffer.SLACK;
    long block = Math.max(room / bytes / Kernels.TILE, 1) * Kernels.TILE;
    if (!buffer.holds(block * bytes, inputs)) {
      buffer = new InputBuffer(arena, Math.max(block * bytes, BUFFER_BYTES), inputs);
    }
    return block;
  }

  private MemorySegment[] read(List<Source> sources, long first, long count, long block)
      throws IOException {
    MemorySegment[] bytes = new MemorySegment[sources.size()];
    long at = 0;
    for (int i = 0; i < bytes.length; i++) {
      int width = sources.get(i).dtype().bytes();
      bytes[i] = buffer.read(sources.get(i), first * width, count * width, at);
      at += block * width + InputBuffer.SLACK;
    }
    return bytes;
  }

  private void round(Optional<DType> computeType, DType stored, float[] values, int count) {
    if (computeType.isPresent() && computeType.get() != stored && computeType.get() != DType.F32) {
      kernels.encode(computeType.get(), values, scratch, 0, count);
      kernels.decode(computeType.get(), scratch, 0, values, count);
    }
  }

  private float[][] tiles(int count) {
    if (tiles.length != count) {
      tiles = new float[count][Kernels.TILE];
    }
    return tiles;
  }
}
