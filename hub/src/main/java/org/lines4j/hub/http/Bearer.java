package org.lines4j.hub.http;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// A token, and the one place that may see it.
///
/// @param token that opens what is private or gated
/// @param home whose scheme, host and port a request must have for the token to go along
public record Bearer(String token, URI home) {
  /// The header's value for a request to `uri`; empty for every other server's.
  Optional<String> headerFor(URI uri) {
    return origin(uri).equals(origin(home)) ? Optional.of("Bearer " + token) : Optional.empty();
  }

  /// Scheme, host and port.
  static String origin(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    return scheme + "://" + host + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
  }

  /// Tokens are not for messages.
  @Override
  public String toString() {
    return "a token for " + origin(home);
  }
}
