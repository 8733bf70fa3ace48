package org.lines4j.s3;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Memory as a stream.
final class SegmentStream extends InputStream {
  private final MemorySegment bytes;
  private long at;
  private long marked;

  SegmentStream(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return at == bytes.byteSize() ? -1 : bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int most) {
    Objects.checkFromIndexSize(from, most, target.length);
    if (most > 0 && at == bytes.byteSize()) {
      return -1;
    }
    int count = (int) Math.min(most, bytes.byteSize() - at);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, target, from, count);
    at += count;
    return count;
  }

  @Override
  public long skip(long most) {
    long count = Math.clamp(most, 0, bytes.byteSize() - at);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, bytes.byteSize() - at);
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public void mark(int limit) {
    marked = at;
  }

  @Override
  public void reset() {
    at = marked;
  }
}
