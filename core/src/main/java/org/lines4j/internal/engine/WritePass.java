package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.error.RequestException;
import org.lines4j.internal.engine.MemoryBudget.Held;
import org.lines4j.internal.engine.Units.Unit;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.tensor.DType;

/// Fills files with what is planned. Each unit is made in a buffer and written to its place. No
/// unit depends on another, so neither the chunks' size nor who does which unit can change a byte.
final class WritePass implements Pass<WritePass.Seen> {
  /// What is seen while writing.
  static final class Seen implements Partial<Seen>, Majority.Counted {
    private final Ballot ballot = new Ballot();
    private final NotFiniteCounts notFinite = new NotFiniteCounts();
    private final Checksums checksums = new Checksums();
    private final Updates updates = new Updates();

    @Override
    public Ballot ballot() {
      return ballot;
    }

    NotFiniteCounts notFinite() {
      return notFinite;
    }

    /// Of the models that are scaled or merged.
    Updates updates() {
      return updates;
    }

    /// Of the files that have a seal.
    Checksums checksums() {
      return checksums;
    }

    @Override
    public void add(Seen other) {
      ballot.add(other.ballot);
      notFinite.add(other.notFinite);
      checksums.add(other.checksums);
      updates.add(other.updates);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      ballot.writeTo(out);
      notFinite.writeTo(out);
      checksums.writeTo(out);
      updates.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      ballot.readFrom(in);
      notFinite.readFrom(in);
      checksums.readFrom(in);
      updates.readFrom(in);
    }
  }

  private final List<OutputShard> shards;
  private final Facts facts;
  private final List<Unit> units;
  private final List<? extends Sink> files;
  private final int chunkBytes;
  private final MemoryBudget budget = new MemoryBudget();
  private final OnDemand measured = new OnDemand();

  /// @param facts that the files are written with
  /// @param units of them that are written
  /// @param files where each is written to
  WritePass(
      List<OutputShard> shards,
      Facts facts,
      List<Unit> units,
      List<? extends Sink> files,
      int chunkBytes) {
    this.shards = shards;
    this.facts = facts;
    this.units = units;
    this.files = files;
    this.chunkBytes = chunkBytes;
  }

  /// All of the files.
  static WritePass all(
      List<OutputShard> shards, Facts facts, List<? extends Sink> files, int chunkBytes) {
    List<Unit> units = Units.of(shards, Units.all(shards), chunkBytes);
    return new WritePass(shards, facts, units, files, chunkBytes);
  }

  @Override
  public String title() {
    return PlannedPass.Kind.WRITE.title();
  }

  @Override
  public int units() {
    return units.size();
  }

  @Override
  public long bytes(int unit) {
    return units.get(unit).length();
  }

  @Override
  public Seen nothing() {
    return new Seen();
  }

  @Override
  public long deskBytes() {
    return chunkBytes + ChunkFiller.BUFFER_BYTES;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    WrittenPass.write(PlannedPass.Kind.WRITE, facts, out);
    out.writeInt(chunkBytes);
    for (Sink file : files) {
      Location place =
          file.shared()
              .orElseThrow(
                  () ->
                      new RequestException(
                          "the output's files are written by one process alone where it goes;"
                              + " choose another place for a cluster"));
      out.writeUTF(place.text());
    }
  }

  /// What another JVM has written.
  static SharedPass<Seen> read(List<OutputShard> shards, Facts facts, DataInput in)
      throws IOException {
    int chunkBytes = in.readInt();
    List<Sink> files = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      files.add(JoinedSink.at(Location.parse(in.readUTF())));
    }
    return new SharedPass<>(all(shards, facts, files, chunkBytes), files);
  }

  @Override
  public Desk<Seen> desk(Arena arena) {
    return new Writer(arena);
  }

  /// What tiles of values are handed to, in their order.
  @FunctionalInterface
  private interface Tiles {
    void add(float[] values, int count) throws IOException;
  }

  /// One thread's buffers.
  private final class Writer implements Desk<Seen> {
    private final MemorySegment buffer;
    private final TensorMerger merger;
    private final ChunkFiller filler;

    Writer(Arena arena) {
      Kernels kernels = KernelChoice.kernels();
      this.buffer = Pages.allocateHuge(arena, chunkBytes + (long) Pages.SIZE);
      this.merger = new TensorMerger(arena, kernels, budget);
      this.filler = new ChunkFiller(arena, kernels, merger, measured);
    }

    @Override
    public void run(int unit, Seen into) throws IOException {
      Unit next = units.get(unit);
      if (next instanceof Unit.Chunk(int shard, long start, long length)) {
        MemorySegment bytes = slice(start, length);
        filler.fill(shards.get(shard), start, bytes);
        file(shard, into).write(bytes, start);
      } else if (next instanceof Unit.Rows rows) {
        write(rows, file(rows.shard(), into));
      } else if (next instanceof Unit.Encoded encoded) {
        write(encoded, file(encoded.shard(), into));
      } else {
        throw new IllegalStateException("a unit of a kind that nothing writes: " + next);
      }
      into.ballot.add(merger.takeBallot());
      into.notFinite.add(merger.finiteness().take());
      into.updates.add(merger.updates());
    }

    private Sink file(int shard, Seen into) {
      return SealedSink.of(shard, shards.get(shard), files.get(shard), into.checksums);
    }

    /// A part of the buffer that is aligned in memory as `position` is in the file.
    private MemorySegment slice(long position, long length) {
      return buffer.asSlice(position % Pages.SIZE, length);
    }

    private void write(Unit.Rows rows, Sink file) throws IOException {
      OutputShard shard = shards.get(rows.shard());
      PlannedTensor tensor = shard.tensors().get(rows.index());
      if (!(rows.segment().work().merge() instanceof TensorMerge.WholeTensor merge)) {
        throw new IllegalStateException(tensor.name() + " comes in pieces");
      }
      if (!tensor.isPlain()) {
        encode(rows, shard, tensor, merge, file);
        return;
      }
      long start =
          shard.start(rows.index()) + rows.segment().first() * tensor.info().dtype().bytes();
      Piece piece = new Piece(tensor, start, file);
      merge(rows.segment(), merge, tensor, piece::add);
      piece.flush();
    }

    private void encode(
        Unit.Rows rows,
        OutputShard shard,
        PlannedTensor tensor,
        TensorMerge.WholeTensor merge,
        Sink file)
        throws IOException {
      long band = new Bands(tensor).length();
      long from = rows.segment().first() / band;
      long to = Math.ceilDiv(rows.segment().first() + rows.segment().elements(), band);
      try (Arena arena = Arena.ofConfined()) {
        EncodedUnit unit = new EncodedUnit(arena, shard, rows.index(), from, to);
        PlannedTensor values = tensor.asValues();
        merge(
            rows.segment(),
            merge,
            tensor,
            (merged, count) -> {
              merger.finiteness().checkComputed(values, merged, count);
              unit.add(merged, count);
            });
        unit.write(file);
      }
    }

    private void merge(
        Segments.Segment segment, TensorMerge.WholeTensor merge, PlannedTensor tensor, Tiles to)
        throws IOException {
      merger.whole(
          segment,
          merge,
          merger::look,
          (first, base, merged, count) -> {
            merger.addBase(merge, tensor.lambda(), base, merged, count);
            merger.countLeftOut(tensor, first, merged);
            to.add(merged, count);
          });
    }

    private void write(Unit.Encoded encoded, Sink file) throws IOException {
      OutputShard shard = shards.get(encoded.shard());
      PlannedTensor tensor = shard.tensors().get(encoded.index());
      if (LongBand.is(tensor)) {
        LongBand.write(shard, encoded.index(), filler, merger, files.get(encoded.shard()));
        return;
      }
      long memory = EncodedUnit.memory(tensor, encoded.from(), encoded.to());
      try (Held _ = budget.acquire(memory, false);
          Arena arena = Arena.ofConfined()) {
        EncodedUnit unit =
            new EncodedUnit(arena, shard, encoded.index(), encoded.from(), encoded.to());
        unit.fill(filler);
        unit.write(file);
      }
    }

    /// Collects a tensor's bytes until a chunk is full.
    private final class Piece {
      private final PlannedTensor tensor;
      private final DType type;
      private final Sink file;
      private long start;
      private long filled;

      Piece(PlannedTensor tensor, long start, Sink file) {
        this.tensor = tensor;
        this.start = start;
        this.type = tensor.info().dtype();
        this.file = file;
      }

      void add(float[] values, int count) throws IOException {
        long bytes = (long) count * type.bytes();
        if (filled + bytes > chunkBytes) {
          flush();
        }
        MemorySegment target = slice(start, filled + bytes);
        merger.kernels().encode(type, values, target, filled, count);
        merger.finiteness().check(tensor, target, filled, values, count);
        filled += bytes;
      }

      void flush() throws IOException {
        file.write(slice(start, filled), start);
        start += filled;
        filled = 0;
      }
    }
  }
}
