package org.lines4j.hub.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A first look at an address: whether there is a file, how long it is, and how it begins. By `GET`
/// of its first bytes, since signed addresses allow no `HEAD`.
public final class Probe {
  private static final int BEGINNING = 1 << 16;
  private static final Pattern TOTAL = Pattern.compile("bytes (?:0-(\\d{1,9})|\\*)/(\\d{1,18})");

  private Probe() {}

  /// A file.
  ///
  /// @param uri where it was found in the end
  /// @param modified when, by the server's words
  /// @param beginning its first bytes, 64 KiB of them if it has as many
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Found(
      URI uri, long size, Optional<String> etag, Optional<String> modified, byte[] beginning) {}

  /// Looks at an address, redirects followed.
  ///
  /// @return empty if the server says that there is nothing
  public static Optional<Found> of(Client client, URI address, RemoteFile.Explanation explanation)
      throws IOException {
    return Retries.run(client.patience(), () -> look(client, address, explanation));
  }

  private static Optional<Found> look(
      Client client, URI address, RemoteFile.Explanation explanation) throws IOException {
    URI uri = address;
    for (int hop = 0; hop < Redirects.MOST; hop++) {
      ByteArrayOutputStream beginning = new ByteArrayOutputStream();
      Reply reply =
          client.ask(
              new Client.Question(
                  "GET", uri, Optional.empty(), Map.of("Range", "bytes=0-" + (BEGINNING - 1))),
              head ->
                  head.status() == 200 || head.status() == 206
                      ? Optional.of(bytes -> keep(bytes, beginning, head.status() == 206))
                      : Optional.empty());
      if (reply.isPassing()) {
        throw Retries.passing(reply);
      }
      if (reply.isRedirect()) {
        uri = Redirects.next(reply);
        continue;
      }
      return found(reply, beginning.toByteArray(), explanation);
    }
    throw Redirects.endless(address);
  }

  private static boolean keep(ByteBuffer bytes, ByteArrayOutputStream beginning, boolean toTheEnd)
      throws Refused {
    byte[] piece = new byte[Math.min(bytes.remaining(), BEGINNING - beginning.size())];
    if (toTheEnd && piece.length < bytes.remaining()) {
      throw new Refused("the server sends more bytes than were asked for");
    }
    bytes.get(piece);
    beginning.writeBytes(piece);
    return toTheEnd || beginning.size() < BEGINNING;
  }

  private static Optional<Found> found(
      Reply reply, byte[] beginning, RemoteFile.Explanation explanation) throws IOException {
    Matcher total = TOTAL.matcher(reply.header("Content-Range").orElse(""));
    boolean isTotalKnown = total.matches();
    switch (reply.status()) {
      case 404, 410 -> {
        return Optional.empty();
      }
      case 416 -> {
        if (isTotalKnown && Long.parseLong(total.group(2)) == 0) {
          return Optional.of(file(reply, 0, beginning));
        }
      }
      case 206 -> {
        if (!isTotalKnown || total.group(1) == null) {
          throw new Refused(
              "%s should say how long the file is, found Content-Range: %s"
                  .formatted(
                      Client.host(reply.uri()), reply.header("Content-Range").orElse("nothing")));
        }
        long size = Long.parseLong(total.group(2));
        if (beginning.length != Math.min(BEGINNING, size)) {
          throw new Trouble(
              "%s sent %d bytes of the file's first %d"
                  .formatted(
                      Client.host(reply.uri()), beginning.length, Math.min(BEGINNING, size)));
        }
        return Optional.of(file(reply, size, beginning));
      }
      case 200 -> {
        OptionalLong length = reply.number("Content-Length");
        boolean isWhole = beginning.length < BEGINNING;
        if (length.isEmpty() && !isWhole) {
          throw new Refused(Client.host(reply.uri()) + " does not say how long the file is");
        }
        return Optional.of(file(reply, length.orElse(beginning.length), beginning));
      }
      default -> {}
    }
    switch (explanation.of(reply)) {
      case RuntimeException e -> throw e;
      case IOException e -> throw e;
      case Exception e -> throw new IOException(e);
    }
  }

  private static Found file(Reply reply, long size, byte[] beginning) {
    return new Found(reply.uri(), size, reply.etag(), reply.header("Last-Modified"), beginning);
  }
}
