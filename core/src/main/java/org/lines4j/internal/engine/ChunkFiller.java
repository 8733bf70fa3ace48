package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.OutputShard;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.Source;
import org.lines4j.plan.Work;
import org.lines4j.tensor.DType;

/// Makes any range of bytes of an output file. One per thread: it owns the buffers.
final class ChunkFiller {
  /// How much of one input is read at a time: small enough to be computed with while it is still in
  /// the second-level cache.
  private static final int READ_BYTES = 1 << 17;

  /// What one of these allocates, in bytes, with what it merges tensors with.
  static final long BUFFER_BYTES = 2L * READ_BYTES + TensorMerger.BUFFER_BYTES;

  private final Kernels kernels;
  private final TensorMerger merger;
  private final FinitenessCheck finiteness;
  private final InputBuffer firstInput;
  private final InputBuffer secondInput;
  private final float[] first = new float[Kernels.TILE];
  private final float[] second = new float[Kernels.TILE];

  ChunkFiller(Arena arena, Kernels kernels, TensorMerger merger) {
    this.kernels = kernels;
    this.merger = merger;
    this.finiteness = merger.finiteness();
    this.firstInput = new InputBuffer(arena, READ_BYTES);
    this.secondInput = new InputBuffer(arena, READ_BYTES);
  }

  /// Fills `target` with the bytes of `shard`'s file from `start` on.
  void fill(OutputShard shard, long start, MemorySegment target) throws IOException {
    long end = start + target.byteSize();
    long position = copyHeader(shard, start, target);
    for (int i = firstTensor(shard, position); position < end; i++) {
      long tensorStart = shard.offset(i);
      long pieceEnd = Math.min(end, shard.offset(i + 1));
      MemorySegment piece = target.asSlice(position - start, pieceEnd - position);
      fillPiece(shard.tensors().get(i), position - tensorStart, piece);
      position = pieceEnd;
    }
  }

  private static long copyHeader(OutputShard shard, long start, MemorySegment target) {
    MemorySegment header = shard.header();
    if (start >= header.byteSize()) {
      return start;
    }
    long count = Math.min(header.byteSize() - start, target.byteSize());
    MemorySegment.copy(header, start, target, 0, count);
    return start + count;
  }

  /// The tensor that holds the byte at `position`, which is past the header: the first one that
  /// ends behind it.
  private static int firstTensor(OutputShard shard, long position) {
    int low = 0;
    int high = shard.tensors().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (shard.offset(middle + 1) > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private void fillPiece(PlannedTensor tensor, long from, MemorySegment target) throws IOException {
    DType type = tensor.info().dtype();
    switch (tensor.work()) {
      case Work.Copy(Source source) when source.dtype() == type -> {
        source.read(from, target);
        finiteness.checkCopy(tensor, target);
      }
      case Work.Copy(Source source) -> convert(tensor, source, from, target);
      case Work.Scale scale -> scale(tensor, scale, from, target);
      case Work.Merge merge -> {
        switch (merge.merge()) {
          case TensorMerge.Electing electing
              when tensor.isWithoutUpdate() && merge.storedBase().isPresent() -> {
            // its signs still count for other tensors
            int width = type.bytes();
            merger.vote(merge, electing, from / width, target.byteSize() / width);
            fillPiece(tensor.with(new Work.Copy(merge.storedBase().get())), from, target);
          }
          case TensorMerge.Elementwise elementwise ->
              merger.fill(tensor, merge, elementwise, from, target);
          case TensorMerge.Measured _, TensorMerge.WholeTensor _, TensorMerge.WholeModel _ ->
              throw new IllegalStateException(tensor.name() + " does not come in pieces");
        }
      }
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
