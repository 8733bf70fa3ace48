package org.lines4j.hub.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.Request;
import org.lines4j.conformance.web.WebServer;

/// Servers that break off, stall and lie: the right bytes or a clear error, in bounded time.
@Timeout(60)
class RemoteFileTest {
  private static final int SIZE = 3_000_001;
  private static final Patience QUICK =
      new Patience(Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(4), 5);
  private static final Patience IMPATIENT =
      new Patience(Duration.ofMillis(300), Duration.ofMillis(1), Duration.ofMillis(4), 2);

  private final byte[] bytes = new byte[SIZE];
  private final Content content;
  private final AtomicInteger asked = new AtomicInteger();
  private Optional<WebServer> server = Optional.empty();

  RemoteFileTest() {
    new Random(7).nextBytes(bytes);
    content = Content.of(bytes);
  }

  @AfterEach
  void stop() throws IOException {
    if (server.isPresent()) {
      server.get().close();
    }
  }

  @FunctionalInterface
  private interface Fault {
    Answer of(Request request, Answer right, int number) throws IOException;
  }

  /// A file of a server that answers as it should, but for `fault`.
  private RemoteFile file(Fault fault) throws IOException {
    return file(fault, QUICK);
  }

  private RemoteFile file(Fault fault, Patience patience) throws IOException {
    server =
        Optional.of(
            WebServer.start(
                request ->
                    fault.of(
                        request, Answer.file(request, content, "tag"), asked.incrementAndGet())));
    return file(server.get().address() + "/x", patience);
  }

  private static RemoteFile file(String address, Patience patience) {
    return file(address, patience, Optional.of("tag"));
  }

  private static RemoteFile file(String address, Patience patience, Optional<String> etag) {
    return new RemoteFile(
        new Client(patience),
        URI.create(address),
        Optional.of(new Bearer("hf_secret", URI.create(address))),
        new RemoteFile.Known(SIZE, etag, Optional.of("linked")),
        reply -> new IOException("refused: " + reply.inWords()));
  }

  private byte[] fetch(RemoteFile file, int from, int count) throws IOException {
    byte[] got = new byte[count];
    file.fetch(from, MemorySegment.ofArray(got));
    return got;
  }

  private void assertRight(RemoteFile file, int from, int count) throws IOException {
    assertArrayEquals(Arrays.copyOfRange(bytes, from, from + count), fetch(file, from, count));
  }

  /// The same, of whose ETag nothing is known.
  private RemoteFile untagged(Fault fault) throws IOException {
    RemoteFile _ = file(fault);
    return file(server.orElseThrow().address() + "/x", QUICK, Optional.empty());
  }

  /// Fetching fails in time, whatever the server does, and says why.
  private void assertRefused(RemoteFile file, String why) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          IOException failure = assertThrows(IOException.class, () -> fetch(file, 1000, 2_000_000));
          assertTrue(String.valueOf(failure.getMessage()).contains(why), failure.getMessage());
        });
  }

  @Test
  void aRangeIsFetched() throws IOException {
    RemoteFile file = file((_, right, _) -> right);
    assertRight(file, 0, 8);
    assertRight(file, 1_234_567, 765_432);
    assertRight(file, SIZE - 1, 1);
    assertRight(file, 0, SIZE);
    assertEquals(4, asked.get());
  }

  @Test
  void aConnectionThatBreaksOffIsTakenUpAgain() throws IOException {
    RemoteFile file = file((_, right, number) -> number < 4 ? right.cutAfter(500_000) : right);
    assertRight(file, 1000, 2_000_000);
    assertEquals(4, asked.get());
    assertTrue(
        server.orElseThrow().requests().getLast().header("Range").orElse("").startsWith("bytes=15"),
        "it goes on where it broke off");
  }

  @Test
  void aConnectionThatAlwaysBreaksOffIsGivenUp() throws IOException {
    assertRefused(file((_, right, _) -> right.cutAfter(10)), "attempts");
    assertEquals(5, asked.get());
  }

  @Test
  void errorsThatPassAreWaitedFor() throws IOException {
    for (int status : new int[] {408, 429, 500, 502, 503, 504}) {
      asked.set(0);
      assertRight(
          file((_, right, number) -> number < 3 ? Answer.text(status, "busy") : right), 10, 1000);
      assertEquals(3, asked.get());
      stop();
    }
  }

  @Test
  void errorsThatDoNotPassAreTold() throws IOException {
    assertRefused(file((_, _, _) -> Answer.text(503, "down for now")), "down for now");
    assertEquals(5, asked.get());
    for (int status : new int[] {400, 401, 403, 404, 410, 416, 418, 501}) {
      stop();
      assertRefused(file((_, _, _) -> Answer.text(status, "no way")), "status " + status);
    }
  }

  @Test
  void aServerThatStallsIsGivenUp() throws IOException {
    assertRefused(
        file((_, right, _) -> right.slowly(Duration.ofSeconds(20), 1000), IMPATIENT),
        "sent nothing in");
  }

  @Test
  void aServerThatDripsIsGivenUp() throws IOException {
    assertRefused(
        file((_, right, _) -> right.slowly(Duration.ofMillis(20), 1), IMPATIENT), " bytes in");
  }

  @Test
  void aServerThatIsOnlySlowIsNot() throws IOException {
    assertRight(file((_, right, _) -> right.slowly(Duration.ofMillis(100), 100_000)), 0, 600_000);
    assertEquals(1, asked.get());
  }

  @Test
  void aFileThatChangesIsToldOf() throws IOException {
    RemoteFile tagged =
        file((_, right, number) -> number == 1 ? right : right.with("ETag", "\"other\""));
    assertRight(tagged, 0, 100);
    assertRefused(tagged, "changed while it was read: its ETag should be tag, found other");
    stop();
    assertRefused(
        file(
            (_, right, _) ->
                right.with(
                    "Content-Range",
                    right.headers().getOrDefault("Content-Range", "").replace("001", "002"))),
        "it should have 3000001 bytes, found 3000002");
  }

  @Test
  void liesAboutTheRangeAreTold() throws IOException {
    assertRefused(
        file((_, right, _) -> right.with("Content-Range", "bytes 0-1999999/3000001")),
        "should send bytes 1000-2000999, found Content-Range: bytes 0-1999999/3000001");
    stop();
    assertRefused(
        file((_, right, _) -> right.with("Content-Range", "whatever")), "Content-Range: whatever");
    stop();
    assertRefused(
        file((_, right, _) -> right.with("Content-Range", "bytes 1000-1500/3000001")),
        "more bytes than its Content-Range says");
    stop();
    assertRefused(
        file(
            (_, right, _) -> right.with("Content-Range", "bytes 1000-9999999999999999999/3000001")),
        "Content-Range");
  }

  @Test
  void liesAboutTheLengthAreTold() throws IOException {
    assertRefused(file((_, right, _) -> right.claiming(700)), "bytes before it should");
    stop();
    // all that was asked for has come
    assertRight(file((_, right, _) -> right.claiming(right.count() + 50)), 1000, 2000);
  }

  @Test
  void fewerBytesThanAskedForAreFollowedByTheRest() throws IOException {
    RemoteFile file =
        file((_, right, _) -> right.count() > 100_000 ? right.part(right.from(), 100_000) : right);
    assertRight(file, 5000, 400_000);
    assertEquals(4, asked.get());
  }

  @Test
  void aWholeFileInsteadOfItsBeginningIsTaken() throws IOException {
    RemoteFile file = file((_, _, _) -> Answer.whole(content).with("ETag", "tag"));
    assertRight(file, 0, 1000);
    assertThrows(RangesIgnored.class, () -> fetch(file, 1000, 10));
  }

  @Test
  void encodedContentIsRefused() throws IOException {
    assertRefused(file((_, right, _) -> right.with("Content-Encoding", "gzip")), "encoded (gzip)");
  }

  @Test
  void redirectsInCirclesEnd() throws IOException {
    assertRefused(file((_, _, _) -> Answer.redirect("/x")), "redirects in circles");
    assertEquals(10, asked.get());
    for (String nowhere : new String[] {"ftp://host/x", "http:///x", "::", "file:///etc/passwd"}) {
      stop();
      assertRefused(file((_, _, _) -> Answer.redirect(nowhere)), "no address");
    }
  }

  @Test
  void theTokenGoesToNoOtherServer() throws IOException {
    try (WebServer store = WebServer.start(request -> Answer.file(request, content, "store's"))) {
      RemoteFile file =
          untagged(
              (request, _, _) ->
                  request.path().equals("/x")
                      ? Answer.redirect("/y")
                      : Answer.redirect(store.address() + "/z?signed"));
      assertRight(file, 0, 100);
      assertRight(file, 100, 100);
      for (Request request : server.orElseThrow().requests()) {
        assertEquals(Optional.of("Bearer hf_secret"), request.header("Authorization"));
      }
      for (Request request : store.requests()) {
        assertEquals(Optional.empty(), request.header("Authorization"));
      }
      assertEquals(2, asked.get(), "the store's address is remembered");
      assertEquals(2, store.requests().size());
    }
  }

  @Test
  void anAddressOfTheStoreThatHasExpiredIsAskedForAnew() throws IOException {
    AtomicInteger stored = new AtomicInteger();
    try (WebServer store =
        WebServer.start(
            request ->
                stored.incrementAndGet() == 2
                    ? Answer.status(403)
                    : Answer.file(request, content, "store's"))) {
      RemoteFile file = untagged((_, _, _) -> Answer.redirect(store.address() + "/z"));
      assertRight(file, 0, 100);
      assertRight(file, 100, 100);
      assertEquals(2, asked.get());
      assertEquals(3, stored.get());
    }
  }

  @Test
  void aStoreThatAlwaysRefusesIsToldOf() throws IOException {
    try (WebServer store = WebServer.start(_ -> Answer.text(403, "expired"))) {
      assertRefused(file((_, _, _) -> Answer.redirect(store.address() + "/z")), "status 403");
    }
  }

  @Test
  void aLinkToOtherContentIsToldOf() throws IOException {
    assertRefused(
        file((_, _, _) -> Answer.redirect("/y").with("X-Linked-Etag", "\"else\"")),
        "it should lead to linked, found else");
    stop();
    assertRefused(
        file((_, _, _) -> Answer.redirect("/y").with("X-Linked-Size", "7")),
        "it should have 3000001 bytes, found 7");
  }

  @Test
  void aStoreThatChangesIsToldOf() throws IOException {
    AtomicInteger stored = new AtomicInteger();
    try (WebServer store =
        WebServer.start(request -> Answer.file(request, content, "v" + stored.incrementAndGet()))) {
      RemoteFile file = untagged((_, _, _) -> Answer.redirect(store.address() + "/z"));
      assertRight(file, 0, 100);
      assertRefused(file, "its ETag should be v1, found v2");
    }
  }

  @Test
  void aServerThatIsNotThereIsToldOf() {
    assertRefused(file("http://127.0.0.1:1/x", QUICK), "cannot connect to 127.0.0.1:1");
    assertRefused(
        file("http://nowhere.invalid/x", QUICK), "cannot find the server nowhere.invalid");
  }

  @Test
  void aWholeFileIsFetchedWhereRangesAreIgnored() throws IOException {
    RemoteFile file =
        file(
            (_, _, number) ->
                number == 1 ? Answer.whole(content).cutAfter(1_000_000) : Answer.whole(content));
    byte[] got = new byte[SIZE];
    int[] at = new int[1];
    file.fetchWhole(
        () -> {
          at[0] = 0;
          return piece -> {
            int count = piece.remaining();
            piece.get(got, at[0], count);
            at[0] += count;
            return true;
          };
        });
    assertArrayEquals(bytes, got);
    assertEquals(2, asked.get());
  }
}
