package org.lines4j.s3;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storage;
import org.lines4j.storage.far.Lease;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Models in S3, and in stores that answer as it does: `s3://bucket/folder`, read by ranges and
/// written as multipart uploads.
///
/// Region, endpoint, profile and credentials are those that the AWS SDK finds: `AWS_REGION`,
/// `AWS_ENDPOINT_URL`, `AWS_PROFILE` and others, `~/.aws/config`, or Java's properties
/// (`aws.region`, `aws.endpointUrl`, …).
public final class S3Storage implements Storage {
  /// Found as a service.
  public S3Storage() {}

  @Override
  public String scheme() {
    return S3Address.SCHEME;
  }

  @Override
  public Kind kind(Location location) throws IOException {
    S3Address place = S3Address.of(location);
    Store store = Store.current();
    if (!place.isBucket() && StoredObject.find(store, place).isPresent()) {
      return Kind.FILE;
    }
    ListObjectsV2Response some =
        Calls.of(
            place,
            () ->
                store
                    .client()
                    .listObjectsV2(
                        ask -> ask.bucket(place.bucket()).prefix(place.prefix()).maxKeys(1)));
    return place.isBucket() || !some.contents().isEmpty() ? Kind.FOLDER : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    S3Address place = S3Address.of(folder);
    Store store = Store.current();
    int start = place.prefix().length();
    Map<String, Entry> entries = new TreeMap<>();
    for (ListObjectsV2Response page : store.pages(place.bucket(), place.prefix(), "/")) {
      for (S3Object file : page.contents()) {
        String name = file.key().substring(start);
        entries.put(name, new Entry(name, Kind.FILE, file.size(), false));
      }
      for (CommonPrefix inner : page.commonPrefixes()) {
        String name = inner.prefix().substring(start, inner.prefix().length() - 1);
        entries.putIfAbsent(name, new Entry(name, Kind.FOLDER, 0, false));
      }
    }
    entries.remove(""); // what stands for the folder itself
    return new ArrayList<>(entries.values());
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    S3Address place = S3Address.of(file);
    if (place.isBucket()) {
      throw new NoSuchFileException(file.text(), null, "is a bucket");
    }
    return new S3File(
        file,
        StoredObject.find(Store.current(), place)
            .orElseThrow(() -> new NoSuchFileException(file.text())));
  }

  @Override
  public Location real(Location location) {
    return S3Address.of(location).location();
  }

  @Override
  public boolean contains(Location outer, Location inner) {
    return S3Address.of(outer).contains(S3Address.of(inner));
  }

  @Override
  public Optional<String> obstacle(Location location) {
    return S3Address.of(location).isBucket()
        ? Optional.of("is a bucket, of which all would be replaced; name a folder in it")
        : Optional.empty();
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) throws IOException {
    Optional<String> obstacle = obstacle(location);
    if (obstacle.isPresent()) {
      throw new RequestException(location, obstacle.get());
    }
    return S3Draft.begin(
        Store.current(), S3Address.of(location), folder, S3Draft.USUAL_PART, Lease.USUAL_BEAT);
  }

  @Override
  public Sink join(Location file) throws IOException {
    return new S3Sink(Upload.join(Store.current(), file), true);
  }
}
