package org.lines4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// A file that is written by position, into parts that are uploaded as soon as they are complete,
/// while others are written. A part that could not be uploaded is kept, and tried again with the
/// next write or sync.
final class S3Sink implements Sink {
  /// Parts that are not complete, in memory. What is beyond goes into fragments.
  private static final int MOST_BEGUN = 16;

  /// Parts of all files on their way at a time: one connection alone is slow.
  private static final int MOST_SENT = 8;

  /// Milliseconds. Each upload ends by itself before.
  private static final long LONGEST = TimeUnit.DAYS.toMillis(1);

  private static final long LAST = TimeUnit.SECONDS.toMillis(5);
  private static final Semaphore ROOM = new Semaphore(MOST_SENT);
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final Upload upload;
  private final boolean isJoined;
  private final Map<Integer, Part> begun = new LinkedHashMap<>(16, 0.75f, true);
  private int underWay;
  private @Nullable Exception failure;
  private boolean isOver;

  /// @param isJoined whether another process has begun it; if not, what is written stays until the
  ///   draft is published, whether this is closed or not
  S3Sink(Upload upload, boolean isJoined) {
    this.upload = upload;
    this.isJoined = isJoined;
  }

  Upload upload() {
    return upload;
  }

  @Override
  public Optional<Location> shared() {
    return Optional.of(upload.shared());
  }

  @Override
  public void write(MemorySegment bytes, long position) throws IOException {
    for (long done = 0; done < bytes.byteSize(); ) {
      done += writeSome(bytes.asSlice(done), position + done);
    }
  }

  /// Writes up to the end of the part.
  private long writeSome(MemorySegment bytes, long position) throws IOException {
    if (hasFailed()) {
      sync();
    }
    int number = upload.partOf(position);
    long from = position - upload.start(number);
    long count;
    Optional<Part> ready;
    synchronized (this) {
      if (isOver) {
        throw new IOException(upload.target() + ": the run was stopped");
      }
      Part part = begun.computeIfAbsent(number, upload::part);
      count = Math.min(bytes.byteSize(), part.bytes().byteSize() - from);
      part.put(from, bytes.asSlice(0, count));
      ready = part.isComplete() ? Optional.ofNullable(begun.remove(number)) : tooMany();
    }
    if (ready.isPresent()) {
      send(ready.get());
    }
    return count;
  }

  private synchronized boolean hasFailed() {
    return failure != null;
  }

  /// The part that was not written to for the longest time, if there are too many.
  private Optional<Part> tooMany() {
    if (begun.size() <= MOST_BEGUN) {
      return Optional.empty();
    }
    Iterator<Part> all = begun.values().iterator();
    Part oldest = all.next();
    all.remove();
    return Optional.of(oldest);
  }

  /// Sends a part on its way, when there is room for it.
  private void send(Part part) throws IOException {
    try {
      ROOM.acquire();
    } catch (InterruptedException e) {
      keep(part, e);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for uploads");
    }
    synchronized (this) {
      underWay++;
    }
    THREADS.execute(() -> upload(part));
  }

  private void upload(Part part) {
    try {
      if (part.isComplete()) {
        upload.send(part);
      } else {
        upload.leave(part);
      }
      part.close();
    } catch (IOException | RuntimeException e) {
      keep(part, e);
    } finally {
      ROOM.release();
      synchronized (this) {
        underWay--;
        notifyAll();
      }
    }
  }

  private synchronized void keep(Part part, Exception why) {
    failure = why;
    Part meanwhile = begun.put(part.number(), part);
    if (meanwhile != null) {
      meanwhile
          .pieces()
          .all()
          .forEach(
              piece ->
                  part.put(piece.from(), meanwhile.bytes().asSlice(piece.from(), piece.count())));
      meanwhile.close();
    }
    if (isOver) {
      begun.remove(part.number());
      part.close();
    }
  }

  /// Uploads what there is, complete or not.
  @Override
  public void sync() throws IOException {
    await(LONGEST);
    List<Part> rest;
    synchronized (this) {
      rest = new ArrayList<>(begun.values());
      begun.clear();
      failure = null;
    }
    for (Part part : rest) {
      send(part);
    }
    await(LONGEST);
    synchronized (this) {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        default -> throw new IOException(failure.getMessage(), failure);
      }
    }
  }

  /// Waits for what is on its way.
  private synchronized void await(long millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      while (underWay > 0 && System.nanoTime() - end < 0) {
        wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for uploads");
    }
  }

  /// Gives up what is in memory. What is on its way arrives, or fails, in the time that is left.
  synchronized void abandon() {
    isOver = true;
    begun.values().forEach(Part::close);
    begun.clear();
  }

  /// Waits for what is on its way, but not for long.
  void awaitLast() throws IOException {
    await(LAST);
  }

  @Override
  public void close() throws IOException {
    if (isJoined) {
      awaitLast();
      abandon();
    }
  }
}
