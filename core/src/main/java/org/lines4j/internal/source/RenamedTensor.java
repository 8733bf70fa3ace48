package org.lines4j.internal.source;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.Encoding;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A tensor under another name.
///
/// @param info with that name
public record RenamedTensor(TensorInfo info, TensorSource stored) implements TensorSource {
  /// A tensor that is called `name`.
  public static TensorSource of(String name, TensorSource stored) {
    TensorInfo info = stored.info();
    return info.name().equals(name) ? stored : new RenamedTensor(info.withName(name), stored);
  }

  @Override
  public DType keptAs() {
    return stored.keptAs();
  }

  @Override
  public Encoding encoding() {
    return stored.encoding();
  }

  @Override
  public List<TensorSource> parts() {
    return stored.parts();
  }

  @Override
  public int block() {
    return stored.block();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    stored.read(from, target);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return stored.ranges(from, count);
  }

  @Override
  public long place() {
    return stored.place();
  }

  @Override
  public boolean isTiedTo(TensorSource other) {
    return stored.isTiedTo(other instanceof RenamedTensor its ? its.stored : other);
  }
}
