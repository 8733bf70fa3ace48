package org.lines4j.spark.hadoop;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.far.Ranges;
import org.lines4j.storage.far.ReadAhead;

/// A file in one of Hadoop's file systems, read by position.
final class HadoopFile implements ByteSource, Ranges {
  private static final int FAR_REQUEST = 1 << 22;

  private final Location location;
  private final Place place;
  private final FileStatus opened;
  private final FSDataInputStream stream;
  private final ReadAhead reads = new ReadAhead(this);
  private volatile boolean isFresh = true;

  private HadoopFile(Location location, Place place, FileStatus opened, FSDataInputStream stream) {
    this.location = location;
    this.place = place;
    this.opened = opened;
    this.stream = stream;
  }

  static HadoopFile open(Location location, Place place, FileStatus status) throws IOException {
    try {
      return new HadoopFile(location, place, status, place.files().open(place.path()));
    } catch (IOException e) {
      throw place.failed(e);
    }
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public long size() {
    return opened.getLen();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    reads.read(from, target);
  }

  @Override
  public void fetch(long from, MemorySegment target) throws IOException {
    byte[] piece = new byte[(int) Math.min(FAR_REQUEST, target.byteSize())];
    for (long done = 0; done < target.byteSize(); done += piece.length) {
      int count = (int) Math.min(piece.length, target.byteSize() - done);
      try {
        stream.readFully(from + done, piece, 0, count);
      } catch (EOFException e) {
        throw new IOException(
            place + ": changed while it was read; run again when it is complete", e);
      } catch (IOException e) {
        throw place.failed(e);
      }
      MemorySegment.copy(MemorySegment.ofArray(piece), 0, target, done, count);
    }
  }

  /// Asks, but for the first time: that was a moment ago.
  @Override
  public Stamp stamp() throws IOException {
    if (isFresh) {
      isFresh = false;
      return stamp(opened);
    }
    return stamp(place.status().orElseThrow(() -> new NoSuchFileException(location.text())));
  }

  private static Stamp stamp(FileStatus status) {
    return new Stamp(status.getLen() + " " + status.getModificationTime(), Optional.empty());
  }

  @Override
  public int request() {
    return FAR_REQUEST;
  }

  @Override
  public void close() throws IOException {
    reads.close();
    stream.close();
  }
}
