package org.lines4j.hub.http;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.storage.far.Ranges;

/// A file of a server, fetched by ranges and held to what is known of it: size and ETag. What does
/// not agree is an error, so that no file is ever put together of two.
///
/// A redirect to another server, such as a store behind the Hub, is remembered for the next range,
/// and asked for anew when that store refuses, for its addresses expire.
public final class RemoteFile implements Ranges {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final Client client;
  private final URI origin;
  private final Optional<Bearer> bearer;
  private final Known known;
  private final Explanation explanation;
  private volatile @Nullable URI store;
  private volatile @Nullable String storeTag;

  /// What must stay as it is.
  ///
  /// @param size in bytes
  /// @param etag of the file; empty where it is not known, and must only stay the same
  /// @param linkedEtag that the address must give for a file that lies elsewhere (`X-Linked-Etag`);
  ///   empty where it gives none
  public record Known(long size, Optional<String> etag, Optional<String> linkedEtag) {}

  /// Puts a refusal into words.
  @FunctionalInterface
  public interface Explanation {
    /// The exception for an answer of another status than 200 and 206.
    Exception of(Reply reply);
  }

  /// A file at an address.
  ///
  /// @param bearer goes to its home alone
  public RemoteFile(
      Client client, URI origin, Optional<Bearer> bearer, Known known, Explanation explanation) {
    this.client = client;
    this.origin = origin;
    this.bearer = bearer;
    this.known = known;
    this.explanation = explanation;
  }

  /// A file that was just looked at, where it was found.
  public static RemoteFile of(
      Client client, URI origin, Probe.Found found, Explanation explanation) {
    Known known = new Known(found.size(), found.etag(), Optional.empty());
    RemoteFile file = new RemoteFile(client, origin, Optional.empty(), known, explanation);
    if (!Bearer.origin(found.uri()).equals(Bearer.origin(origin))) {
      file.store = found.uri();
    }
    return file;
  }

  @Override
  public long size() {
    return known.size();
  }

  @Override
  public void fetch(long from, MemorySegment target) throws IOException {
    Filling filling = new Filling(from, target);
    Retries retries = new Retries(client.patience());
    while (!filling.isFull()) {
      try {
        follow(filling);
      } catch (Trouble e) {
        store = null; // another one may do better
        retries.failed(e, filling.done);
      }
    }
  }

  /// Fetches all of it from the beginning in one answer, for servers that know no ranges.
  ///
  /// @param beginning makes who takes the bytes in their order, anew for each attempt
  public void fetchWhole(Beginning beginning) throws IOException {
    Retries.run(
        client.patience(),
        () -> {
          Whole whole = new Whole(beginning.begin(), known.size());
          follow(whole);
          return whole.done;
        });
  }

  /// What begins anew.
  @FunctionalInterface
  public interface Beginning {
    /// A receiver of all bytes from the first on.
    Receiver begin() throws IOException;
  }

  /// A part of the file on its way.
  private abstract static sealed class Part {
    /// The header that asks for what is left; empty for all of it.
    abstract Optional<String> range();

    /// Who takes a good answer's body.
    abstract Receiver receiver(Reply head) throws IOException;

    /// Behind an answer that ended as it should.
    abstract void end() throws IOException;
  }

  private void follow(Part part) throws IOException {
    URI remembered = store;
    URI uri = remembered == null ? origin : remembered;
    for (int hop = 0; hop < Redirects.MOST; hop++) {
      Reply reply = once(part, uri);
      if (reply.isRedirect()) {
        checkLinked(reply);
        uri = Redirects.next(reply);
        continue;
      }
      if (reply.status() == 200 || reply.status() == 206) {
        if (!Bearer.origin(uri).equals(Bearer.origin(origin))) {
          store = uri;
        }
        part.end();
        return;
      }
      if (reply.isPassing()) {
        throw Retries.passing(reply);
      }
      if (!uri.equals(remembered)) {
        throw refusal(reply);
      }
      store = null; // it has expired
      remembered = null;
      uri = origin;
    }
    throw Redirects.endless(origin);
  }

  private IOException refusal(Reply reply) {
    return switch (explanation.of(reply)) {
      case RuntimeException e -> throw e;
      case IOException e -> e;
      case Exception e -> new IOException(e);
    };
  }

  private Reply once(Part part, URI uri) throws IOException {
    Map<String, String> headers =
        part.range().map(range -> Map.of("Range", range)).orElse(Map.of());
    return client.ask(
        new Client.Question("GET", uri, bearer, headers),
        head -> {
          if (head.status() != 200 && head.status() != 206) {
            return Optional.empty();
          }
          try {
            checkContent(head);
            return Optional.of(part.receiver(head));
          } catch (IOException e) {
            return Optional.of(
                _ -> {
                  throw e;
                });
          }
        });
  }

  /// The address of a file that lies elsewhere says which content it leads to.
  private void checkLinked(Reply reply) throws Refused {
    Optional<String> tag = reply.header("X-Linked-Etag").map(Reply::plainTag);
    if (tag.isPresent() && known.linkedEtag().isPresent() && !tag.equals(known.linkedEtag())) {
      throw changed("it should lead to %s, found %s", known.linkedEtag().get(), tag.get());
    }
    OptionalLong size = reply.number("X-Linked-Size");
    if (size.isPresent() && size.getAsLong() != known.size()) {
      throw changed("it should have %s bytes, found %s", known.size(), size.getAsLong());
    }
  }

  private void checkContent(Reply head) throws Refused {
    String encoding = head.header("Content-Encoding").orElse("identity");
    if (!encoding.equals("identity")) {
      throw new Refused(
          "%s sends the file encoded (%s), though it was asked not to"
              .formatted(Client.host(head.uri()), encoding));
    }
    Optional<String> tag = head.etag();
    if (tag.isEmpty()) {
      return;
    }
    if (known.etag().isEmpty()) {
      checkStore(head.uri(), tag.get());
    } else if (!tag.equals(known.etag())) {
      throw changed("its ETag should be %s, found %s", known.etag().get(), tag.get());
    }
  }

  /// Servers have tags of their own, which must stay as long as the same server is asked.
  private synchronized void checkStore(URI uri, String tag) throws Refused {
    String now = Bearer.origin(uri) + " " + tag;
    String before = storeTag;
    if (before != null && before.startsWith(Bearer.origin(uri) + " ") && !before.equals(now)) {
      throw changed("its ETag should be %s, found %s", before.split(" ", 2)[1], tag);
    }
    storeTag = now;
  }

  private static Refused changed(String what, Object expected, Object found) {
    return new Refused(
        "changed while it was read: "
            + what.formatted(expected, found)
            + "; run again when it is complete");
  }

  /// A range that fills memory.
  private final class Filling extends Part {
    private final long from;
    private final MemorySegment target;
    private long done;

    /// Behind the last byte that the answer on its way may bring.
    private long end;

    /// Whether the answer goes on behind it.
    private boolean isLonger;

    Filling(long from, MemorySegment target) {
      this.from = from;
      this.target = target;
    }

    boolean isFull() {
      return done == target.byteSize();
    }

    @Override
    Optional<String> range() {
      return Optional.of("bytes=%d-%d".formatted(from + done, from + target.byteSize() - 1));
    }

    @Override
    Receiver receiver(Reply head) throws IOException {
      end = target.byteSize();
      isLonger = head.status() == 200 && target.byteSize() < known.size();
      if (head.status() == 200) {
        checkWhole(head);
      } else {
        checkRange(head);
      }
      return this::take;
    }

    private void checkWhole(Reply head) throws IOException {
      if (from + done != 0) {
        throw new RangesIgnored(
            "%s answers with the whole file where a part was asked for (status 200 to a Range)"
                .formatted(Client.host(head.uri())));
      }
      OptionalLong length = head.number("Content-Length");
      if (length.isPresent() && length.getAsLong() != known.size()) {
        throw changed("it should have %s bytes, found %s", known.size(), length.getAsLong());
      }
    }

    private void checkRange(Reply head) throws IOException {
      String header = head.header("Content-Range").orElse("nothing");
      Matcher range = CONTENT_RANGE.matcher(header);
      long last = from + target.byteSize() - 1;
      if (!range.matches()
          || Long.parseLong(range.group(1)) != from + done
          || Long.parseLong(range.group(2)) > last
          || Long.parseLong(range.group(2)) < from + done) {
        throw new Refused(
            "%s should send bytes %d-%d, found Content-Range: %s"
                .formatted(Client.host(head.uri()), from + done, last, header));
      }
      if (!range.group(3).equals("*") && Long.parseLong(range.group(3)) != known.size()) {
        throw changed("it should have %s bytes, found %s", known.size(), range.group(3));
      }
      end = Long.parseLong(range.group(2)) + 1 - from;
    }

    private boolean take(ByteBuffer bytes) throws IOException {
      int count = (int) Math.min(bytes.remaining(), end - done);
      MemorySegment piece = MemorySegment.ofBuffer(bytes.slice(bytes.position(), count));
      MemorySegment.copy(piece, 0, target, done, count);
      done += count;
      if (count < bytes.remaining() && !isLonger) {
        throw new Refused("the server sends more bytes than its Content-Range says");
      }
      return !isLonger || done < end; // a connection that is read to its end is used again
    }

    @Override
    void end() throws IOException {
      if (done < end) {
        throw new Trouble("the server ended %d bytes before it should".formatted(end - done));
      }
    }
  }

  /// All of a file, in order.
  private static final class Whole extends Part {
    private final Receiver receiver;
    private final long size;
    private long done;

    Whole(Receiver receiver, long size) {
      this.receiver = receiver;
      this.size = size;
    }

    @Override
    Optional<String> range() {
      return Optional.empty();
    }

    @Override
    Receiver receiver(Reply head) {
      return bytes -> {
        if (bytes.remaining() > size - done) {
          throw changed("it should have %s bytes, found %s", size, "more");
        }
        done += bytes.remaining();
        return receiver.take(bytes);
      };
    }

    @Override
    void end() throws IOException {
      if (done < size) {
        throw new Trouble("the server ended %d bytes before it should".formatted(size - done));
      }
    }
  }
}
