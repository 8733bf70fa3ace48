package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.posix.Pages;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.OutputShard;
import org.lines4j.plan.Pass;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Work;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Sink;
import org.lines4j.tensor.DType;

/// Writes the files of a plan. Each is cut into units: chunks of equal size and, where a merge
/// needs all of a tensor at once, that tensor. Every thread takes the next unit, fills a buffer of
/// its own with it and writes it to its place. No unit depends on another, so neither the chunks'
/// size nor the number of threads can change a byte.
///
/// Tensors that must be measured first are, some at a time, so that they are still in the system's
/// cache when they are read once more to be written.
public final class StreamEngine {
  /// How much is read of tensors that are measured before they are written.
  private static final long WINDOW_BYTES = 1L << 30;

  /// Consecutive tensors of a file.
  private record Part(int shard, int from, int to) {}

  private sealed interface Unit {
    /// Some bytes of a file.
    record Chunk(int shard, long start, int length) implements Unit {}

    /// A tensor of a file, or some rows of it.
    record Rows(int shard, int index, Segment segment) implements Unit {}
  }

  private final List<OutputShard> planned;

  /// What is written now: as planned, with what was measured of this window's tensors and of no
  /// others, for that may be a number for each of a tensor's rows.
  private List<OutputShard> shards;

  private final RunOptions options;
  private long bytesRead;
  private final MemoryBudget budget = MemoryBudget.forWholeTensors();
  private final Ballot ballot = new Ballot();
  private final FinitenessCheck finiteness = new FinitenessCheck(KernelChoice.kernels());

  private StreamEngine(List<OutputShard> shards, RunOptions options) {
    this.planned = List.copyOf(shards);
    this.shards = planned;
    this.options = options;
  }

  /// What came of writing files.
  ///
  /// @param bytesRead of tensors: those of all inputs, once more if a guessed majority was wrong,
  ///   and what it took to measure tensors
  /// @param notFinite tensors that hold NaN or infinity
  public record Written(long bytesRead, List<NotFinite> notFinite) {
    /// Copies its list.
    public Written {
      notFinite = List.copyOf(notFinite);
    }
  }

  /// Writes every shard into `draft` and syncs it.
  public static Written write(List<OutputShard> shards, Draft draft, RunOptions options)
      throws IOException {
    StreamEngine engine = new StreamEngine(shards, options);
    engine.run(draft);
    if (shards.stream().noneMatch(shard -> Majority.isWrong(shard.tensors(), engine.ballot))) {
      return new Written(engine.bytesRead, engine.finiteness.found(shards));
    }
    List<OutputShard> corrected =
        shards.stream()
            .map(shard -> shard.with(tensor -> Majority.corrected(tensor, engine.ballot)))
            .toList();
    StreamEngine again = new StreamEngine(corrected, options);
    again.run(draft);
    return new Written(engine.bytesRead + again.bytesRead, again.finiteness.found(corrected));
  }

  /// Cuts the files where enough tensors to measure have come together: nowhere if there are none.
  private List<List<Part>> windows() {
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

  private List<Unit> units(List<Part> window) {
    List<Unit> units = new ArrayList<>();
    for (Part part : window) {
      OutputShard shard = shards.get(part.shard);
      long start = part.from == 0 ? 0 : shard.start(part.from); // with the header
      for (int i = part.from; i < part.to; i++) {
        if (shard.tensors().get(i).work() instanceof Work.Merge work
            && work.merge() instanceof TensorMerge.WholeTensor) {
          addChunks(units, part.shard, start, shard.start(i));
          for (Segment segment : Segments.of(List.of(work))) {
            units.add(new Unit.Rows(part.shard, i, segment));
          }
          start = shard.end(i);
        }
      }
      addChunks(
          units,
          part.shard,
          start,
          part.to == shard.tensors().size() ? shard.size() : shard.start(part.to));
    }
    return units;
  }

  /// Whatever the start, chunks end at multiples of their size, or a few bytes before one, so that
  /// each element lies in one chunk.
  private void addChunks(List<Unit> units, int shard, long start, long end) {
    int size = options.chunkBytes();
    long from = start;
    while (from < end) {
      long next = ((from + Long.BYTES) / size + 1) * size;
      long to = next < end ? shards.get(shard).boundary(next) : end;
      units.add(new Unit.Chunk(shard, from, (int) (to - from)));
      from = to;
    }
  }

  private long tensors(ToLongFunction<PlannedTensor> bytes) {
    return planned.stream().flatMap(shard -> shard.tensors().stream()).mapToLong(bytes).sum();
  }

  private void run(Draft draft) throws IOException {
    long size = planned.stream().mapToLong(OutputShard::size).sum();
    options
        .progress()
        .start(Pass.Kind.WRITE.title(), size + tensors(PlannedTensor::bytesToMeasure));
    List<Sink> files = new ArrayList<>();
    try {
      for (OutputShard shard : shards) {
        files.add(draft.create(shard.fileName(), shard.size()));
      }
      for (List<Part> window : windows()) {
        shards = settled(window);
        Workers.share(units(window), threads(), items -> work(items, files));
      }
      for (Sink file : files) {
        file.sync();
      }
      bytesRead += tensors(PlannedTensor::inputBytes);
    } finally {
      for (Sink file : files) {
        file.close();
      }
    }
  }

  /// Measures what must be known of a window's tensors.
  private List<OutputShard> settled(List<Part> window) throws IOException {
    List<OutputShard> settled = new ArrayList<>(planned);
    for (Part part : window) {
      OutputShard shard = planned.get(part.shard);
      List<PlannedTensor> tensors = shard.tensors().subList(part.from, part.to);
      if (tensors.stream().anyMatch(PlannedTensor::isToBeMeasured)) {
        Settling.Settled partSettled = Settling.settle(tensors, options);
        bytesRead += partSettled.bytesRead();
        settled.set(part.shard, settled.get(part.shard).with(part.from, partSettled.tensors()));
      }
    }
    return settled;
  }

  private int threads() {
    long perThread = options.chunkBytes() + ChunkFiller.BUFFER_BYTES;
    return Workers.threads(options, perThread);
  }

  private void work(Workers.Items<Unit> items, List<Sink> files) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Kernels kernels = KernelChoice.kernels();
      MemorySegment buffer = Pages.allocateHuge(arena, options.chunkBytes() + (long) Pages.SIZE);
      TensorMerger merger = new TensorMerger(arena, kernels, budget);
      ChunkFiller filler = new ChunkFiller(arena, kernels, merger);
      for (Unit unit = items.next(); unit != null; unit = items.next()) {
        switch (unit) {
          case Unit.Chunk(int shard, long start, int length) -> {
            MemorySegment bytes = slice(buffer, start, length);
            filler.fill(shards.get(shard), start, bytes);
            files.get(shard).write(bytes, start);
            options.progress().advance(length);
          }
          case Unit.Rows(int shard, int index, Segment segment) ->
              writeWhole(shards.get(shard), index, segment, files.get(shard), merger, buffer);
        }
      }
      synchronized (ballot) {
        ballot.add(merger.ballot());
        finiteness.add(merger.finiteness());
      }
    }
  }

  /// A part of `buffer` that is aligned in memory as `position` is in the file.
  private static MemorySegment slice(MemorySegment buffer, long position, long length) {
    return buffer.asSlice(position % Pages.SIZE, length);
  }

  private void writeWhole(
      OutputShard shard,
      int index,
      Segment segment,
      Sink file,
      TensorMerger merger,
      MemorySegment buffer)
      throws IOException {
    PlannedTensor tensor = shard.tensors().get(index);
    if (!(segment.work().merge() instanceof TensorMerge.WholeTensor merge)) {
      throw new IllegalStateException(tensor.name() + " comes in pieces");
    }
    DType type = tensor.info().dtype();
    long start = shard.start(index) + segment.first() * type.bytes();
    Piece piece = new Piece(merger, tensor, start, file, buffer);
    merger.whole(
        segment,
        merge,
        (_, _, _, _) -> {},
        (_, base, merged, count) -> {
          merger.addBase(merge, tensor.lambda(), base, merged, count);
          piece.add(merged, count);
        });
    piece.flush();
  }

  /// Collects a tensor's bytes until a chunk is full.
  private final class Piece {
    private final TensorMerger merger;
    private final PlannedTensor tensor;
    private final DType type;
    private final Sink file;
    private final MemorySegment buffer;
    private long start;
    private long filled;

    Piece(TensorMerger merger, PlannedTensor tensor, long start, Sink file, MemorySegment buffer) {
      this.merger = merger;
      this.tensor = tensor;
      this.start = start;
      this.type = tensor.info().dtype();
      this.file = file;
      this.buffer = buffer;
    }

    void add(float[] values, int count) throws IOException {
      long bytes = (long) count * type.bytes();
      if (filled + bytes > options.chunkBytes()) {
        flush();
      }
      MemorySegment target = slice(buffer, start, filled + bytes);
      merger.kernels().encode(type, values, target, filled, count);
      merger.finiteness().check(tensor, target, filled, values, count);
      filled += bytes;
    }

    void flush() throws IOException {
      file.write(slice(buffer, start, filled), start);
      options.progress().advance(filled);
      start += filled;
      filled = 0;
    }
  }
}
