package org.lines4j.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lines4j.conformance.web.S3Server;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// Files of many parts, which are small here.
@Timeout(60)
class UploadTest {
  private static final int PART = 10_000;
  private static final int SIZE = 40 * PART + 123;
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final S3Address OUT = new S3Address(TestStore.BUCKET, "to/out");

  private final byte[] content = new byte[SIZE];
  private TestStore store;

  UploadTest() {
    new Random(5).nextBytes(content);
  }

  @BeforeEach
  void begin() throws IOException {
    store = new TestStore();
    store.server().takeSmallParts();
  }

  @AfterEach
  void end() throws IOException {
    store.close();
  }

  private static Draft draft() throws IOException {
    return S3Draft.begin(Store.current(), OUT, true, PART, BEAT);
  }

  private void write(Sink sink, int from, int to) throws IOException {
    sink.write(MemorySegment.ofArray(content).asSlice(from, to - from), from);
  }

  private void assertPublished() {
    assertArrayEquals(content, store.server().content("models", "to/out/model.bin").orElseThrow());
    assertEquals(List.of("to/out/model.bin"), store.server().keys("models"), "and nothing else");
    assertEquals(List.of(), store.server().uploads());
  }

  @Test
  void aFileOfManyPartsIsWrittenInOrder() throws IOException {
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      for (int from = 0; from < SIZE; from += 7000) {
        write(sink, from, Math.min(SIZE, from + 7000));
      }
      sink.sync();
      assertEquals(List.of("to/out/model.bin"), store.server().uploads());
      assertEquals(0, fragments(), "whoever writes alone leaves no fragments");
      draft.publish();
    }
    assertPublished();
  }

  private long fragments() {
    return store.server().keys("models").stream()
        .filter(key -> key.matches(".*/\\d+/\\d+-\\d+"))
        .count();
  }

  @Test
  void whatIsFilledLastMayLieAnywhere() throws IOException {
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      for (int from = 0; from < SIZE; from += 5000) {
        write(sink, from + 4, Math.min(SIZE, from + 5000));
      }
      assertTrue(fragments() > 10, "not all of it is kept in memory");
      for (int from = 0; from < SIZE; from += 5000) {
        write(sink, from, from + 4);
      }
      sink.sync();
      draft.publish();
    }
    assertPublished();
  }

  @Test
  void thoseWhoJoinNeedNotEndWherePartsDo() throws IOException {
    int shares = 7;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < shares; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(1));
    try (Draft draft = draft()) {
      Sink ours = draft.create("model.bin", SIZE);
      for (int share : order) {
        try (Sink joined = new S3Storage().join(ours.shared().orElseThrow())) {
          write(joined, share * SIZE / shares, (share + 1) * SIZE / shares);
          joined.sync();
        }
      }
      ours.sync();
      draft.publish();
    }
    assertPublished();
  }

  @Test
  void aShareIsWrittenTwiceWhereItsWriterDied() throws IOException {
    try (Draft draft = draft()) {
      Sink ours = draft.create("model.bin", SIZE);
      Location place = ours.shared().orElseThrow();
      try (Sink dying = new S3Storage().join(place)) {
        write(dying, 0, 123_456);
      }
      for (int from : new int[] {200_000, 0}) {
        try (Sink joined = new S3Storage().join(place)) {
          write(joined, from, from + 200_000);
          joined.sync();
          write(joined, from, from + 15_000);
          joined.sync();
        }
      }
      try (Sink joined = new S3Storage().join(place)) {
        write(joined, 400_000, SIZE);
        joined.sync();
      }
      ours.sync();
      draft.publish();
    }
    assertPublished();
  }

  @Test
  void bytesThatAreMissingAreTold() throws IOException {
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      write(sink, 0, PART * 2);
      write(sink, PART * 3, SIZE);
      sink.sync();
      IOException failure = assertThrows(IOException.class, draft::publish);
      assertEquals(
          "s3://models/to/out/model.bin: of part 3 of 41 not all bytes have come",
          failure.getMessage());
    }
    assertEquals(List.of(), store.server().keys("models"));
    assertEquals(List.of(), store.server().uploads());
  }

  @Test
  void aPartThatFailsIsTriedAgain() throws IOException {
    AtomicBoolean isDown = new AtomicBoolean(true);
    store
        .server()
        .misbehave(
            (request, answer) ->
                isDown.get() && request.target().contains("partNumber=3&")
                    ? S3Server.error(400, "Odd", "Not now")
                    : answer);
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      assertThrows(
          Exception.class,
          () -> {
            write(sink, 0, SIZE / 2);
            sink.sync();
          });
      isDown.set(false);
      write(sink, 0, SIZE / 2);
      write(sink, SIZE / 2, SIZE);
      sink.sync();
      draft.publish();
    }
    assertPublished();
  }

  @Test
  void whoComesLateWritesNothing() throws IOException {
    Sink late;
    try (Draft draft = draft()) {
      Sink ours = draft.create("model.bin", SIZE);
      write(ours, 0, SIZE);
      late = new S3Storage().join(ours.shared().orElseThrow());
      draft.publish();
    }
    content[0] ^= 1;
    for (int bytes : new int[] {5000, PART}) {
      IOException failure =
          assertThrows(
              IOException.class,
              () -> {
                write(late, 0, bytes);
                late.sync();
              });
      assertTrue(message(failure).endsWith("the run that began it is over"));
    }
    late.close();
    content[0] ^= 1;
    assertPublished();
  }

  /// What a killed run of another machine has left: nobody renews its lock.
  @Test
  void whatAKilledRunHasLeftIsCleared() throws IOException {
    S3Address beside = OUT.sibling(".out.lines-partial");
    Upload killed =
        Upload.begin(Store.current(), OUT.child("model.bin"), SIZE, PART, beside.child("abc"));
    try (Part part = killed.part(1)) {
      part.put(5, MemorySegment.ofArray(new byte[100]));
      killed.leave(part);
    }
    store.server().put("models", beside.child("lock").key(), bytes("elsewhere\n1\n\nx"));
    assertEquals(1, store.server().uploads().size());
    assertEquals(3, store.server().keys("models").size());
    try (Draft draft = draft()) {
      assertEquals(List.of(), store.server().uploads());
      write(draft.create("model.bin", SIZE), 0, SIZE);
      draft.publish();
    }
    assertPublished();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aRunThatLivesIsNotDisturbed() throws IOException {
    S3Address lock = OUT.sibling(".out.lines-partial").child("lock");
    try (Draft draft = draft()) {
      assertThrows(RequestException.class, UploadTest::draft, "of this process");
      write(draft.create("model.bin", SIZE), 0, SIZE);
      draft.publish();
    }
    store.server().put("models", lock.key(), bytes("elsewhere\n1\n\nx"));
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(BEAT);
                  } catch (InterruptedException e) {
                    return;
                  }
                  store.server().put("models", lock.key(), bytes("elsewhere\n1\n\ny"));
                });
    assertThrows(RequestException.class, UploadTest::draft, "of another machine");
    other.interrupt();
    store.server().remove("models", lock.key());
    assertPublished();
  }

  @Test
  void aRunThatWasTakenOverPublishesNothing() throws IOException {
    S3Address lock = OUT.sibling(".out.lines-partial").child("lock");
    try (Draft draft = draft()) {
      write(draft.create("model.bin", SIZE), 0, SIZE);
      store.server().put("models", lock.key(), bytes("elsewhere\n1\n\nx"));
      IOException failure = assertThrows(IOException.class, draft::publish);
      assertTrue(message(failure).contains("another run has taken"), message(failure));
    }
    assertTrue(store.server().content("models", "to/out/model.bin").isEmpty());
  }

  private static String message(Exception failure) {
    return String.valueOf(failure.getMessage());
  }
}
