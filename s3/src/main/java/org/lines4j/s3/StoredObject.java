package org.lines4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.far.Ranges;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/// What lies in a store under a key, read by ranges and held to the ETag that it had when it was
/// looked at: what changes meanwhile is an error, so that no file is ever put together of two.
///
/// @param etag that it must keep
/// @param beginning its first bytes, 64 KiB of them if it has as many
/// @param when it was looked at, by the JVM's clock
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredObject(
    Store store,
    S3Address place,
    long size,
    String etag,
    Instant modified,
    byte[] beginning,
    long when)
    implements Ranges {
  private static final int BEGINNING = 1 << 16;
  private static final int PIECE = 1 << 16;
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  private static final long FRESH = 2_000_000_000;
  private static final int MOST_SEEN = 1000;

  /// Objects that were just looked at: a format is found by asking each whether it is that.
  private static final Map<S3Address, StoredObject> SEEN = new ConcurrentHashMap<>();

  /// The object of a key, if there is one; what was seen a moment ago is believed.
  static Optional<StoredObject> find(Store store, S3Address place) throws IOException {
    StoredObject known = SEEN.get(place);
    if (known != null && known.store.equals(store) && System.nanoTime() - known.when < FRESH) {
      return Optional.of(known);
    }
    Optional<StoredObject> found = look(store, place);
    if (SEEN.size() >= MOST_SEEN) {
      SEEN.clear();
    }
    found.ifPresentOrElse(seen -> SEEN.put(place, seen), () -> SEEN.remove(place));
    return found;
  }

  /// One that a listing names.
  static StoredObject of(Store store, String bucket, S3Object listed) {
    return new StoredObject(
        store,
        new S3Address(bucket, listed.key()),
        listed.size(),
        listed.eTag(),
        listed.lastModified(),
        new byte[0],
        System.nanoTime());
  }

  /// Believes nothing that was seen before.
  static void forget() {
    SEEN.clear();
  }

  /// Asks for the object's beginning: an answer without a body, as `HEAD` gets, would not tell a
  /// bucket that is missing from a key.
  static Optional<StoredObject> look(Store store, S3Address place) throws IOException {
    GetObjectRequest request = request(place).range("bytes=0-" + (BEGINNING - 1)).build();
    try {
      return Optional.of(
          store
              .client()
              .getObject(request, (head, body) -> seen(store, place, head, beginning(head, body))));
    } catch (SdkException e) {
      if (Failure.status(e) == Failure.NO_SUCH_RANGE) {
        return empty(store, place);
      }
      if (Failure.code(e).equals("NoSuchKey")) {
        return Optional.empty();
      }
      throw Failure.of(place, e);
    }
  }

  private static GetObjectRequest.Builder request(S3Address place) {
    return GetObjectRequest.builder().bucket(place.bucket()).key(place.key());
  }

  /// A file without bytes has no range.
  private static Optional<StoredObject> empty(Store store, S3Address place) throws IOException {
    try {
      return Optional.of(
          store
              .client()
              .getObject(
                  request(place).build(),
                  (head, body) -> seen(store, place, head, beginning(head, body))));
    } catch (SdkException e) {
      throw Failure.of(place, e);
    }
  }

  private static byte[] beginning(GetObjectResponse head, AbortableInputStream body) {
    try {
      byte[] bytes = body.readNBytes(BEGINNING);
      if (head.contentRange() == null) {
        body.abort(); // all of it comes
      }
      return bytes;
    } catch (IOException e) {
      throw RetryableException.create("broke off: " + e.getMessage(), e);
    }
  }

  private static StoredObject seen(
      Store store, S3Address place, GetObjectResponse head, byte[] beginning) throws WrongAnswer {
    long size = head.contentLength() == null ? beginning.length : head.contentLength();
    if (head.contentRange() != null) {
      Matcher range = range(head);
      if (Long.parseLong(range.group(1)) != 0) {
        throw new WrongAnswer("should begin at byte 0, found Content-Range: " + range.group());
      }
      size = Long.parseLong(range.group(3));
    }
    int expected = (int) Math.min(size, BEGINNING);
    if (beginning.length != expected) {
      throw RetryableException.create(
          "%d bytes came of the first %d".formatted(beginning.length, expected));
    }
    if (head.eTag() == null) {
      throw new WrongAnswer("has no ETag, so that nobody could tell whether it changes");
    }
    Instant modified = head.lastModified() == null ? Instant.MAX : head.lastModified();
    return new StoredObject(
        store, place, size, head.eTag(), modified, beginning, System.nanoTime());
  }

  private static Matcher range(GetObjectResponse head) throws WrongAnswer {
    Matcher range = RANGE.matcher(head.contentRange());
    if (!range.matches()) {
      throw new WrongAnswer(
          "should come with its length, found Content-Range: " + head.contentRange());
    }
    return range;
  }

  @Override
  public void fetch(long from, MemorySegment target) throws IOException {
    long last = from + target.byteSize() - 1;
    GetObjectRequest request =
        request(place).range("bytes=%d-%d".formatted(from, last)).ifMatch(etag).build();
    try {
      store
          .client()
          .getObject(
              request,
              (head, body) -> {
                check(head, from, last);
                return fill(target, body);
              });
    } catch (SdkException e) {
      throw Failure.of(place, e);
    }
  }

  private void check(GetObjectResponse head, long from, long last) throws WrongAnswer {
    if (!etag.equals(head.eTag())) {
      throw new WrongAnswer(Failure.changed());
    }
    if (head.contentRange() == null) {
      if (from != 0 || last != size - 1) {
        throw new WrongAnswer("comes whole where a part was asked for");
      }
      return;
    }
    Matcher range = range(head);
    if (Long.parseLong(range.group(1)) != from || Long.parseLong(range.group(2)) != last) {
      throw new WrongAnswer(
          "bytes %d-%d should come, found Content-Range: %s".formatted(from, last, range.group()));
    }
    if (Long.parseLong(range.group(3)) != size) {
      throw new WrongAnswer(Failure.changed());
    }
  }

  private static long fill(MemorySegment target, InputStream body) throws WrongAnswer {
    byte[] piece = new byte[PIECE];
    long done = 0;
    try {
      for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
        if (count > target.byteSize() - done) {
          throw new WrongAnswer("more bytes come than its Content-Range says");
        }
        MemorySegment.copy(MemorySegment.ofArray(piece), 0, target, done, count);
        done += count;
      }
    } catch (WrongAnswer e) {
      throw e;
    } catch (IOException e) {
      throw RetryableException.create("broke off: " + e.getMessage(), e);
    }
    if (done < target.byteSize()) {
      throw RetryableException.create("%d bytes came of %d".formatted(done, target.byteSize()));
    }
    return done;
  }

  /// What it is known by.
  Stamp stamp() {
    String text = "%s %s %d %s %s".formatted(store.name(), place, size, etag, modified);
    return new Stamp(
        size + " " + etag + " " + modified, Optional.of(new Stamp.Identity(text, modified)));
  }
}
