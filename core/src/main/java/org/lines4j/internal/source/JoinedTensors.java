package org.lines4j.internal.source;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A tensor that consists of others of one type and size: a run of the first, one of the second, …,
/// and again from the first on. Runs as long as a row lay matrices side by side; runs as long as a
/// part lay them one behind another.
///
/// @param info its name, type and shape
/// @param run how many elements, of which each part has a multiple
public record JoinedTensors(TensorInfo info, List<TensorSource> parts, long run)
    implements TensorSource {
  /// @throws IllegalArgumentException if the parts do not make up the tensor
  public JoinedTensors {
    parts = List.copyOf(parts);
    long own = info.elements();
    for (TensorSource part : parts) {
      long elements = part.info().elements();
      if (part.info().dtype() != info.dtype()
          || elements * parts.size() != own
          || elements % run != 0) {
        throw new IllegalArgumentException(
            "%s is no %d-th part of %s".formatted(part.info(), parts.size(), info));
      }
    }
  }

  @Override
  public DType keptAs() {
    return parts.getFirst().keptAs();
  }

  @FunctionalInterface
  private interface Reader {
    /// @param from element of the part
    /// @param place element of what is read
    void read(TensorSource part, long from, long count, long place) throws IOException;
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    int width = info.dtype().bytes();
    long first = from / width;
    each(
        first,
        first + target.byteSize() / width,
        (part, own, count, place) ->
            part.read(own * width, target.asSlice(place * width, count * width)));
  }

  private void each(long first, long end, Reader reader) throws IOException {
    int count = parts.size();
    for (long at = first; at < end; ) {
      long round = at / run / count;
      int part = (int) (at / run % count);
      long length = Math.min(run - at % run, end - at);
      reader.read(parts.get(part), round * run + at % run, length, at - first);
      at += length;
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    int width = info.dtype().bytes();
    List<ByteRange> ranges = new ArrayList<>();
    try {
      each(
          from / width,
          (from + count) / width,
          (part, own, length, _) -> ranges.addAll(part.ranges(own * width, length * width)));
    } catch (IOException e) {
      throw new IllegalStateException("nothing is read", e);
    }
    return ranges;
  }
}
