package org.lines4j.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.storage.ByteRange;

/// Which bytes are there, of all that should be.
final class Pieces {
  private final TreeMap<Long, Long> ends = new TreeMap<>(); // of each piece, by where it begins

  void add(ByteRange piece) {
    long from = piece.from();
    long to = from + piece.count();
    if (from == to) {
      return;
    }
    Map.Entry<Long, Long> before = ends.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      from = before.getKey();
      to = Math.max(to, before.getValue());
    }
    for (Map.Entry<Long, Long> next = ends.ceilingEntry(from);
        next != null && next.getKey() <= to;
        next = ends.ceilingEntry(from)) {
      to = Math.max(to, next.getValue());
      ends.remove(next.getKey());
    }
    ends.put(from, to);
  }

  void addAll(List<ByteRange> pieces) {
    pieces.forEach(this::add);
  }

  /// Whether all of a piece is there.
  boolean holds(ByteRange piece) {
    Map.Entry<Long, Long> before = ends.floorEntry(piece.from());
    return before != null && before.getValue() >= piece.from() + piece.count();
  }

  /// The pieces, apart from each other, from the first on.
  List<ByteRange> all() {
    List<ByteRange> all = new ArrayList<>();
    ends.forEach((from, to) -> all.add(new ByteRange(from, to - from)));
    return all;
  }
}
