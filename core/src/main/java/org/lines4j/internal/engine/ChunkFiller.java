package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// Makes any range of bytes of an output file. One per thread: it owns the buffers.
final class ChunkFiller {
  /// How much of one input is read at a time: small enough to be computed with while it is still in
  /// the second-level cache.
  private static final int READ_BYTES = 1 << 17;

  /// What one of these allocates, in bytes, with what it merges tensors with.
  static final long BUFFER_BYTES = 3L * READ_BYTES + TensorMerger.BUFFER_BYTES;

  private final Kernels kernels;
  private final TensorMerger merger;
  private final OnDemand measured;
  private final FinitenessCheck finiteness;
  private final InputBuffer firstInput;
  private final InputBuffer secondInput;
  private final float[] first = new float[Kernels.TILE];
  private final float[] second = new float[Kernels.TILE];
  private final MemorySegment values;

  /// @param measured tensors that nobody has measured before
  ChunkFiller(Arena arena, Kernels kernels, TensorMerger merger, OnDemand measured) {
    this.kernels = kernels;
    this.merger = merger;
    this.measured = measured;
    this.finiteness = merger.finiteness();
    this.firstInput = new InputBuffer(arena, READ_BYTES);
    this.secondInput = new InputBuffer(arena, READ_BYTES);
    this.values = Pages.allocate(arena, READ_BYTES);
  }

  /// Fills `target` with the bytes of `shard`'s file from `start` on. Both ends lie between
  /// elements.
  void fill(OutputShard shard, long start, MemorySegment target) throws IOException {
    long end = start + target.byteSize();
    if (shard.hasGaps()) {
      target.fill((byte) 0);
    }
    copyConstants(shard.layout().constants(), start, target);
    for (int i = firstTensor(shard, start); i < shard.tensors().size(); i++) {
      long tensorStart = shard.start(i);
      if (tensorStart >= end) {
        break;
      }
      long from = Math.max(start, tensorStart);
      long to = Math.min(end, shard.end(i));
      if (from < to) {
        PlannedTensor tensor = measured.known(shard.tensors().get(i), merger);
        fillStored(tensor, from - tensorStart, target.asSlice(from - start, to - from));
      }
    }
  }

  private static void copyConstants(
      List<FileLayout.Constant> constants, long start, MemorySegment target) {
    long end = start + target.byteSize();
    for (int i = firstBehind(constants.size(), start, k -> constants.get(k).end());
        i < constants.size() && constants.get(i).start() < end;
        i++) {
      FileLayout.Constant constant = constants.get(i);
      long from = Math.max(start, constant.start());
      long count = Math.min(end, constant.end()) - from;
      MemorySegment.copy(constant.bytes(), from - constant.start(), target, from - start, count);
    }
  }

  private static int firstTensor(OutputShard shard, long position) {
    return firstBehind(shard.tensors().size(), position, shard::end);
  }

  /// Of parts in the order of their bytes, the first that ends behind a position.
  static int firstBehind(int count, long position, IntToLongFunction end) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (end.applyAsLong(middle) > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// Fills `target` with float32 values of a tensor, whatever they are stored as.
  ///
  /// @param first the index of the first
  void values(PlannedTensor tensor, long first, MemorySegment target) throws IOException {
    PlannedTensor known = measured.known(tensor, merger);
    fillPiece(known.asValues(), first * Float.BYTES, target);
  }

  /// @param from the first byte of the tensor's first part that is wanted
  private void fillStored(PlannedTensor tensor, long from, MemorySegment target)
      throws IOException {
    if (tensor.isPlain()) {
      fillPiece(tensor, from, target);
    } else if (tensor.isCopiedAsStored()) {
      tensor.work().sources().getFirst().tensor().parts().getFirst().read(from, target);
    } else {
      encode(tensor, from, target);
    }
  }

  /// Computes values, as many at a time as lie in the second-level cache, and encodes them.
  private void encode(PlannedTensor tensor, long from, MemorySegment target) throws IOException {
    EncodedTensor stored = tensor.parts().getFirst();
    Shape shape = tensor.info().shape();
    long first = from / stored.blockBytes() * stored.block();
    long blocks = target.byteSize() / stored.blockBytes();
    long count = Math.min(blocks * stored.block(), shape.elements() - first);
    long band = tensor.encoding().band(shape);
    long step = Bands.MOST_IN_CHUNKS / band * band;
    PlannedTensor computed = tensor.asValues();
    for (long done = 0; done < count; done += step) {
      long elements = Math.min(step, count - done);
      MemorySegment floats = values.asSlice(0, elements * Float.BYTES);
      fillPiece(computed, (first + done) * Float.BYTES, floats);
      long offset = done / stored.block() * stored.blockBytes();
      long bytes = Math.ceilDiv(elements, (long) stored.block()) * stored.blockBytes();
      tensor.encoding().encode(shape, first + done, floats, List.of(target.asSlice(offset, bytes)));
    }
  }

  private void fillPiece(PlannedTensor tensor, long from, MemorySegment target) throws IOException {
    DType type = tensor.info().dtype();
    Work work = tensor.work();
    if (work instanceof Work.Copy(Source source) && source.dtype() == type) {
      source.read(from, target);
      finiteness.checkCopy(tensor, target);
    } else if (work instanceof Work.Copy(Source source)) {
      convert(tensor, source, from, target);
    } else if (work instanceof Work.Scale scale) {
      scale(tensor, scale, from, target);
    } else if (work instanceof Work.Merge merge) {
      merge(tensor, merge, from, target);
    } else {
      throw new IllegalStateException(tensor.name() + " is written with another tensor");
    }
  }

  private void merge(PlannedTensor tensor, Work.Merge work, long from, MemorySegment target)
      throws IOException {
    if (work.merge() instanceof TensorMerge.Electing electing
        && tensor.isWithoutUpdate()
        && work.storedBase().isPresent()) {
      // its signs still count for other tensors
      int width = tensor.info().dtype().bytes();
      merger.vote(work, electing, from / width, target.byteSize() / width);
      fillPiece(tensor.with(new Work.Copy(work.storedBase().get())), from, target);
    } else if (work.merge() instanceof TensorMerge.Elementwise elementwise) {
      merger.fill(tensor, work, elementwise, from, target);
    } else {
      throw new IllegalStateException(tensor.name() + " does not come in pieces");
    }
  }

  private void convert(PlannedTensor tensor, Source source, long from, MemorySegment target)
      throws IOException {
    DType type = tensor.info().dtype();
    int width = type.bytes();
    long block = READ_BYTES / source.dtype().bytes();
    long total = target.byteSize() / width;
    for (long done = 0; done < total; done += block) {
      long count = Math.min(block, total - done);
      MemorySegment bytes = read(source, from / width + done, count, firstInput);
      for (long tile = 0; tile < count; tile += Kernels.TILE) {
        int elements = (int) Math.min(Kernels.TILE, count - tile);
        decode(source, bytes, tile, first, elements);
        long offset = (done + tile) * width;
        kernels.encode(type, first, target, offset, elements);
        finiteness.check(tensor, target, offset, first, elements);
      }
    }
  }

  private void scale(PlannedTensor tensor, Work.Scale work, long from, MemorySegment target)
      throws IOException {
    DType type = tensor.info().dtype();
    int width = type.bytes();
    Source base = work.base();
    Source tuned = work.tuned();
    boolean allBf16 = type == DType.BF16 && base.dtype() == type && tuned.dtype() == type;
    long block = READ_BYTES / Math.max(base.dtype().bytes(), tuned.dtype().bytes());
    long total = target.byteSize() / width;
    for (long done = 0; done < total; done += block) {
      long count = Math.min(block, total - done);
      MemorySegment baseBytes = read(base, from / width + done, count, firstInput);
      MemorySegment tunedBytes = read(tuned, from / width + done, count, secondInput);
      merger.updates().look(work, baseBytes, tunedBytes, count);
      for (long tile = 0; tile < count; tile += Kernels.TILE) {
        int elements = (int) Math.min(Kernels.TILE, count - tile);
        long offset = (done + tile) * width;
        if (allBf16) {
          kernels.scaleBf16(
              baseBytes, tunedBytes, tile * width, work.lambda(), target, offset, elements);
          if (finiteness.isFinite(type, target, offset, elements)) {
            continue;
          }
        }
        decode(base, baseBytes, tile, first, elements);
        decode(tuned, tunedBytes, tile, second, elements);
        kernels.scale(first, second, work.lambda(), first, elements);
        kernels.encode(type, first, target, offset, elements);
        finiteness.check(tensor, target, offset, first, elements);
      }
    }
  }

  private static MemorySegment read(Source source, long element, long count, InputBuffer buffer)
      throws IOException {
    int width = source.dtype().bytes();
    return buffer.read(source, element * width, count * width);
  }

  private void decode(Source source, MemorySegment bytes, long element, float[] target, int count) {
    kernels.decode(source.dtype(), bytes, element * source.dtype().bytes(), target, count);
  }
}
