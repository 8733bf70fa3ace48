package org.lines4j.hub.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/// Small answers that are read whole, such as a service's JSON.
public final class Documents {
  private final Client client;

  /// Asks by `client`.
  public Documents(Client client) {
    this.client = client;
  }

  /// Asks for a document, and again where that may help. Redirects are followed within the host,
  /// which is how renamed models are found.
  ///
  /// @param most how many bytes it may have
  /// @return the answer, whatever its status
  /// @throws IOException if there is none to be had
  public Reply get(URI uri, Optional<Bearer> bearer, int most, Patience patience)
      throws IOException {
    return Retries.run(patience, () -> follow(uri, bearer, most));
  }

  private Reply follow(URI first, Optional<Bearer> bearer, int most) throws IOException {
    URI uri = first;
    for (int hop = 0; hop < Redirects.MOST; hop++) {
      Reply reply = once(uri, bearer, most);
      if (reply.isPassing()) {
        throw Retries.passing(reply);
      }
      if (!reply.isRedirect()) {
        return reply;
      }
      uri = Redirects.next(reply);
      if (!Bearer.origin(uri).equals(Bearer.origin(first))) {
        throw new Refused(
            "%s sends to another server, %s, for what it should know itself"
                .formatted(Client.host(first), Client.host(uri)));
      }
    }
    throw Redirects.endless(first);
  }

  private Reply once(URI uri, Optional<Bearer> bearer, int most) throws IOException {
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    Reply reply =
        client.ask(
            new Client.Question("GET", uri, bearer, Map.of()),
            head ->
                head.status() == 200
                    ? Optional.of(bytes -> keep(bytes, document, most, uri))
                    : Optional.empty());
    return reply.status() == 200
        ? new Reply(uri, reply.status(), reply.headers(), document.toByteArray())
        : reply;
  }

  private static boolean keep(ByteBuffer bytes, ByteArrayOutputStream document, int most, URI uri)
      throws Refused {
    if (bytes.remaining() > most - document.size()) {
      throw new Refused(
          "%s answers with more than %,d bytes to %s"
              .formatted(Client.host(uri), most, uri.getPath()));
    }
    byte[] piece = new byte[bytes.remaining()];
    bytes.get(piece);
    document.writeBytes(piece);
    return true;
  }
}
