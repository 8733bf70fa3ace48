package org.lines4j.hub.http;

import java.net.URI;
import java.util.Locale;

/// Answers that say where else to ask.
final class Redirects {
  /// More than any server needs, and few enough to see that it goes in circles.
  static final int MOST = 10;

  private Redirects() {}

  /// Where an answer sends to.
  ///
  /// @throws Refused if that is nowhere, or less safe than where the question went
  static URI next(Reply reply) throws Refused {
    String place = reply.header("Location").orElse("");
    URI next;
    try {
      next = reply.uri().resolve(place);
    } catch (IllegalArgumentException e) {
      throw new Refused(Client.host(reply.uri()) + " redirects to what is no address");
    }
    String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
    boolean isSafe = scheme.equals("https") || !reply.uri().getScheme().equals("https");
    if (next.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new Refused(Client.host(reply.uri()) + " redirects to what is no address");
    }
    if (!isSafe) {
      throw new Refused(
          "%s redirects from https to http, which is not followed"
              .formatted(Client.host(reply.uri())));
    }
    return next;
  }

  static Refused endless(URI from) {
    return new Refused(
        "%s redirects in circles: %d times so far".formatted(Client.host(from), MOST));
  }
}
