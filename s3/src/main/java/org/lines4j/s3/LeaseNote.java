package org.lines4j.s3;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.lines4j.storage.far.Lease;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// The note of a lease: an object that is written on condition that nobody else has.
record LeaseNote(Store store, S3Address at) implements Lease.Note {
  private static final int PRECONDITION = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_IMPLEMENTED = 501;

  @Override
  public String place() {
    return at.toString();
  }

  @Override
  public Optional<Lease.Seen> look() throws IOException {
    return StoredObject.look(store, at).map(there -> new Lease.Seen(text(there), there.etag()));
  }

  private static String text(StoredObject there) {
    return new String(there.beginning(), StandardCharsets.UTF_8);
  }

  @Override
  public Optional<String> write(String text, Optional<String> before) throws IOException {
    MemorySegment content = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(at.bucket()).key(at.key());
    PutObjectRequest.Builder asked = request.copy();
    before.ifPresentOrElse(asked::ifMatch, () -> asked.ifNoneMatch("*"));
    try {
      return Optional.of(store.client().putObject(asked.build(), Store.body(content)).eTag());
    } catch (SdkException e) {
      return switch (Failure.status(e)) {
        case PRECONDITION, CONFLICT, Failure.NOT_FOUND ->
            // it may have been written, and the answer have been lost; or the bucket is missing
            look().filter(there -> text.equals(there.text())).map(Lease.Seen::version);
        case NOT_IMPLEMENTED -> // the store knows no conditions
            Optional.of(
                Calls.of(
                    at,
                    () -> store.client().putObject(request.build(), Store.body(content)).eTag()));
        default -> throw Failure.of(at, e);
      };
    }
  }

  @Override
  public void remove() throws IOException {
    Calls.of(at, () -> store.client().deleteObject(ask -> ask.bucket(at.bucket()).key(at.key())));
  }
}
