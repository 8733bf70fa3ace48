package org.lines4j.testing;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;

/// A file that is an array.
@NullMarked
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BytesInMemory(Location location, byte[] content) implements ByteSource {
  @Override
  public long size() {
    return content.length;
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    if (from < 0 || from + target.byteSize() > content.length) {
      throw new EOFException("the file has only " + content.length + " bytes");
    }
    target.copyFrom(MemorySegment.ofArray(content).asSlice(from, target.byteSize()));
  }

  @Override
  public Stamp stamp() {
    return new Stamp(String.valueOf(Arrays.hashCode(content)), Optional.empty());
  }

  @Override
  public void close() {}
}
