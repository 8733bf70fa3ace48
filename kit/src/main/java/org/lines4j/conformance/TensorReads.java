package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// Reads of one tensor, compared with a read of all of it.
final class TensorReads {
  private static final int SOME = 30;

  private final StoredTensor tensor;
  private final TensorSource source;
  private final Location file;
  private final long fileSize;
  private final byte[] content;
  private final int unit;

  TensorReads(Checkpoint checkpoint, StoredTensor tensor) throws IOException {
    this.tensor = tensor;
    this.source = checkpoint.source(tensor);
    this.file = checkpoint.shards().get(tensor.shard()).location();
    this.fileSize = checkpoint.shards().get(tensor.shard()).size();
    this.unit = unit(tensor.info().dtype());
    this.content = Bytes.read(source::read, 0, Math.toIntExact(tensor.byteSize()), true);
  }

  /// The fewest bytes that are whole elements.
  static int unit(DType type) {
    return switch (type.bits()) {
      case 4 -> 1;
      case 6 -> 3;
      default -> type.bytes();
    };
  }

  private int units() {
    return content.length / unit;
  }

  void check(Random random) throws IOException {
    int block = Math.multiplyExact(source.block(), tensor.info().dtype().bits()) / 8;
    read(0, content.length, false);
    read(0, 0, true);
    read(content.length, 0, true);
    if (units() > 0) {
      read(content.length - unit, unit, true);
      for (int at = block; at < content.length && at <= 3 * block && block > 0; at += block) {
        read(at - unit, unit, true);
        read(at - unit, Math.min(2 * unit, content.length - at + unit), true);
        read(at, Math.min(block, content.length - at), false);
      }
      checkSome(random, SOME);
    }
  }

  void checkSome(Random random, int times) throws IOException {
    for (int i = 0; i < times && units() > 0; i++) {
      int from = random.nextInt(units());
      int most = Math.min(random.nextBoolean() ? 50 : 50_000, units() - from);
      read(from * unit, random.nextInt(most + 1) * unit, random.nextBoolean());
    }
  }

  private void read(int from, int count, boolean isNative) throws IOException {
    assertArrayEquals(
        Arrays.copyOfRange(content, from, from + count),
        Bytes.read(source::read, from, count, isNative),
        () -> "%s: %d bytes from %d".formatted(tensor.name(), count, from));
  }

  /// Checks that what a read takes of the tensor's file is what its ranges say.
  void checkRanges(WatchedFiles.Model files, Random random) throws IOException {
    checkRanges(files, 0, content.length);
    for (int i = 0; i < SOME && units() > 0; i++) {
      int from = random.nextInt(units());
      checkRanges(files, from * unit, random.nextInt(units() - from + 1) * unit);
    }
    checkPlace(files);
  }

  private void checkRanges(WatchedFiles.Model files, int from, int count) throws IOException {
    List<ByteRange> announced = source.ranges(from, count);
    String which = "%s: %d bytes from %d".formatted(tensor.name(), count, from);
    for (ByteRange range : announced) {
      boolean fits = range.from() >= 0 && range.count() >= 0;
      assertTrue(fits && range.count() <= fileSize - range.from(), () -> which + ": " + range);
    }
    List<ByteRange> taken = Collections.synchronizedList(new ArrayList<>());
    files.watch(
        (place, range) -> {
          if (place.equals(file)) {
            taken.add(range);
          }
        });
    try {
      read(from, count, true);
    } finally {
      files.unwatch();
    }
    List<ByteRange> joined = joined(announced);
    for (ByteRange range : taken) {
      boolean isAnnounced = range.count() == 0 || joined.stream().anyMatch(r -> holds(r, range));
      assertTrue(isAnnounced, () -> "%s takes %s, not in %s".formatted(which, range, announced));
    }
  }

  private static boolean holds(ByteRange outer, ByteRange inner) {
    return outer.from() <= inner.from()
        && inner.from() + inner.count() <= outer.from() + outer.count();
  }

  /// Ranges that touch each other are one.
  private static List<ByteRange> joined(List<ByteRange> ranges) {
    List<ByteRange> sorted = new ArrayList<>(ranges);
    sorted.sort(java.util.Comparator.comparingLong(ByteRange::from));
    List<ByteRange> joined = new ArrayList<>();
    for (ByteRange range : sorted) {
      ByteRange last = joined.isEmpty() ? new ByteRange(0, 0) : joined.getLast();
      if (!joined.isEmpty() && range.from() <= last.from() + last.count()) {
        long end = Math.max(last.from() + last.count(), range.from() + range.count());
        joined.set(joined.size() - 1, new ByteRange(last.from(), end - last.from()));
      } else {
        joined.add(range);
      }
    }
    return joined;
  }

  /// A tensor that says where it lies as it is read does lie there.
  private void checkPlace(WatchedFiles.Model files) {
    if (source.place() > 0) {
      String prefix = files.at("").text() + "/";
      byte[] stored = files.files.get(file.text().substring(prefix.length()));
      int place = Math.toIntExact(source.place());
      assertEquals(
          -1,
          Arrays.mismatch(content, Arrays.copyOfRange(stored, place, place + content.length)),
          () -> tensor.name() + " is said to lie at byte " + place);
    }
  }
}
