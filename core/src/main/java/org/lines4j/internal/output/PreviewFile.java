package org.lines4j.internal.output;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.FileLayout;
import org.lines4j.format.Seal;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.memory.Content;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.storage.ByteRange;

/// One file of a [Preview]: nothing of it is there until it is read.
record PreviewFile(OutputShard shard) implements Content {
  /// Elements of every type begin at multiples of it.
  private static final long WORD = 8;

  @Override
  public long size() {
    return shard.size();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    target.fill((byte) 0);
    for (FileLayout.Constant constant : shard.layout().constants()) {
      copy(constant.start(), constant.bytes(), from, target);
    }
    if (shard.layout().seal().isPresent()) {
      readSeal(shard.layout().seal().get(), from, target);
    }
    for (int i = 0; i < shard.tensors().size(); i++) {
      long first = Math.max(from, shard.start(i));
      long end = Math.min(from + target.byteSize(), shard.end(i));
      if (first < end) {
        MemorySegment part = target.asSlice(first - from, end - first);
        read(shard.tensors().get(i), first - shard.start(i), part);
      }
    }
  }

  private void readSeal(Seal seal, long from, MemorySegment target) {
    List<ByteRange> places = seal.places();
    List<byte[]> bytes = seal.bytes(new int[shard.tensors().size()]);
    for (int i = 0; i < places.size(); i++) {
      copy(places.get(i).from(), MemorySegment.ofArray(bytes.get(i)), from, target);
    }
  }

  /// @param start where `bytes` lie in the file
  private static void copy(long start, MemorySegment bytes, long from, MemorySegment target) {
    long first = Math.max(from, start);
    long end = Math.min(from + target.byteSize(), start + bytes.byteSize());
    if (first < end) {
      MemorySegment.copy(bytes, first - start, target, first - from, end - first);
    }
  }

  private static void read(PlannedTensor tensor, long from, MemorySegment target)
      throws IOException {
    Optional<TensorSource> copied = copied(tensor);
    if (copied.isPresent()) {
      copied.get().read(from, target);
      return;
    }
    List<Source> sources = tensor.work().sources();
    for (int i = 0; i < sources.size(); i++) {
      add(sources.get(i), i + 1, from, target);
    }
  }

  private static Optional<TensorSource> copied(PlannedTensor tensor) {
    if (!(tensor.work() instanceof Work.Copy(Source source))) {
      return Optional.empty();
    }
    if (tensor.isCopiedAsStored()) {
      return Optional.of(source.tensor().parts().getFirst());
    }
    boolean isSame = tensor.isPlain() && source.dtype() == tensor.info().dtype();
    return isSame ? Optional.of(source.tensor()) : Optional.empty();
  }

  /// Adds to each byte that of the source, times a number of its own, as far as the source goes:
  /// the same for tensors that are the same in all models, and most likely for no others.
  private static void add(Source source, int times, long from, MemorySegment target)
      throws IOException {
    long first = from / WORD * WORD;
    long end = Math.min(source.byteSize(), (from + target.byteSize() + WORD - 1) / WORD * WORD);
    if (first >= end) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment read = arena.allocate(end - first, WORD);
      source.read(first, read);
      long count = Math.min(target.byteSize(), end - from);
      for (long i = 0; i < count; i++) {
        int own = read.get(ValueLayout.JAVA_BYTE, from - first + i) * times;
        byte sum = (byte) (target.get(ValueLayout.JAVA_BYTE, i) + own);
        target.set(ValueLayout.JAVA_BYTE, i, sum);
      }
    }
  }
}
