package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storages;

/// A file that another JVM has begun. It is synced where something was written to it: of a model's
/// hundred files, a unit mostly writes to one.
final class JoinedSink implements Sink {
  private final Sink file;
  private final AtomicBoolean isWritten = new AtomicBoolean();

  private JoinedSink(Sink file) {
    this.file = file;
  }

  /// The file in the making at a place.
  static JoinedSink at(Location place) throws IOException {
    return new JoinedSink(Storages.of(place).join(place));
  }

  @Override
  public void write(MemorySegment bytes, long position) throws IOException {
    isWritten.set(true);
    file.write(bytes, position);
  }

  /// One at a time: what a thread has written may be on its way by another one's.
  @Override
  public synchronized void sync() throws IOException {
    if (isWritten.getAndSet(false)) {
      try {
        file.sync();
      } catch (IOException | RuntimeException e) {
        isWritten.set(true);
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
