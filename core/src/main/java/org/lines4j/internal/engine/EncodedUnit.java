package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.storage.Sink;

/// Some bands of an encoded tensor while they are made: the values of one, and the bytes of all.
final class EncodedUnit {
  private final OutputShard shard;
  private final int index;
  private final PlannedTensor tensor;
  private final Bands bands;
  private final long from;
  private final long to;
  private final MemorySegment values;
  private final List<MemorySegment> bytes = new ArrayList<>();
  private long collected;
  private long band;

  /// @param index of the tensor
  /// @param from the first band
  /// @param to the band behind the last
  EncodedUnit(Arena arena, OutputShard shard, int index, long from, long to) {
    this.shard = shard;
    this.index = index;
    this.tensor = shard.tensors().get(index);
    this.bands = new Bands(tensor);
    this.from = from;
    this.to = to;
    this.band = from;
    this.values = Pages.allocate(arena, elements(from) * Float.BYTES);
    for (int part = 0; part < bands.parts(); part++) {
      long length = bands.bytes(part, from, to);
      long within = place(part) % Pages.SIZE;
      bytes.add(Pages.allocate(arena, within + length).asSlice(within, length));
    }
  }

  /// The memory that it takes, in bytes.
  static long memory(PlannedTensor tensor, long from, long to) {
    Bands bands = new Bands(tensor);
    long memory = Math.min(bands.length(), tensor.info().elements()) * Float.BYTES;
    for (int part = 0; part < bands.parts(); part++) {
      memory += bands.bytes(part, from, to) + Pages.SIZE;
    }
    return memory;
  }

  private long elements(long number) {
    long first = number * bands.length();
    return Math.min(bands.length(), tensor.info().elements() - first);
  }

  /// Where the unit's bytes of a part begin in the file.
  private long place(int part) {
    return shard.start(shard.parts(index).get(part)) + bands.start(part, from);
  }

  /// Makes all bands.
  void fill(ChunkFiller filler) throws IOException {
    while (band < to) {
      MemorySegment all = values.asSlice(0, elements(band) * Float.BYTES);
      filler.values(tensor, band * bands.length(), all);
      encode(all);
    }
  }

  /// Takes values, in their order.
  void add(float[] tile, int count) {
    int taken = 0;
    while (taken < count) {
      long wanted = elements(band);
      int now = (int) Math.min(count - taken, wanted - collected);
      MemorySegment.copy(
          MemorySegment.ofArray(tile),
          (long) taken * Float.BYTES,
          values,
          collected * Float.BYTES,
          (long) now * Float.BYTES);
      taken += now;
      collected += now;
      if (collected == wanted) {
        encode(values.asSlice(0, wanted * Float.BYTES));
        collected = 0;
      }
    }
  }

  private void encode(MemorySegment all) {
    List<MemorySegment> targets = new ArrayList<>();
    for (int part = 0; part < bands.parts(); part++) {
      long at = bands.start(part, band) - bands.start(part, from);
      targets.add(bytes.get(part).asSlice(at, bands.bytes(part, band, band + 1)));
    }
    tensor.encoding().encode(tensor.info().shape(), band * bands.length(), all, targets);
    band++;
  }

  /// Writes what was made.
  void write(Sink file) throws IOException {
    for (int part = 0; part < bands.parts(); part++) {
      file.write(bytes.get(part), place(part));
    }
  }
}
