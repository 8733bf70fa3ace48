package org.lines4j.hub.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.Shown;

/// What a server answered.
///
/// @param uri that was asked
/// @param body of what is no file: as much of it as was wanted
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(URI uri, int status, HttpHeaders headers, byte[] body) {
  private static final int MOST_SHOWN = 200;

  /// A header's first value.
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /// A header that is a number.
  OptionalLong number(String name) {
    return header(name).filter(text -> text.matches("\\d{1,18}")).stream()
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  /// What the content is known by, without quotes and the mark of a weak tag.
  public Optional<String> etag() {
    return header("ETag").map(Reply::plainTag).filter(tag -> !tag.isEmpty());
  }

  /// An ETag as a name.
  public static String plainTag(String tag) {
    String strong = tag.startsWith("W/") ? tag.substring(2) : tag;
    return strong.replace("\"", "");
  }

  /// Whether it says where else to ask.
  boolean isRedirect() {
    return ((status >= 301 && status <= 303) || status == 307 || status == 308)
        && header("Location").isPresent();
  }

  /// Whether the same request may do better later.
  boolean isPassing() {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /// The server's own words about an error, one short line; empty if there are none.
  public String words() {
    String told =
        header("X-Error-Message")
            .orElseGet(
                () -> {
                  String text = new String(body, StandardCharsets.UTF_8).strip();
                  return text.startsWith("<") ? "" : text;
                });
    String line = told.lines().findFirst().orElse("");
    return Shown.whole(line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "…" : line);
  }

  /// Status and words, for messages.
  public String inWords() {
    return words().isEmpty() ? "status " + status : "status " + status + ": " + words();
  }
}
