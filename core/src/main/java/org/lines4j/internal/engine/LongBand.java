package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding.Survey;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.method.Ballot;
import org.lines4j.storage.Sink;

/// A tensor that is one band, too long to be held in memory: computed twice, to see its values and
/// to encode them.
final class LongBand {
  /// Up to how many elements a band is held in memory.
  static final long MOST_HELD = 1 << 24;

  private static final long PIECE = 1 << 20;

  private final OutputShard shard;
  private final List<Integer> places;
  private final PlannedTensor tensor;
  private final Survey survey;

  private LongBand(OutputShard shard, int index, PlannedTensor tensor, Survey survey) {
    this.shard = shard;
    this.places = shard.parts(index);
    this.tensor = tensor;
    this.survey = survey;
  }

  /// Whether a tensor is one.
  static boolean is(PlannedTensor tensor) {
    long elements = tensor.info().elements();
    return elements > MOST_HELD
        && tensor.encoding().band(tensor.info().shape()) >= elements
        && tensor.encoding().survey(tensor.info().shape()).isPresent();
  }

  /// Computes and writes a tensor.
  ///
  /// @param index of the tensor
  /// @param counts of what was seen, which would otherwise be counted twice
  static void write(
      OutputShard shard, int index, ChunkFiller filler, TensorMerger counts, Sink file)
      throws IOException {
    PlannedTensor tensor = shard.tensors().get(index);
    Survey survey = tensor.encoding().survey(tensor.info().shape()).orElseThrow();
    LongBand band = new LongBand(shard, index, tensor, survey);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = Pages.allocate(arena, PIECE * Float.BYTES);
      band.each(values, filler, (_, some) -> survey.see(some));
      Ballot _ = counts.takeBallot();
      NotFiniteCounts _ = counts.finiteness().take();
      MemorySegment codes = Pages.allocate(arena, PIECE * Float.BYTES);
      band.each(values, filler, (first, some) -> band.encode(codes, first, some, file));
      band.finish(arena, file);
    }
  }

  @FunctionalInterface
  private interface Piece {
    void take(long first, MemorySegment values) throws IOException;
  }

  private void each(MemorySegment values, ChunkFiller filler, Piece piece) throws IOException {
    long elements = tensor.info().elements();
    for (long first = 0; first < elements; first += PIECE) {
      long count = Math.min(PIECE, elements - first);
      MemorySegment some = values.asSlice(0, count * Float.BYTES);
      filler.values(tensor, first, some);
      piece.take(first, some);
    }
  }

  private void encode(MemorySegment room, long first, MemorySegment some, Sink file)
      throws IOException {
    EncodedTensor stored = tensor.parts().getFirst();
    long bytes =
        Math.ceilDiv(some.byteSize() / Float.BYTES, stored.block()) * (long) stored.blockBytes();
    long place =
        shard.start(places.getFirst()) + first / stored.block() * (long) stored.blockBytes();
    MemorySegment codes = room.asSlice(0, bytes);
    survey.encode(some, codes);
    file.write(codes, place);
  }

  private void finish(Arena arena, Sink file) throws IOException {
    List<MemorySegment> others = new ArrayList<>();
    for (EncodedTensor part : tensor.parts().subList(1, places.size())) {
      others.add(arena.allocate(part.byteSize()));
    }
    survey.finish(others);
    for (int part = 1; part < places.size(); part++) {
      file.write(others.get(part - 1), shard.start(places.get(part)));
    }
  }
}
