package org.lines4j.conformance.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server answers, and how it misbehaves.
///
/// @param from the first byte of the content that is sent
/// @param count how many are sent
/// @param claimed the length that is told; empty for the true one
/// @param cutAfter bytes behind which the connection is broken off; empty for none
/// @param silence before each piece of the body
/// @param piece how much is sent at a time
public record Answer(
    int status,
    Map<String, String> headers,
    Content content,
    long from,
    long count,
    OptionalLong claimed,
    OptionalLong cutAfter,
    Duration silence,
    int piece) {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  /// An answer without content.
  public static Answer status(int status) {
    return text(status, "");
  }

  /// A short text.
  public static Answer text(int status, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Answer(
        status,
        Map.of(),
        Content.of(bytes),
        0,
        bytes.length,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Duration.ZERO,
        1 << 16);
  }

  /// A redirect.
  public static Answer redirect(String place) {
    return status(302).with("Location", place);
  }

  /// A file, or the part of it that was asked for.
  public static Answer file(Request request, Content content, String etag) throws IOException {
    Answer whole = whole(content).with("ETag", "\"" + etag + "\"").with("Accept-Ranges", "bytes");
    Optional<String> asked = request.header("Range");
    if (asked.isEmpty()) {
      return whole;
    }
    Matcher range = RANGE.matcher(asked.get());
    if (!range.matches()) {
      return whole;
    }
    long size = content.size();
    long from = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? size - 1 : Long.parseLong(range.group(2));
    if (from >= size) {
      return status(416).with("Content-Range", "bytes */" + size);
    }
    return whole.part(from, Math.min(last, size - 1) - from + 1);
  }

  /// All of a file, whatever was asked for.
  public static Answer whole(Content content) throws IOException {
    return new Answer(
        200,
        Map.of(),
        content,
        0,
        content.size(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Duration.ZERO,
        1 << 16);
  }

  /// A part of this file.
  public Answer part(long first, long bytes) throws IOException {
    return new Answer(206, headers, content, first, bytes, claimed, cutAfter, silence, piece)
        .with(
            "Content-Range", "bytes %d-%d/%d".formatted(first, first + bytes - 1, content.size()));
  }

  /// This with a header, in place of one of that name.
  public Answer with(String header, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Answer(status, all, content, from, count, claimed, cutAfter, silence, piece);
  }

  /// This with another status.
  public Answer with(int other) {
    return new Answer(other, headers, content, from, count, claimed, cutAfter, silence, piece);
  }

  /// This, but the connection breaks behind so many bytes of the body.
  public Answer cutAfter(long bytes) {
    return new Answer(
        status, headers, content, from, count, claimed, OptionalLong.of(bytes), silence, piece);
  }

  /// This, but another length is told.
  public Answer claiming(long length) {
    return new Answer(
        status, headers, content, from, count, OptionalLong.of(length), cutAfter, silence, piece);
  }

  /// This, but slowly.
  public Answer slowly(Duration before, int bytes) {
    return new Answer(status, headers, content, from, count, claimed, cutAfter, before, bytes);
  }
}
