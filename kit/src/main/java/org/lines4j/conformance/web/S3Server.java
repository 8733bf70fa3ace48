package org.lines4j.conformance.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers as S3 does, by path (`/bucket/key`), as far as models are read from it and written to
/// it: objects and their ranges, listings, multipart uploads, conditions. Whoever shows any
/// credentials may do anything.
public final class S3Server implements AutoCloseable {
  private static final int LONGEST_PAGE = 1000;
  private static final Pattern PART = Pattern.compile("<Part>.*?</Part>", Pattern.DOTALL);
  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);

  private final WebServer server;
  private final Set<String> buckets;
  private final TreeMap<Place, Stored> objects = new TreeMap<>();
  private final Map<String, Pending> uploads = new LinkedHashMap<>();
  private final AtomicInteger number = new AtomicInteger();
  private volatile int leastPart = 5 << 20;
  private volatile HubServer.Fault fault = (_, answer) -> answer;

  private record Place(String bucket, String key) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = bucket.compareTo(other.bucket);
      return order != 0 ? order : key.compareTo(other.key);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(byte[] content, String tag, Instant modified) {}

  private record Pending(Place place, TreeMap<Integer, Stored> parts) {}

  private S3Server(Set<String> buckets) throws IOException {
    this.buckets = Set.copyOf(buckets);
    this.server = WebServer.start(request -> fault.instead(request, answer(request)));
  }

  /// Starts one on a port that is free.
  public static S3Server start(String... buckets) throws IOException {
    return new S3Server(Set.of(buckets));
  }

  /// What `AWS_ENDPOINT_URL` is to be.
  public String address() {
    return server.address();
  }

  /// Who answers, and counts.
  public WebServer server() {
    return server;
  }

  /// Has it misbehave.
  public void misbehave(HubServer.Fault instead) {
    fault = instead;
  }

  /// Takes parts of uploads that S3 would find too small.
  public void takeSmallParts() {
    leastPart = 0;
  }

  /// Makes an object.
  public synchronized void put(String bucket, String key, byte[] content) {
    objects.put(new Place(bucket, key), stored(content));
  }

  /// Removes an object.
  public synchronized void remove(String bucket, String key) {
    objects.remove(new Place(bucket, key));
  }

  /// What lies under a key.
  public synchronized Optional<byte[]> content(String bucket, String key) {
    return Optional.ofNullable(objects.get(new Place(bucket, key))).map(Stored::content);
  }

  /// All keys of a bucket.
  public synchronized List<String> keys(String bucket) {
    return objects.keySet().stream()
        .filter(place -> place.bucket.equals(bucket))
        .map(Place::key)
        .toList();
  }

  /// The keys of uploads that are neither completed nor given up.
  public synchronized List<String> uploads() {
    return uploads.values().stream().map(pending -> pending.place.key).toList();
  }

  private Stored stored(byte[] content) {
    try {
      String tag = Content.of(content).digest("MD5", new byte[0]);
      return new Stored(content.clone(), tag, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized Answer answer(Request request) throws IOException {
    String[] path = request.path().substring(1).split("/", 2);
    Place place = new Place(path[0], path.length < 2 ? "" : plain(path[1]));
    Map<String, String> query = query(request.target());
    if (!request.header("Authorization").orElse("").startsWith("AWS4-HMAC-SHA256 ")) {
      return error(403, "AccessDenied", "Access Denied");
    }
    if (!buckets.contains(place.bucket)) {
      return error(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    String id = query.get("uploadId");
    if (id != null) {
      Pending upload = uploads.get(id);
      return upload == null || !upload.place.equals(place)
          ? error(404, "NoSuchUpload", "The specified multipart upload does not exist")
          : answer(request, id, upload, query);
    }
    return switch (request.method()) {
      case "GET" ->
          place.key.isEmpty()
              ? query.containsKey("uploads") ? uploads(place, query) : list(place, query)
              : object(request, place);
      case "PUT" -> put(request, place);
      case "POST" -> query.containsKey("delete") ? delete(request, place) : begin(place);
      case "DELETE" -> {
        objects.remove(place);
        yield Answer.status(204);
      }
      default -> error(405, "MethodNotAllowed", request.method());
    };
  }

  private static Map<String, String> query(String target) {
    Map<String, String> query = new TreeMap<>();
    String[] parts = target.split("\\?", 2);
    for (String pair : parts.length < 2 ? new String[0] : parts[1].split("&", -1)) {
      String[] words = pair.split("=", 2);
      query.put(plain(words[0]), words.length < 2 ? "" : plain(words[1]));
    }
    return query;
  }

  private static String plain(String escaped) {
    return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// An answer as S3 refuses.
  public static Answer error(int status, String code, String message) {
    return xml("Error", "<Code>%s</Code><Message>%s</Message>".formatted(code, message))
        .with(status);
  }

  private static Answer xml(String name, String inner) {
    String text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%1$s>%2$s</%1$s>".formatted(name, inner);
    return Answer.text(200, text).with("Content-Type", "application/xml");
  }

  private Answer object(Request request, Place place) throws IOException {
    Stored object = objects.get(place);
    if (object == null) {
      return error(404, "NoSuchKey", "The specified key does not exist.");
    }
    if (!isMet(request, object)) {
      return error(412, "PreconditionFailed", "At least one of the preconditions did not hold");
    }
    Answer answer = Answer.file(request, Content.of(object.content), object.tag);
    if (answer.status() == 416) {
      return error(416, "InvalidRange", "The requested range is not satisfiable");
    }
    return answer.with(
        "Last-Modified",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(object.modified.atOffset(ZoneOffset.UTC)));
  }

  private static boolean isMet(Request request, Stored object) {
    return request.header("If-Match").map(tag -> tag.contains(object.tag)).orElse(true);
  }

  private Answer put(Request request, Place place) throws IOException {
    Stored there = objects.get(place);
    boolean isMet =
        there == null
            ? request.header("If-Match").isEmpty()
            : request.header("If-None-Match").isEmpty() && isMet(request, there);
    if (!isMet) {
      return there == null
          ? error(404, "NoSuchKey", "The specified key does not exist.")
          : error(412, "PreconditionFailed", "At least one of the preconditions did not hold");
    }
    Stored object = stored(sent(request));
    objects.put(place, object);
    return Answer.status(200).with("ETag", "\"" + object.tag + "\"");
  }

  /// The content that was sent, out of the chunks that it may come in.
  private static byte[] sent(Request request) {
    if (!request.header("x-amz-content-sha256").orElse("").startsWith("STREAMING-")) {
      return request.body();
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] body = request.body();
    for (int at = 0; at < body.length; ) {
      int end = at;
      while (body[end] != '\r') {
        end++;
      }
      String head = new String(body, at, end - at, StandardCharsets.UTF_8);
      int length = Integer.parseInt(head.split(";", 2)[0], 16);
      if (length == 0) {
        break;
      }
      content.write(body, end + 2, length);
      at = end + 2 + length + 2;
    }
    return content.toByteArray();
  }

  private Answer list(Place bucket, Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    String delimiter = query.getOrDefault("delimiter", "");
    byte[] token = Base64.getUrlDecoder().decode(query.getOrDefault("continuation-token", ""));
    String after = new String(token, StandardCharsets.UTF_8);
    int most = Integer.parseInt(query.getOrDefault("max-keys", LONGEST_PAGE + ""));
    StringBuilder page = new StringBuilder();
    Set<String> folders = new TreeSet<>();
    int count = 0;
    String last = "";
    for (String key : keys(bucket.bucket)) {
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      String name = end < 0 ? key : key.substring(0, end + 1);
      if (!key.startsWith(prefix) || name.compareTo(after) <= 0 || folders.contains(name)) {
        continue;
      }
      if (count == most) {
        String next = Base64.getUrlEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8));
        page.append("<NextContinuationToken>%s</NextContinuationToken>".formatted(next));
        last = "more";
        break;
      }
      count++;
      last = name;
      if (end < 0) {
        Stored object = Objects.requireNonNull(objects.get(new Place(bucket.bucket, key)));
        page.append(
            "<Contents><Key>%s</Key><Size>%d</Size><ETag>&quot;%s&quot;</ETag><LastModified>%s</LastModified></Contents>"
                .formatted(escaped(key), object.content.length, object.tag, object.modified));
      } else {
        folders.add(name);
        page.append(
            "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>".formatted(escaped(name)));
      }
    }
    page.append("<KeyCount>%d</KeyCount><EncodingType>url</EncodingType>".formatted(count));
    page.append("<IsTruncated>%b</IsTruncated>".formatted(last.equals("more")));
    return xml("ListBucketResult", page.toString());
  }

  private Answer delete(Request request, Place bucket) {
    Matcher key = KEY.matcher(new String(sent(request), StandardCharsets.UTF_8));
    while (key.find()) {
      String text = key.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
      objects.remove(new Place(bucket.bucket, text));
    }
    return xml("DeleteResult", "");
  }

  private Answer begin(Place place) {
    String id = "upload/" + number.incrementAndGet();
    uploads.put(id, new Pending(place, new TreeMap<>()));
    return xml(
        "InitiateMultipartUploadResult",
        "<Bucket>%s</Bucket><UploadId>%s</UploadId>".formatted(place.bucket, id));
  }

  private Answer uploads(Place bucket, Map<String, String> query) {
    StringBuilder all = new StringBuilder("<IsTruncated>false</IsTruncated>");
    uploads.forEach(
        (id, upload) -> {
          if (upload.place.bucket.equals(bucket.bucket)
              && upload.place.key.startsWith(query.getOrDefault("prefix", ""))) {
            all.append(
                "<Upload><Key>%s</Key><UploadId>%s</UploadId></Upload>"
                    .formatted(upload.place.key, id));
          }
        });
    return xml("ListMultipartUploadsResult", all.toString());
  }

  private Answer answer(Request request, String id, Pending upload, Map<String, String> query)
      throws IOException {
    return switch (request.method()) {
      case "GET" -> parts(upload);
      case "PUT" -> {
        Stored part = stored(sent(request));
        upload.parts.put(Integer.parseInt(query.getOrDefault("partNumber", "0")), part);
        yield Answer.status(200).with("ETag", "\"" + part.tag + "\"");
      }
      case "DELETE" -> {
        uploads.remove(id);
        yield Answer.status(204);
      }
      default -> complete(request, id, upload);
    };
  }

  private static Answer parts(Pending upload) {
    StringBuilder all = new StringBuilder("<IsTruncated>false</IsTruncated>");
    upload.parts.forEach(
        (part, content) ->
            all.append(
                "<Part><PartNumber>%d</PartNumber><ETag>&quot;%s&quot;</ETag><Size>%d</Size></Part>"
                    .formatted(part, content.tag, content.content.length)));
    return xml("ListPartsResult", all.toString());
  }

  private Answer complete(Request request, String id, Pending upload) {
    List<Stored> parts = new ArrayList<>();
    int before = 0;
    Matcher asked = PART.matcher(new String(sent(request), StandardCharsets.UTF_8));
    while (asked.find()) {
      String text = asked.group();
      int part = Integer.parseInt(text.replaceAll("(?s).*<PartNumber>(\\d+)</PartNumber>.*", "$1"));
      Stored known = upload.parts.get(part);
      if (known == null || !text.contains(known.tag) || part <= before) {
        return error(400, "InvalidPart", "One or more of the specified parts could not be found.");
      }
      before = part;
      parts.add(known);
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int i = 0; i < parts.size(); i++) {
      if (i < parts.size() - 1 && parts.get(i).content.length < leastPart) {
        return error(400, "EntityTooSmall", "A part is smaller than the minimum allowed size");
      }
      content.writeBytes(parts.get(i).content);
    }
    Stored object = stored(content.toByteArray());
    objects.put(upload.place, object);
    uploads.remove(id);
    return xml(
        "CompleteMultipartUploadResult", "<ETag>&quot;%s&quot;</ETag>".formatted(object.tag));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
