package org.lines4j.internal.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// What a file in memory holds.
public interface Content {
  /// In bytes.
  long size();

  /// Fills `target` with the bytes from `from` on, all of which there are. Any thread may read.
  void read(long from, MemorySegment target) throws IOException;

  /// Bytes that are there.
  record Kept(MemorySegment bytes) implements Content {
    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public void read(long from, MemorySegment target) {
      target.copyFrom(bytes.asSlice(from, target.byteSize()));
    }
  }
}
