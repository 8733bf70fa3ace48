package org.lines4j.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;

/// What files are written in: chunks of equal size and, where a merge needs all of a tensor or a
/// row at once, that.
final class Units {
  /// How much is read of tensors that are measured before they are written.
  private static final long WINDOW_BYTES = 1L << 30;

  sealed interface Unit {
    /// How long it is, in bytes.
    long length();

    /// Some bytes of a file.
    ///
    /// @param start in the file
    record Chunk(int shard, long start, long length) implements Unit {}

    /// A tensor of a file, or some rows of it.
    ///
    /// @param index of the tensor
    record Rows(int shard, int index, Segment segment, long length) implements Unit {}

    /// Some bands of an encoded tensor, in all its parts.
    ///
    /// @param index of the tensor
    record Encoded(int shard, int index, long from, long to, long length) implements Unit {}
  }

  /// Consecutive tensors of a file.
  record Part(int shard, int from, int to) {}

  private Units() {}

  /// All tensors of all files.
  static List<Part> all(List<OutputShard> shards) {
    List<Part> parts = new ArrayList<>();
    for (int s = 0; s < shards.size(); s++) {
      parts.add(new Part(s, 0, shards.get(s).tensors().size()));
    }
    return parts;
  }

  /// Cuts the files where enough tensors to measure have come together: nowhere if there are none.
  static List<List<Part>> windows(List<OutputShard> shards) {
    List<List<Part>> windows = new ArrayList<>();
    List<Part> window = new ArrayList<>();
    long bytes = 0;
    for (int s = 0; s < shards.size(); s++) {
      List<PlannedTensor> tensors = shards.get(s).tensors();
      int from = 0;
      for (int i = 0; i < tensors.size(); i++) {
        bytes += tensors.get(i).isToBeMeasured() ? tensors.get(i).inputBytes() : 0;
        if (bytes >= WINDOW_BYTES) {
          window.add(new Part(s, from, i + 1));
          windows.add(window);
          window = new ArrayList<>();
          from = i + 1;
          bytes = 0;
        }
      }
      if (from < tensors.size() || tensors.isEmpty()) {
        window.add(new Part(s, from, tensors.size()));
      }
    }
    windows.add(window);
    return windows;
  }

  /// The units of some parts of the files.
  ///
  /// @param chunkBytes how long chunks are
  static List<Unit> of(List<OutputShard> shards, List<Part> parts, int chunkBytes) {
    List<Unit> units = new ArrayList<>();
    for (Part part : parts) {
      OutputShard shard = shards.get(part.shard);
      long start = part.from == 0 ? 0 : shard.start(part.from); // with the header
      for (int i = part.from; i < part.to; i++) {
        Optional<List<Unit>> own = own(shard, part.shard, i, chunkBytes);
        if (own.isPresent()) {
          addChunks(units, shard, part.shard, start, shard.start(i), chunkBytes);
          units.addAll(own.get());
          start = shard.end(i);
        }
      }
      long end = part.to == shard.tensors().size() ? shard.size() : shard.start(part.to);
      addChunks(units, shard, part.shard, start, end, chunkBytes);
    }
    return units;
  }

  /// The units of a tensor that is not made in chunks; none for what is written with another.
  private static Optional<List<Unit>> own(
      OutputShard shard, int number, int index, int chunkBytes) {
    PlannedTensor tensor = shard.tensors().get(index);
    if (tensor.work() instanceof Work.Beside) {
      return Optional.of(List.of());
    }
    List<Unit> units = new ArrayList<>();
    if (tensor.work() instanceof Work.Merge work
        && work.merge() instanceof TensorMerge.WholeTensor) {
      Bands bands = new Bands(tensor);
      for (Segment segment : Segments.of(work, bands.length())) {
        long from = segment.first() / bands.length();
        long to = Math.ceilDiv(segment.first() + segment.elements(), bands.length());
        units.add(new Unit.Rows(number, index, segment, bands.bytes(0, from, to)));
      }
      return Optional.of(units);
    }
    if (!Bands.areUnits(tensor)) {
      return Optional.empty();
    }
    Bands bands = new Bands(tensor);
    long each = Math.max(1, chunkBytes / Math.max(1, bands.bytes(0, 0, 1)));
    for (long from = 0; from < bands.count(); from += each) {
      long to = Math.min(bands.count(), from + each);
      units.add(new Unit.Encoded(number, index, from, to, bands.bytes(0, from, to)));
    }
    return Optional.of(units);
  }

  /// Whatever the start, chunks end at multiples of their size, or a few bytes before one, so that
  /// each element lies in one chunk.
  private static void addChunks(
      List<Unit> units, OutputShard shard, int number, long start, long end, int size) {
    long from = start;
    while (from < end) {
      long next = ((from + Long.BYTES) / size + 1) * size;
      long to = next < end ? shard.boundary(next) : end;
      if (to <= from) { // the rest of a block of elements
        to = next + size < end ? shard.boundary(next + size) : end;
      }
      units.add(new Unit.Chunk(number, from, to - from));
      from = to;
    }
  }
}
