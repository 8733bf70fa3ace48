package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.error.MethodException;
import org.lines4j.internal.engine.MemoryBudget.Held;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// Carries merges out. One per thread: it owns the buffers.
final class TensorMerger {
  /// What is done with a tile of the result.
  @FunctionalInterface
  interface Sink {
    /// Takes a tile.
    ///
    /// @param first the index in the tensor of the tile's first element
    /// @param base empty where there is none
    /// @param merged what the method gives; may be changed
    void accept(long first, float[] base, float[] merged, int count) throws IOException;
  }

  /// What one of these allocates, in bytes, as long as the models are not very many.
  static final long BUFFER_BYTES = ModelTiles.BUFFER_BYTES;

  private static final float[] NO_BASE = {};

  private final Kernels kernels;
  private final ModelTiles tiles;
  private final MemoryBudget budget;
  private Ballot ballot = new Ballot();
  private final FinitenessCheck finiteness;
  private final LeftOut leftOut = new LeftOut();
  private final Updates updates = new Updates();
  private final float[] merged = new float[Kernels.TILE];
  private final float[] baseTile = new float[Kernels.TILE];

  TensorMerger(Arena arena, Kernels kernels, MemoryBudget budget) {
    this.kernels = kernels;
    this.budget = budget;
    this.finiteness = new FinitenessCheck(kernels);
    this.tiles = new ModelTiles(arena, kernels);
  }

  /// Fills `target` with elements of an elementwise merge.
  ///
  /// @param from the first byte of the output tensor that is wanted
  void fill(
      PlannedTensor tensor,
      Work.Merge work,
      TensorMerge.Elementwise merge,
      long from,
      MemorySegment target)
      throws IOException {
    DType type = tensor.info().dtype();
    int width = type.bytes();
    long start = from / width;
    boolean looks = LeftOut.mayBeIn(merge);
    tiles.read(
        work,
        start,
        target.byteSize() / width,
        (first, base, models, count) -> {
          updates.look(work, base, models, count);
          if (looks) {
            look(first, base, models, count);
          }
          merge(work, merge, first, base, models, merged, count, ballot);
          addBase(merge, tensor.lambda(), base, merged, count);
          countLeftOut(tensor, first, merged);
          long offset = (first - start) * width;
          kernels.encode(type, merged, target, offset, count);
          finiteness.check(tensor, target, offset, merged, count);
        });
  }

  /// Counts the votes of elements that are not merged.
  void vote(Work.Merge work, TensorMerge.Electing electing, long start, long count)
      throws IOException {
    tiles.read(
        work,
        start,
        count,
        (_, base, models, length) -> vote(work, electing, base, models, merged, length, ballot));
  }

  /// Counts the votes of a tile.
  static void vote(
      Work.Merge work,
      TensorMerge.Electing electing,
      float[] base,
      float[][] models,
      float[] scratch,
      int count,
      Ballot ballot) {
    try {
      electing.vote(base, models, scratch, count, ballot);
    } catch (RuntimeException | Error e) {
      throw MethodException.of(electing.getClass(), work.tensor(), e);
    }
  }

  /// Merges a tile, and counts its votes where there is an election.
  static void merge(
      Work.Merge work,
      TensorMerge.Elementwise merge,
      long first,
      float[] base,
      float[][] models,
      float[] out,
      int count,
      Ballot ballot) {
    try {
      if (merge instanceof TensorMerge.Electing electing) {
        electing.merge(first, base, models, out, count, ballot);
      } else {
        merge.merge(first, base, models, out, count);
      }
    } catch (RuntimeException | Error e) {
      throw MethodException.of(merge.getClass(), work.tensor(), e);
    }
  }

  /// Computes a whole tensor, or some rows of it, and hands it on, tile by tile. Waits until there
  /// is memory for it.
  ///
  /// @param before sees each tile of the inputs before they are merged
  void whole(Segment segment, TensorMerge.WholeTensor merge, ModelTiles.Task before, Sink sink)
      throws IOException {
    try (Held _ = budget.acquire(segment.work().memory(), merge.takesLong())) {
      hold(segment, merge, before, sink);
    }
  }

  private void hold(
      Segment segment, TensorMerge.WholeTensor merge, ModelTiles.Task before, Sink sink)
      throws IOException {
    Work.Merge work = segment.work();
    long start = segment.first();
    long count = segment.elements();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment base = work.base().isPresent() ? allocate(arena, count) : MemorySegment.NULL;
      List<ProductUpdate> products = products(work, merge);
      // in whose place nobody asks for the models
      MemorySegment[] models = new MemorySegment[products.isEmpty() ? work.models().size() : 0];
      Arrays.setAll(models, _ -> allocate(arena, count));
      MemorySegment out = allocate(arena, count);
      tiles.read(
          work,
          start,
          count,
          (index, baseValues, modelValues, length) -> {
            long first = index - start;
            before.accept(index, baseValues, modelValues, length);
            updates.look(work, baseValues, modelValues, length);
            if (work.base().isPresent()) {
              NativeFloats.store(baseValues, base, first, length);
            }
            for (int m = 0; m < models.length; m++) {
              NativeFloats.store(modelValues[m], models[m], first, length);
            }
          });
      try {
        if (merge instanceof TensorMerge.OfProducts ofProducts && !products.isEmpty()) {
          ofProducts.mergeProducts(shape(segment), products, out);
        } else {
          merge.merge(shape(segment), start, base, models, out);
        }
      } catch (RuntimeException | Error e) {
        throw MethodException.of(merge.getClass(), work.tensor(), e);
      }
      for (long first = 0; first < count; first += Kernels.TILE) {
        int length = (int) Math.min(Kernels.TILE, count - first);
        NativeFloats.load(out, first, merged, length);
        if (work.base().isPresent()) {
          NativeFloats.load(base, first, baseTile, length);
        }
        sink.accept(start + first, work.base().isPresent() ? baseTile : NO_BASE, merged, length);
      }
    }
  }

  /// The updates where the method takes them as products, and they are; else none.
  private static List<ProductUpdate> products(Work.Merge work, TensorMerge merge)
      throws IOException {
    Optional<ThinUpdates> updates =
        merge instanceof TensorMerge.OfProducts ? ThinUpdates.of(work) : Optional.empty();
    return updates.isPresent() ? updates.get().read() : List.of();
  }

  private static Shape shape(Segment segment) {
    Shape all = segment.work().models().getFirst().info().shape();
    if (segment.elements() == all.elements()) {
      return all;
    }
    List<Long> dims = new ArrayList<>(all.dims());
    dims.set(0, segment.elements() / (all.elements() / dims.getFirst()));
    return new Shape(dims);
  }

  /// θ0 + λ·τ, three roundings from what the method gives; or that itself where there is no λ.
  void addBase(TensorMerge merge, OptionalDouble lambda, float[] base, float[] values, int count) {
    if (lambda.isEmpty()) {
      return;
    }
    float factor = (float) lambda.getAsDouble();
    if (merge.givesTaskVector()) {
      KernelChoice.taskVectors().addScaled(base, values, factor, count);
    } else {
      kernels.scale(base, values, factor, values, count);
    }
  }

  /// The votes of all that was filled since they were last asked for.
  Ballot takeBallot() {
    Ballot taken = ballot;
    ballot = new Ballot();
    return taken;
  }

  /// What this thread has seen that is not finite.
  FinitenessCheck finiteness() {
    return finiteness;
  }

  /// Which models have an update, of all that this thread has seen.
  Updates updates() {
    return updates;
  }

  /// Looks for what is not finite in a tile of the inputs before it is merged.
  void look(long first, float[] base, float[][] models, int count) {
    if (!tiles.areFinite()) {
      leftOut.look(first, base, models, count);
    }
  }

  /// Counts what of it the same tile of the output does not show.
  void countLeftOut(PlannedTensor tensor, long first, float[] values) {
    finiteness.addLeftOut(tensor, leftOut.count(first, values));
  }

  /// This thread's kernels.
  Kernels kernels() {
    return kernels;
  }

  /// The tiles of the inputs, for what is measured beside the merge.
  ModelTiles tiles() {
    return tiles;
  }

  private static MemorySegment allocate(Arena arena, long elements) {
    return Pages.allocateHuge(arena, elements * Float.BYTES);
  }
}
