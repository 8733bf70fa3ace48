package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// What every [Storage] must do that is read from and written to.
///
/// ```java
/// class MemoryStorageTest extends StorageConformance {
///   @Override
///   protected Storage storage() {
///     return new MemoryStorage();
///   }
///   …
/// }
/// ```
public abstract class StorageConformance extends StorageReadConformance {
  private static final int SIZE = 300_007;
  private static final int PIECE = 7001;

  /// Sets it up; the tests set up theirs in their own constructors.
  protected StorageConformance() {}

  private static void write(Draft draft, String name, byte[] content) throws IOException {
    try (Sink sink = draft.create(name, content.length)) {
      sink.write(MemorySegment.ofArray(content), 0);
      sink.sync();
    }
  }

  private void assertAbsent(String name) throws IOException {
    assertEquals(Kind.ABSENT, storage().kind(at(name)), name);
  }

  private List<String> names() throws IOException {
    return storage().list(folder()).stream().map(Entry::name).sorted().toList();
  }

  @Test
  public final void aFolderAppearsWhenItIsPublished() throws IOException {
    put("beside.bin", 3);
    byte[] content = Bytes.random(1, SIZE);
    try (Draft draft = storage().draft(at("out"), true)) {
      write(draft, "model.bin", content);
      draft.write("config.json", new byte[] {'{', '}'});
      draft.write("deep/er/words.txt", new byte[] {'a'});
      assertAbsent("out");
      assertAbsent("out/model.bin");
      draft.publish();
      assertEquals(Kind.FOLDER, storage().kind(at("out")));
    }
    assertArrayEquals(content, content(at("out/model.bin")));
    assertArrayEquals(new byte[] {'{', '}'}, content(at("out/config.json")));
    assertArrayEquals(new byte[] {'a'}, content(at("out/deep/er/words.txt")));
    assertEquals(
        List.of("config.json", "deep", "model.bin"),
        storage().list(at("out")).stream().map(Entry::name).toList());
    assertEquals(List.of("beside.bin", "out"), names(), "nothing else is left");
  }

  @Test
  public final void aFileAppearsWhenItIsPublishedWhateverItIsCalledInTheDraft() throws IOException {
    put("beside.bin", 3);
    byte[] content = Bytes.random(1, SIZE);
    try (Draft draft = storage().draft(at("out.bin"), false)) {
      write(draft, "anything", content);
      assertAbsent("out.bin");
      draft.publish();
    }
    assertEquals(Kind.FILE, storage().kind(at("out.bin")));
    assertArrayEquals(content, content(at("out.bin")));
    assertEquals(List.of("beside.bin", "out.bin"), names(), "nothing else is left");
  }

  @Test
  public final void anOutputMayLieInFoldersThatAreNotThereYet() throws IOException {
    put("beside.bin", 3);
    Location out = at("not/there/yet/out.bin");
    assertEquals(Optional.empty(), storage().obstacle(out));
    storage().room(out, false, 1).ifPresent(bytes -> assertTrue(bytes >= 0));
    assertAbsent("not");
    try (Draft draft = storage().draft(out, false)) {
      write(draft, "out.bin", new byte[] {1});
      draft.publish();
    }
    assertArrayEquals(new byte[] {1}, content(out));
  }

  @Test
  public final void aDraftThatIsClosedLeavesWhatWas() throws IOException {
    byte[] file = put("out.bin", 100);
    byte[] inside = put("out/old.bin", 100);
    for (String name : List.of("out.bin", "new.bin", "out", "new")) {
      try (Draft draft = storage().draft(at(name), !name.endsWith(".bin"))) {
        write(draft, "model.bin", new byte[SIZE]);
        draft.write("model.txt", new byte[10]);
      }
    }
    assertEquals(List.of("out", "out.bin"), names());
    assertArrayEquals(file, content(at("out.bin")));
    assertArrayEquals(inside, content(at("out/old.bin")));
    assertEquals(1, storage().list(at("out")).size());
  }

  @Test
  public final void whatIsPublishedReplacesAllThatWasThere() throws IOException {
    put("out/old.bin", 100);
    put("out/model.bin", 100);
    put("out/deep/old.bin", 100);
    put("out.bin", 100);
    try (Draft folder = storage().draft(at("out"), true);
        Draft file = storage().draft(at("out.bin"), false)) {
      write(folder, "model.bin", new byte[] {1});
      write(file, "out.bin", new byte[] {2});
      assertEquals(100, content(at("out.bin")).length, "not before it is published");
      assertEquals(100, content(at("out/old.bin")).length, "not before it is published");
      folder.publish();
      file.publish();
    }
    assertArrayEquals(new byte[] {1}, content(at("out/model.bin")));
    assertArrayEquals(new byte[] {2}, content(at("out.bin")));
    assertEquals(
        List.of("model.bin"), storage().list(at("out")).stream().map(Entry::name).toList());
  }

  @Test
  public final void aStampTellsThatTheFileWasReplaced() throws IOException {
    byte[] content = put("out.bin", 100);
    try (ByteSource source = storage().open(at("out.bin"))) {
      String before = source.stamp().state();
      content[0] ^= 1;
      try (Draft draft = storage().draft(at("out.bin"), false)) {
        write(draft, "out.bin", content);
        assertEquals(before, source.stamp().state());
        draft.publish();
      }
      assertNotEquals(before, source.stamp().state());
    }
  }

  @Test
  public final void aSinkIsWrittenInAnyOrderByManyThreads() throws Exception {
    byte[] content = Bytes.random(7, SIZE);
    List<Integer> pieces = new ArrayList<>();
    for (int from = 0; from < SIZE; from += PIECE) {
      pieces.add(from);
    }
    Collections.shuffle(pieces, new Random(7));
    try (Draft draft = storage().draft(at("out"), true);
        Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(SIZE, 4096);
      memory.copyFrom(MemorySegment.ofArray(content));
      try (Sink sink = draft.create("model.bin", SIZE)) {
        Parallel.run(
            thread -> {
              for (int i = thread; i < pieces.size(); i += Parallel.THREADS) {
                int from = pieces.get(i);
                MemorySegment all = i % 2 == 0 ? memory : MemorySegment.ofArray(content);
                sink.write(all.asSlice(from, Math.min(PIECE, SIZE - from)), from);
              }
            });
        sink.sync();
      }
      draft.publish();
    }
    assertArrayEquals(content, content(at("out/model.bin")));
  }

  @Test
  public final void manySinksAreOpenAtOnce() throws IOException {
    try (Draft draft = storage().draft(at("out"), true)) {
      List<Sink> sinks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sinks.add(draft.create("shard-" + i, 100));
      }
      for (int i = 0; i < 20; i++) {
        sinks.get(i).write(MemorySegment.ofArray(Bytes.random(i, 100)), 0);
      }
      for (Sink sink : sinks) {
        sink.sync();
        sink.close();
      }
      draft.publish();
    }
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(Bytes.random(i, 100), content(at("out/shard-" + i)));
    }
  }

  @Test
  public final void whatIsBegunAgainReplacesWhatWasBegun() throws IOException {
    try (Draft draft = storage().draft(at("out"), true)) {
      write(draft, "model.bin", Bytes.random(1, 500));
      write(draft, "model.bin", Bytes.random(2, 400));
      draft.write("words.txt", Bytes.random(3, 500));
      draft.write("words.txt", Bytes.random(4, 400));
      write(draft, "empty.bin", new byte[0]);
      draft.publish();
    }
    assertArrayEquals(Bytes.random(2, 400), content(at("out/model.bin")));
    assertArrayEquals(Bytes.random(4, 400), content(at("out/words.txt")));
    assertEquals(0, content(at("out/empty.bin")).length);
  }

  @Test
  public final void aCopyIsTheSame() throws IOException {
    byte[] content = put("weights.bin", SIZE);
    try (ByteSource source = storage().open(at("weights.bin"));
        Draft draft = storage().draft(at("out"), true)) {
      draft.copy("deep/copy.bin", source);
      draft.publish();
    }
    assertArrayEquals(content, content(at("out/deep/copy.bin")));
    assertArrayEquals(content, content(at("weights.bin")));
  }

  @Test
  public final void namesThatLeadOutOfTheDraftAreRefused() throws IOException {
    put("secret.txt", 10);
    byte[] secret = content(at("secret.txt"));
    try (Draft draft = storage().draft(at("out"), true)) {
      for (String name :
          List.of("../secret.txt", "a/../../secret.txt", "..", "a/..", "/tmp/secret.txt", "")) {
        assertRefused(name, () -> draft.create(name, 10).close());
        assertRefused(name, () -> draft.write(name, new byte[10]));
        try (ByteSource source = storage().open(at("secret.txt"))) {
          assertRefused(name, () -> draft.copy(name, source));
        }
      }
      draft.publish();
    }
    assertArrayEquals(secret, content(at("secret.txt")));
    assertEquals(List.of(), storage().list(at("out")), "and nothing was begun");
  }

  private static void assertRefused(
      String name, org.junit.jupiter.api.function.Executable attempt) {
    assertThrows(IllegalArgumentException.class, attempt, () -> "the name '" + name + "'");
  }

  /// One of two is refused, or the output is one of the two.
  @Test
  public final void twoDraftsOfOneOutputNeverMix() throws IOException {
    byte[] first = Bytes.random(1, 1000);
    byte[] second = Bytes.random(2, 900);
    try (Draft draft = storage().draft(at("out"), true)) {
      write(draft, "model.bin", first);
      draft.write("first.txt", new byte[1]);
      try (Draft other = storage().draft(at("out"), true)) {
        write(other, "model.bin", second);
        draft.publish();
        other.publish();
      } catch (RequestException e) {
        draft.publish();
      }
    }
    byte[] published = content(at("out/model.bin"));
    boolean isFirst = Arrays.equals(first, published);
    assertTrue(isFirst || Arrays.equals(second, published), "one of the two");
    assertEquals(isFirst ? 2 : 1, storage().list(at("out")).size(), "and nothing of the other");
  }

  /// Storages that cannot have a file written by many JVMs say so by telling no place.
  @Test
  public final void thoseWhoJoinWriteTheSameFileAndNoLaterOne() throws IOException {
    byte[] content = Bytes.random(1, 3000);
    byte[] again = Bytes.random(2, 3000);
    try (Draft draft = storage().draft(at("out"), true)) {
      Sink ours = draft.create("model.bin", content.length);
      Optional<Location> place = ours.shared();
      if (place.isEmpty()) {
        assertThrows(RequestException.class, () -> storage().join(at("out/model.bin")));
        return;
      }
      write(ours, content, 0, 1000);
      join(place.get(), content, 1000, 3000);
      join(place.get(), content, 2000, 3000);
      ours.sync();
      ours.close();
      Sink second = draft.create("second.bin", again.length);
      write(second, content, 0, 3000);
      second.close();
      Sink instead = draft.create("second.bin", again.length);
      assertThrows(
          IOException.class, () -> join(second.shared().orElseThrow(), content, 0, 3000), "gone");
      write(instead, again, 0, 3000);
      instead.close();
      draft.publish();
      assertThrows(IOException.class, () -> join(place.get(), again, 0, 3000), "published");
    }
    assertArrayEquals(content, content(at("out/model.bin")));
    assertArrayEquals(again, content(at("out/second.bin")));
  }

  private void join(Location place, byte[] content, int from, int to) throws IOException {
    try (Sink joined = storage().join(place)) {
      write(joined, content, from, to);
      joined.sync();
    }
  }

  private static void write(Sink sink, byte[] content, int from, int to) throws IOException {
    sink.write(MemorySegment.ofArray(content).asSlice(from, to - from), from);
  }

  @Test
  public final void anOutputIsMadeAgainAndAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Draft draft = storage().draft(at("out"), true)) {
        write(draft, "model-" + i, new byte[] {(byte) i});
        draft.publish();
      }
    }
    assertEquals(List.of("model-2"), storage().list(at("out")).stream().map(Entry::name).toList());
  }
}
