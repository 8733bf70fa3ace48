package org.lines4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// Lets one run at a time make an output: an object that its holder writes anew every few seconds,
/// on condition that nobody else has. Whoever finds one that stays the same takes it over, for its
/// holder is dead; at once if the holder was a process of this machine that has ended.
final class Lease implements AutoCloseable {
  /// How often a holder shows that it lives.
  static final Duration USUAL_BEAT = Duration.ofSeconds(8);

  /// Beats behind which a silent holder is dead.
  private static final int BEATS = 3;

  private static final int PRECONDITION = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int LINES = 3;

  /// Those of this JVM.
  private static final Set<S3Address> HELD = ConcurrentHashMap.newKeySet();

  private final Store store;
  private final S3Address place;
  private final Thread beats;
  private String tag;
  private boolean isLost;

  private Lease(Store store, S3Address place, String tag, Duration beat) {
    this.store = store;
    this.place = place;
    this.tag = tag;
    this.beats = Thread.ofVirtual().start(() -> beat(beat));
  }

  /// Takes it.
  ///
  /// @return empty if somebody else has it
  static Optional<Lease> take(Store store, S3Address place, Duration beat) throws IOException {
    if (!HELD.add(place)) {
      return Optional.empty();
    }
    Optional<String> tag = Optional.empty();
    try {
      tag = acquire(store, place, beat);
    } finally {
      if (tag.isEmpty()) {
        HELD.remove(place);
      }
    }
    return tag.map(held -> new Lease(store, place, held, beat));
  }

  private static Optional<String> acquire(Store store, S3Address place, Duration beat)
      throws IOException {
    Optional<StoredObject> there = StoredObject.look(store, place);
    if (there.isPresent() && !isOfTheDead(there.get())) {
      pause(beat.multipliedBy(BEATS));
      Optional<StoredObject> later = StoredObject.look(store, place);
      if (later.isPresent() && !later.get().etag().equals(there.get().etag())) {
        return Optional.empty();
      }
      there = later;
    }
    String before = there.map(StoredObject::etag).orElse("");
    return before.isEmpty()
        ? write(store, place, ask -> ask.ifNoneMatch("*"))
        : write(store, place, ask -> ask.ifMatch(before));
  }

  private static void pause(Duration pause) throws IOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking whether another run lives");
    }
  }

  /// Writes the object, different each time.
  ///
  /// @return its ETag; empty if the condition is not met
  private static Optional<String> write(
      Store store, S3Address place, UnaryOperator<PutObjectRequest.Builder> condition)
      throws IOException {
    String text = holder() + "\n" + UUID.randomUUID();
    MemorySegment content = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    PutObjectRequest.Builder request =
        PutObjectRequest.builder().bucket(place.bucket()).key(place.key());
    try {
      PutObjectRequest asked = condition.apply(request.copy()).build();
      return Optional.of(store.client().putObject(asked, Store.body(content)).eTag());
    } catch (SdkException e) {
      return switch (Failure.status(e)) {
        case PRECONDITION, CONFLICT, Failure.NOT_FOUND ->
            // it may have been written, and the answer have been lost; or the bucket is missing
            StoredObject.look(store, place)
                .filter(there -> text.equals(text(there)))
                .map(StoredObject::etag);
        case NOT_IMPLEMENTED -> // the store knows no conditions
            Optional.of(
                Calls.of(
                    place,
                    () -> store.client().putObject(request.build(), Store.body(content)).eTag()));
        default -> throw Failure.of(place, e);
      };
    }
  }

  /// Machine, process, and when that began.
  private static String holder() {
    ProcessHandle self = ProcessHandle.current();
    return "%s\n%d\n%s".formatted(machine(), self.pid(), began(self));
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return UUID.randomUUID().toString(); // like no other
    }
  }

  private static String began(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("");
  }

  private static String text(StoredObject there) {
    return new String(there.beginning(), StandardCharsets.UTF_8);
  }

  private static boolean isOfTheDead(StoredObject there) {
    String[] lines = text(there).split("\n", -1);
    if (lines.length <= LINES || !lines[0].equals(machine()) || !lines[1].matches("\\d{1,18}")) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(lines[1]));
    return process.isEmpty() || !process.get().isAlive() || !began(process.get()).equals(lines[2]);
  }

  private void beat(Duration beat) {
    try {
      while (true) {
        Thread.sleep(beat);
        try {
          renew();
        } catch (IOException | RuntimeException e) {
          // it may work the next time
        }
      }
    } catch (InterruptedException e) {
      // given up
    }
  }

  private synchronized void renew() throws IOException {
    if (!isLost) {
      Optional<String> now = write(store, place, ask -> ask.ifMatch(tag));
      isLost = now.isEmpty();
      tag = now.orElse(tag);
    }
  }

  /// Checks that it is still held.
  ///
  /// @throws IOException if another run has taken it over
  void check() throws IOException {
    renew();
    synchronized (this) {
      if (isLost) {
        throw new IOException(
            place + ": another run has taken this output over, for this one was not heard of");
      }
    }
  }

  synchronized boolean isHeld() {
    return !isLost;
  }

  /// Gives it up.
  @Override
  public void close() throws IOException {
    beats.interrupt();
    synchronized (this) {
      try {
        if (!isLost) {
          isLost = true;
          Calls.of(
              place,
              () ->
                  store.client().deleteObject(ask -> ask.bucket(place.bucket()).key(place.key())));
        }
      } finally {
        HELD.remove(place);
      }
    }
  }
}
