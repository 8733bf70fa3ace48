package org.lines4j.internal.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.TensorInfo;

/// A tensor whose elements do not lie in their order, such as a transposed one, or not as this
/// machine has them. Needs no more memory than a run of neighbours takes.
///
/// @param storage where its first byte lies in the file
/// @param change what is to be done with an element's bytes
record StridedTensor(TensorInfo info, TensorView view, ByteSource file, long storage, Change change)
    implements TensorSource {
  /// What is to be done with an element's bytes.
  ///
  /// @param swap the width of numbers whose bytes are to be turned round; 1 for none
  /// @param negate the width of floating numbers whose sign is to be turned; 0 for none
  /// @param first which of them, counted within an element, is the first of those: 1 for the
  ///   imaginary parts alone
  record Change(int swap, int negate, int first) {
    static final Change NONE = new Change(1, 0, 0);

    void make(MemorySegment bytes) {
      for (long at = 0; swap > 1 && at < bytes.byteSize(); at += swap) {
        for (int i = 0; i < swap / 2; i++) {
          byte low = bytes.get(ValueLayout.JAVA_BYTE, at + i);
          bytes.set(
              ValueLayout.JAVA_BYTE, at + i, bytes.get(ValueLayout.JAVA_BYTE, at + swap - 1 - i));
          bytes.set(ValueLayout.JAVA_BYTE, at + swap - 1 - i, low);
        }
      }
      int step = negate * (1 + first);
      for (long at = (long) negate * first; negate > 0 && at < bytes.byteSize(); at += step) {
        long high = at + negate - 1;
        byte turned = (byte) (bytes.get(ValueLayout.JAVA_BYTE, high) ^ 0x80);
        bytes.set(ValueLayout.JAVA_BYTE, high, turned);
      }
    }
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    int width = info.dtype().bytes();
    if (target.byteSize() == 0) {
      return;
    }
    try {
      if (view.isContiguous()) {
        file.read(storage + view.first() * width + from, target);
      } else {
        new Gathering(target, from / width).gather();
      }
    } catch (IOException e) {
      throw new IOException(
          "%s: tensor %s: %s".formatted(file.location(), info.name(), e.getMessage()), e);
    }
    change.make(target);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = info.dtype().bytes();
    if (view.isContiguous()) {
      return List.of(new ByteRange(storage + view.first() * width + from, count));
    }
    return List.of(
        new ByteRange(storage + view.first() * width, (view.end() - view.first()) * width));
  }

  @Override
  public boolean isTiedTo(TensorSource other) {
    return other instanceof StridedTensor its
        && info.dtype() == its.info.dtype()
        && view.equals(its.view)
        && file.equals(its.file)
        && storage == its.storage
        && change.equals(its.change);
  }

  /// Fills a target: it is cut into boxes of indices, and each box is read along the dimension in
  /// which its elements are neighbours in the file.
  private final class Gathering {
    private static final int RUN_BYTES = 1 << 20;

    private final MemorySegment target;
    private final long start;
    private final int rank = view.shape().rank();
    private final long[] extents = longs(view.shape().dims());
    private final long[] strides = longs(view.strides());
    private final int width = info.dtype().bytes();
    private final List<Integer> order =
        IntStream.range(0, rank)
            .boxed()
            .sorted(
                Comparator.comparingLong(
                    (Integer i) -> strides[i] == 0 ? Long.MAX_VALUE : strides[i]))
            .toList();

    Gathering(MemorySegment target, long start) {
      this.target = target;
      this.start = start;
    }

    private static long[] longs(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    void gather() throws IOException {
      cut(0, new long[rank], new long[rank], start, start + target.byteSize() / width);
    }

    /// Cuts the elements from `from` to `to`, of those that share their first `dim` indices.
    private void cut(int dim, long[] low, long[] high, long from, long to) throws IOException {
      long inner = 1;
      for (int i = dim + 1; i < rank; i++) {
        inner *= extents[i];
      }
      long at = from;
      if (from % inner != 0) {
        at = Math.min(to, (from / inner + 1) * inner);
        fix(dim, low, high, from / inner, from / inner + 1);
        cut(dim + 1, low, high, from % inner, from % inner + (at - from));
      }
      long whole = to / inner;
      if (at < to && whole * inner > at) {
        fix(dim, low, high, at / inner, whole);
        for (int i = dim + 1; i < rank; i++) {
          fix(i, low, high, 0, extents[i]);
        }
        read(low, high);
        at = whole * inner;
      }
      if (at < to) {
        fix(dim, low, high, whole, whole + 1);
        cut(dim + 1, low, high, 0, to - at);
      }
    }

    private static void fix(int dim, long[] low, long[] high, long from, long to) {
      low[dim] = from;
      high[dim] = to;
    }

    /// Reads a box, run by run along the dimension of the smallest stride.
    private void read(long[] low, long[] high) throws IOException {
      int along = order.stream().filter(i -> high[i] - low[i] > 1).findFirst().orElse(rank - 1);
      long run = strides[along] == 1 ? Math.min(high[along] - low[along], RUN_BYTES / width) : 1;
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) (run * width)]);
      long[] index = low.clone();
      while (true) {
        long count = Math.min(run, high[along] - index[along]);
        MemorySegment some = bytes.asSlice(0, count * width);
        file.read(storage + at(index, strides, view.first()) * width, some);
        scatter(some, index, along, count);
        if (!next(index, low, high, along, count)) {
          return;
        }
      }
    }

    private void scatter(MemorySegment bytes, long[] index, int along, long count) {
      long step = 1;
      for (int i = along + 1; i < rank; i++) {
        step *= extents[i];
      }
      long to = (element(index) - start) * width;
      for (long i = 0; i < count; i++) {
        MemorySegment.copy(bytes, i * width, target, to + i * step * width, width);
      }
    }

    /// The index in the tensor of an element.
    private long element(long[] index) {
      long element = 0;
      for (int i = 0; i < rank; i++) {
        element = element * extents[i] + index[i];
      }
      return element;
    }

    private static long at(long[] index, long[] strides, long first) {
      long at = first;
      for (int i = 0; i < index.length; i++) {
        at += index[i] * strides[i];
      }
      return at;
    }

    /// Goes on by `count` along one dimension, else to the next index of the others.
    private boolean next(long[] index, long[] low, long[] high, int along, long count) {
      index[along] += count;
      if (index[along] < high[along]) {
        return true;
      }
      index[along] = low[along];
      for (int i : order) {
        if (i != along) {
          if (++index[i] < high[i]) {
            return true;
          }
          index[i] = low[i];
        }
      }
      return false;
    }
  }
}
