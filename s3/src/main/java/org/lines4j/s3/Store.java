package org.lines4j.s3;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;

/// S3, or what answers as it does, as the SDK finds it: region, endpoint and credentials by the
/// environment, by `~/.aws/config` and `~/.aws/credentials`, by Java's properties, or by the
/// machine that this runs on.
///
/// Stores with an endpoint of their own are asked by path (`endpoint/bucket/key`), for few answer
/// at `bucket.endpoint`; `addressing_style` in the profile's `s3` settings says otherwise, as it
/// does to `aws s3`.
///
/// @param client for any thread
/// @param name of the store: its endpoint, or S3 itself
record Store(S3Client client, String name) {
  /// Those of this JVM, by the Java properties that they were made with.
  private static final Map<Map<String, String>, Store> ALL = new ConcurrentHashMap<>();

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofMinutes(20);
  private static final String ELSEWHERE = "us-east-1";
  private static final int MOST_PAGES = 200; // of a thousand keys
  private static final int MOST_DELETED = 1000;
  private static final Pattern STYLE =
      Pattern.compile("(?m)^\\s*addressing_style\\s*=\\s*(\\w+)\\s*$");

  /// The one that environment and properties ask for.
  static Store current() {
    Map<String, String> properties = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("aws.")) {
        properties.put(name, System.getProperty(name));
      }
    }
    return ALL.computeIfAbsent(properties, _ -> open());
  }

  private static Store open() {
    try {
      S3Client plain = builder(Region.of(ELSEWHERE)).build();
      Optional<URI> endpoint = plain.serviceClientConfiguration().endpointOverride();
      plain.close();
      String style = style();
      S3ClientBuilder builder = builder(region(endpoint.isEmpty()));
      if (style.equals("path") || (endpoint.isPresent() && !style.equals("virtual"))) {
        builder.forcePathStyle(true);
      }
      if (endpoint.isEmpty()) {
        builder.crossRegionAccessEnabled(true);
      }
      return new Store(builder.build(), endpoint.map(URI::toString).orElse("S3"));
    } catch (SdkException e) {
      throw new RequestException("the settings for S3 are wrong: " + e.getMessage());
    }
  }

  private static S3ClientBuilder builder(Region region) {
    return S3Client.builder()
        .region(region)
        .httpClientBuilder(
            UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
        .overrideConfiguration(
            limits -> limits.apiCallAttemptTimeout(LONGEST_ATTEMPT).apiCallTimeout(LONGEST));
  }

  /// S3 itself leads to a bucket's region from any; other stores mostly have none, and the machine
  /// need not be asked for its own.
  private static Region region(boolean isAmazon) {
    AwsRegionProvider told =
        isAmazon
            ? DefaultAwsRegionProviderChain.builder().build()
            : new AwsRegionProviderChain(
                new SystemSettingsRegionProvider(), new AwsProfileRegionProvider());
    try {
      return told.getRegion();
    } catch (SdkException e) {
      return Region.of(ELSEWHERE);
    }
  }

  /// What the profile says, in the words of `aws s3`: `path`, `virtual`, or nothing.
  private static String style() {
    return ProfileFile.defaultProfileFile()
        .profile(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
        .flatMap(profile -> profile.property("s3"))
        .map(STYLE::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .orElse("");
  }

  static RequestBody body(MemorySegment bytes) {
    return RequestBody.fromContentProvider(
        () -> new SegmentStream(bytes), bytes.byteSize(), "application/octet-stream");
  }

  /// Makes an object.
  void put(S3Address place, MemorySegment content) throws IOException {
    Calls.of(
        place,
        () -> client.putObject(ask -> ask.bucket(place.bucket()).key(place.key()), body(content)));
  }

  /// What a bucket lists.
  ///
  /// @param prefix what keys begin with
  /// @param delimiter behind which all keys count as one; empty for none
  List<ListObjectsV2Response> pages(String bucket, String prefix, String delimiter)
      throws IOException {
    S3Address place = new S3Address(bucket, prefix);
    ListObjectsV2Request.Builder request =
        ListObjectsV2Request.builder().bucket(bucket).prefix(prefix);
    if (!delimiter.isEmpty()) {
      request.delimiter(delimiter);
    }
    return Calls.of(
        place,
        () -> {
          List<ListObjectsV2Response> pages = new ArrayList<>();
          for (ListObjectsV2Response page : client.listObjectsV2Paginator(request.build())) {
            pages.add(page);
            if (pages.size() > MOST_PAGES) {
              throw new InputException(place, "more files lie here than a model has")
                  .withRemedy("name a model's folder");
            }
          }
          return pages;
        });
  }

  /// All objects whose keys begin alike.
  List<S3Object> objects(String bucket, String prefix) throws IOException {
    return pages(bucket, prefix, "").stream().flatMap(page -> page.contents().stream()).toList();
  }

  /// The keys that begin alike.
  List<String> keys(String bucket, String prefix) throws IOException {
    return objects(bucket, prefix).stream().map(S3Object::key).toList();
  }

  /// Removes objects.
  void delete(String bucket, List<String> keys) throws IOException {
    for (int from = 0; from < keys.size(); from += MOST_DELETED) {
      List<ObjectIdentifier> some =
          keys.subList(from, Math.min(keys.size(), from + MOST_DELETED)).stream()
              .map(key -> ObjectIdentifier.builder().key(key).build())
              .toList();
      S3Address place = new S3Address(bucket, some.getFirst().key());
      DeleteObjectsResponse answer =
          Calls.of(
              place,
              () ->
                  client.deleteObjects(
                      ask -> ask.bucket(bucket).delete(all -> all.objects(some).quiet(true))));
      if (!answer.errors().isEmpty()) {
        S3Error first = answer.errors().getFirst();
        throw new InputException(
            new S3Address(bucket, String.valueOf(first.key())),
            "cannot be removed: %s answers %s".formatted(name, Shown.of(first.code() + "")));
      }
    }
  }
}
