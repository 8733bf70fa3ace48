package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.FileLayout;
import org.lines4j.format.Seal;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Sink;

/// A file with a [Seal] while its tensors are written: sums up their checksums, and leaves out the
/// places that are filled last, so that no byte is written twice. One thread's.
final class SealedSink implements Sink {
  private final int number;
  private final OutputShard shard;
  private final List<ByteRange> places;
  private final Sink file;
  private final Checksums checksums;

  private SealedSink(int number, OutputShard shard, Seal seal, Sink file, Checksums checksums) {
    this.number = number;
    this.shard = shard;
    this.places = seal.places();
    this.file = file;
    this.checksums = checksums;
  }

  /// The file itself where it has no seal.
  ///
  /// @param number of the file
  /// @param checksums take those of what is written
  static Sink of(int number, OutputShard shard, Sink file, Checksums checksums) {
    return shard
        .layout()
        .seal()
        .<Sink>map(seal -> new SealedSink(number, shard, seal, file, checksums))
        .orElse(file);
  }

  /// Fills the places of a file's seal, if it has one.
  static void seal(int number, OutputShard shard, Sink file, Checksums checksums)
      throws IOException {
    if (shard.layout().seal().isEmpty()) {
      return;
    }
    Seal seal = shard.layout().seal().get();
    List<ByteRange> places = seal.places();
    List<byte[]> bytes = seal.bytes(checksums.of(number, shard.tensors().size()));
    for (int i = 0; i < places.size(); i++) {
      file.write(MemorySegment.ofArray(bytes.get(i)), places.get(i).from());
    }
  }

  @Override
  public void write(MemorySegment bytes, long position) throws IOException {
    long end = position + bytes.byteSize();
    sum(bytes, position, end);
    long at = position;
    int first = ChunkFiller.firstBehind(places.size(), position, i -> behind(places.get(i)));
    for (int i = first; i < places.size() && places.get(i).from() < end; i++) {
      ByteRange place = places.get(i);
      if (place.from() > at) {
        file.write(bytes.asSlice(at - position, place.from() - at), at);
      }
      at = behind(place);
    }
    if (at < end) {
      file.write(bytes.asSlice(at - position), at);
    }
  }

  private static long behind(ByteRange place) {
    return place.from() + place.count();
  }

  private void sum(MemorySegment bytes, long position, long end) {
    List<FileLayout.Placed> tensors = shard.layout().tensors();
    int first = ChunkFiller.firstBehind(tensors.size(), position, shard::end);
    for (int i = first; i < tensors.size() && shard.start(i) < end; i++) {
      long from = Math.max(position, shard.start(i));
      long to = Math.min(end, shard.end(i));
      if (from < to) {
        checksums.add(number, i, bytes.asSlice(from - position, to - from), shard.end(i) - to);
      }
    }
  }

  @Override
  public void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
