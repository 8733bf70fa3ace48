package org.lines4j.internal.llamacpp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// The weight or bias of queries or keys with the rows of each head in another order: what is
/// rotated together lies in halves of a head (Hugging Face) or side by side (llama.cpp).
///
/// ```text
/// halves  0 1 2 3 | 4 5 6 7
/// pairs   0 4 1 5 2 6 3 7
/// ```
///
/// @param head rows of one head: even
/// @param isPaired whether rows are given in pairs; they are stored in halves then
record TurnedRows(TensorSource stored, long head, boolean isPaired) implements TensorSource {
  /// The most bytes of a head that is read at once.
  private static final long MOST_AT_ONCE = 8 << 20;

  @Override
  public TensorInfo info() {
    return stored.info();
  }

  @Override
  public DType keptAs() {
    return stored.keptAs();
  }

  @Override
  public String storedAs() {
    return stored.storedAs();
  }

  @Override
  public long storedSize() {
    return stored.storedSize();
  }

  private long rowBytes() {
    long rows = info().shape().dims().getFirst();
    return rows == 0 ? 0 : info().byteSize() / rows;
  }

  /// Where a row of a head is stored in it.
  private long place(long row) {
    return isPaired ? row % 2 * (head / 2) + row / 2 : row % (head / 2) * 2 + row / (head / 2);
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    long row = rowBytes();
    long headBytes = head * row;
    long end = from + target.byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = MemorySegment.NULL;
      for (long at = from; at < end; ) {
        long start = at / headBytes * headBytes;
        if (at == start && at + headBytes <= end && headBytes <= MOST_AT_ONCE) {
          if (whole.byteSize() == 0) {
            whole = arena.allocate(headBytes, Long.BYTES);
          }
          stored.read(at, whole);
          turn(whole, row, target.asSlice(at - from, headBytes));
          at += headBytes;
        } else {
          long within = at % row;
          long count = Math.min(row - within, end - at);
          long place = start + place((at - start) / row) * row + within;
          stored.read(place, target.asSlice(at - from, count));
          at += count;
        }
      }
    }
  }

  private void turn(MemorySegment whole, long row, MemorySegment target) {
    for (long i = 0; i < head; i++) {
      MemorySegment.copy(whole, place(i) * row, target, i * row, row);
    }
  }

  /// The heads that the bytes are of.
  @Override
  public List<ByteRange> ranges(long from, long count) {
    long headBytes = head * rowBytes();
    long first = from / headBytes * headBytes;
    long end = Math.ceilDiv(from + count, headBytes) * headBytes;
    return stored.ranges(first, end - first);
  }
}
