package org.lines4j.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.Request;
import org.lines4j.conformance.web.S3Server;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storage.Kind;

/// A store that misbehaves: clear errors or success, never wrong bytes.
@Timeout(60)
class S3FaultsTest {
  private static final int SIZE = 500_000;
  private static final String PLACE = "s3://models/llama/model.safetensors";
  private static final String KEY = "llama/model.safetensors";

  private final byte[] content = new byte[SIZE];
  private TestStore store;

  S3FaultsTest() {
    new Random(5).nextBytes(content);
  }

  @BeforeEach
  void begin() throws IOException {
    store = new TestStore();
    server().put(TestStore.BUCKET, KEY, content);
  }

  @AfterEach
  void end() throws IOException {
    store.close();
  }

  private S3Server server() {
    return store.server();
  }

  private static byte[] read() throws IOException {
    try (ByteSource file = new S3Storage().open(Location.parse(PLACE))) {
      byte[] bytes = new byte[(int) file.size()];
      file.read(0, MemorySegment.ofArray(bytes));
      return bytes;
    }
  }

  private static String failure() {
    return String.valueOf(assertThrows(Exception.class, S3FaultsTest::read).getMessage());
  }

  private static void assertTold(String message, String... words) {
    assertTrue(message.startsWith("s3://models/llama"), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  private static boolean isLater(Request request) {
    String range = request.header("Range").orElse("bytes=0-");
    return request.method().equals("GET") && !range.startsWith("bytes=0-");
  }

  @Test
  void whatIsCutOffIsAskedForAgain() throws IOException {
    AtomicInteger cut = new AtomicInteger();
    server()
        .misbehave(
            (_, answer) ->
                answer.status() == 206 && cut.incrementAndGet() % 2 == 1
                    ? answer.cutAfter(1000)
                    : answer);
    assertArrayEquals(content, read());
    assertTrue(cut.get() > 2);
  }

  @Test
  void aBusyStoreIsAskedAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    server()
        .misbehave(
            (_, answer) ->
                asked.incrementAndGet() % 2 == 1
                    ? S3Server.error(503, "SlowDown", "Please reduce your request rate.")
                    : answer);
    assertArrayEquals(content, read());
  }

  @Test
  void aFileThatChangesBetweenTwoRangesIsNoticed() throws IOException {
    try (ByteSource file = new S3Storage().open(Location.parse(PLACE))) {
      content[SIZE - 1] ^= 1;
      server().put(TestStore.BUCKET, KEY, content);
      IOException failure =
          assertThrows(
              IOException.class, () -> file.read(SIZE - 10, MemorySegment.ofArray(new byte[10])));
      assertTold(message(failure), "changed while it was read");
    }
  }

  @Test
  void aStoreThatKnowsNoConditionsIsNoticedToo() throws IOException {
    server()
        .misbehave(
            (request, answer) ->
                isLater(request) ? answer.with("ETag", "\"0123456789abcdef\"") : answer);
    assertTold(failure(), "changed while it was read");
  }

  @Test
  void anotherRangeThanTheOneAskedForIsRefused() {
    server()
        .misbehave(
            (request, answer) ->
                isLater(request) ? answer.with("Content-Range", "bytes 0-9/500000") : answer);
    assertTold(failure(), "should come, found Content-Range: bytes 0-9/500000");
  }

  @Test
  void aWholeFileInPlaceOfARangeIsRefused() {
    server()
        .misbehave(
            (request, answer) ->
                isLater(request)
                    ? Answer.whole(Content.of(content))
                        .with("ETag", answer.headers().getOrDefault("ETag", ""))
                    : answer);
    assertTold(failure(), "comes whole where a part was asked for");
  }

  @Test
  void aSilentStoreIsGivenUp() {
    server().misbehave((_, answer) -> answer.cutAfter(0));
    assertTold(failure());
  }

  @Test
  void aMissingBucketIsTold() {
    InputException failure =
        assertThrows(
            InputException.class, () -> new S3Storage().kind(Location.parse("s3://nowhere/llama")));
    assertTrue(
        message(failure).startsWith("s3://nowhere/llama: there is no bucket 'nowhere' at http"),
        message(failure));
  }

  @Test
  void aRefusalSaysWhatMayBeMissing() {
    server().misbehave((_, _) -> S3Server.error(403, "AccessDenied", "Access Denied"));
    assertTold(failure(), "status 403, AccessDenied: Access Denied; the credentials");
    server().misbehave((_, _) -> S3Server.error(403, "InvalidAccessKeyId", "No such key"));
    assertTold(failure(), "InvalidAccessKeyId: No such key; check AWS_PROFILE");
  }

  @Test
  void anotherRegionIsTold() {
    server()
        .misbehave(
            (_, _) ->
                S3Server.error(
                    400,
                    "AuthorizationHeaderMalformed",
                    "the region 'eu-central-1' is wrong; expecting 'us-west-2'"));
    assertTold(
        failure(), "expecting 'us-west-2'; the bucket lies in another region: set AWS_REGION");
  }

  @Test
  void whatAStoreSaysCannotSteerATerminal() {
    server().misbehave((_, _) -> S3Server.error(403, "Odd", "\u001b[2Jnothing"));
    assertTrue(failure().chars().noneMatch(c -> c < ' '), failure());
  }

  @Test
  void aServerThatIsNotThereIsTold() throws IOException {
    server().close();
    assertTold(failure(), "cannot connect to http://127.0.0.1:");
  }

  @Test
  void aFileWithoutCredentialsIsNotRead() {
    store.with("aws.accessKeyId", "").with("aws.secretAccessKey", "");
    store.with("aws.disableEc2Metadata", "true");
    store.with("aws.sharedCredentialsFile", "/nowhere").with("aws.configFile", "/nowhere");
    assertTold(failure(), "no credentials for S3 were found", "AWS_ACCESS_KEY_ID");
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String text : new String[] {"s3://", "s3:///x", "s3://a b/x"}) {
      assertThrows(RequestException.class, () -> new S3Storage().kind(Location.parse(text)), text);
    }
  }

  @Test
  void aBucketIsNoOutput() {
    Location bucket = Location.parse("s3://models");
    assertTrue(new S3Storage().obstacle(bucket).isPresent());
    assertThrows(RequestException.class, () -> new S3Storage().draft(bucket, true).close());
  }

  @Test
  void aBucketIsAFolder() throws IOException {
    assertEquals(Kind.FOLDER, new S3Storage().kind(Location.parse("s3://models")));
    assertEquals(1, new S3Storage().list(Location.parse("s3://models/")).size());
  }

  @Test
  void manyFilesAreListed() throws IOException {
    for (int i = 0; i < 2500; i++) {
      server().put(TestStore.BUCKET, "many/file-%04d".formatted(i), new byte[1]);
    }
    assertEquals(2500, new S3Storage().list(Location.parse("s3://models/many")).size());
  }

  @Test
  void anAnswerThatIsLostDoesNoHarm() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    server()
        .misbehave(
            (request, answer) ->
                request.method().equals("PUT") && asked.incrementAndGet() % 2 == 1
                    ? S3Server.error(500, "InternalError", "We encountered an internal error.")
                    : answer);
    Location out = Location.parse("s3://models/out");
    try (Draft draft = new S3Storage().draft(out, true)) {
      try (Sink sink = draft.create("model.bin", SIZE)) {
        sink.write(MemorySegment.ofArray(content), 0);
        sink.sync();
      }
      draft.publish();
    }
    server().misbehave((_, answer) -> answer);
    assertArrayEquals(content, server().content("models", "out/model.bin").orElseThrow());
    assertEquals(java.util.List.of(KEY, "out/model.bin"), server().keys("models"));
  }

  private static String message(Exception failure) {
    return String.valueOf(failure.getMessage());
  }
}
