package org.lines4j.conformance.web;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What was asked of a server.
///
/// @param target path and query, as they were sent
/// @param headers by name, whatever its case
/// @param body empty for most
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Request(String method, String target, Map<String, String> headers, byte[] body) {
  /// Copies the headers.
  public Request {
    Map<String, String> own = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    own.putAll(headers);
    headers = own;
  }

  /// A header's value.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// The target without its query.
  public String path() {
    return target.split("\\?", 2)[0];
  }
}
