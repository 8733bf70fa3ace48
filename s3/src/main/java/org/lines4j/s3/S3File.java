package org.lines4j.s3;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.far.ReadAhead;

/// A file in S3.
final class S3File implements ByteSource {
  private static final int FAR_REQUEST = 1 << 22;

  private final Location location;
  private final StoredObject object;
  private final ReadAhead reads;
  private volatile boolean isFresh = true;

  S3File(Location location, StoredObject object) {
    this.location = location;
    this.object = object;
    this.reads = new ReadAhead(object);
    reads.know(object.beginning());
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public long size() {
    return object.size();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    reads.read(from, target);
  }

  /// Asks the store, but for the first time: that was a moment ago.
  @Override
  public Stamp stamp() throws IOException {
    if (isFresh) {
      isFresh = false;
      return object.stamp();
    }
    return StoredObject.look(object.store(), object.place())
        .orElseThrow(() -> new NoSuchFileException(location.text()))
        .stamp();
  }

  @Override
  public int request() {
    return FAR_REQUEST;
  }

  @Override
  public void close() {
    reads.close();
  }
}
