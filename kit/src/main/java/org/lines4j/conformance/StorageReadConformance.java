package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// What every [Storage] must do that is read from. One that is written to as well is tested by
/// [StorageConformance], which includes this.
@Timeout(300)
public abstract class StorageReadConformance {
  private static final int SIZE = 300_007;
  private static final int READS = 300;

  /// More than a process may commonly have open without a thought.
  private static final int MANY_FILES = 300;

  /// Longer than clocks of file systems are coarse.
  private static final int A_MOMENT = 50;

  private Location folder = new Location("", "");

  /// Sets it up; the tests set up theirs in their own constructors.
  protected StorageReadConformance() {}

  /// The storage under test, which must be registered as a service.
  protected abstract Storage storage();

  /// A folder for one test: where it lies, nothing is but what the test puts there. Called before
  /// each.
  protected abstract Location newFolder() throws IOException;

  /// Makes a file, or overwrites one, by other means than the storage, with the folders above it.
  protected abstract void put(Location file, byte[] content) throws IOException;

  /// Removes a file by other means than the storage.
  protected abstract void remove(Location file) throws IOException;

  /// Whether names stand for versions: what was opened, or looked at, stays as it was, whatever is
  /// put in its place later.
  protected boolean keepsVersions() {
    return false;
  }

  /// Whether files lie in folders, and can be listed.
  protected boolean hasFolders() {
    return true;
  }

  /// Makes a link to a file by other means than the storage; false where there are no links.
  protected boolean link(Location place, Location target) throws IOException {
    return false;
  }

  @BeforeEach
  final void beginFolder() throws IOException {
    folder = newFolder();
  }

  /// What lies in the test's folder under that name.
  final Location at(String name) {
    return folder.child(name);
  }

  /// The test's folder.
  final Location folder() {
    return folder;
  }

  /// A file of random bytes.
  final byte[] put(String name, int size) throws IOException {
    byte[] content = Bytes.random(name.hashCode(), size);
    put(at(name), content);
    return content;
  }

  /// All of a file, through the storage.
  final byte[] content(Location file) throws IOException {
    try (ByteSource source = storage().open(file)) {
      byte[] content = new byte[Math.toIntExact(source.size())];
      source.read(0, MemorySegment.ofArray(content));
      return content;
    }
  }

  @Test
  public final void itIsFoundByItsScheme() {
    assertEquals(folder.scheme(), storage().scheme());
    assertEquals(storage().getClass(), Storages.of(folder).getClass());
  }

  @Test
  public final void itTellsFilesFromFoldersAndFromNothing() throws IOException {
    put("model/deep/weights.bin", 10);
    put("model-2/weights.bin", 10);
    assertEquals(Kind.FILE, storage().kind(at("model/deep/weights.bin")));
    Kind folder = hasFolders() ? Kind.FOLDER : Kind.ABSENT;
    assertEquals(folder, storage().kind(at("model/deep")));
    assertEquals(folder, storage().kind(at("model")));
    assertEquals(Kind.ABSENT, storage().kind(at("mod")), "the beginning of a name is no folder");
    assertEquals(Kind.ABSENT, storage().kind(at("model/weights.bin")));
    assertEquals(Kind.ABSENT, storage().kind(at("model/deep/weights.bin/x")));
  }

  @Test
  public final void aFolderListsWhatLiesInItByName() throws IOException {
    assumeTrue(hasFolders(), "this storage has no folders");
    put("model/b.bin", 5);
    put("model/a.bin", 0);
    put("model/deep/er/x.bin", 7);
    put("model-2/x.bin", 7);
    put("model.txt", 7);
    assertEquals(
        List.of("a.bin FILE 0", "b.bin FILE 5", "deep FOLDER"), listed(at("model")), "the listing");
    assertEquals(List.of("er FOLDER"), listed(at("model/deep")));
  }

  private List<String> listed(Location place) throws IOException {
    List<String> listed = new ArrayList<>();
    for (Entry entry : storage().list(place)) {
      String size = entry.kind() == Kind.FILE ? " " + entry.size() : "";
      listed.add(entry.name() + " " + entry.kind() + size);
      assertFalse(entry.link(), entry.name());
    }
    return listed;
  }

  @Test
  public final void aFileIsReadAtAnyPlaceAndLength() throws IOException {
    byte[] content = put("weights.bin", SIZE);
    try (ByteSource source = storage().open(at("weights.bin"))) {
      assertEquals(SIZE, source.size());
      assertEquals(at("weights.bin").toString(), source.location().toString());
      assertTrue(source.request() > 0);
      for (boolean isNative : List.of(false, true)) {
        assertArrayEquals(content, Bytes.read(source::read, 0, SIZE, isNative));
        check(source, content, 0, 0, isNative);
        check(source, content, SIZE, 0, isNative);
        check(source, content, SIZE - 1, 1, isNative);
        checkSome(source, content, 1, isNative);
      }
    }
  }

  private static void checkSome(ByteSource source, byte[] content, long seed, boolean isNative)
      throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < READS; i++) {
      int from = random.nextInt(content.length);
      int most = random.nextBoolean() ? 100 : 70_000;
      check(source, content, from, random.nextInt(Math.min(most, content.length - from)), isNative);
    }
  }

  private static void check(
      ByteSource source, byte[] content, int from, int count, boolean isNative) throws IOException {
    assertArrayEquals(
        Arrays.copyOfRange(content, from, from + count),
        Bytes.read(source::read, from, count, isNative),
        () -> count + " bytes from " + from);
  }

  @Test
  public final void manyThreadsReadOneSource() throws Exception {
    byte[] content = put("weights.bin", SIZE);
    try (ByteSource source = storage().open(at("weights.bin"))) {
      Parallel.run(thread -> checkSome(source, content, thread, thread % 2 == 0));
    }
  }

  @Test
  public final void manyFilesAreOpenAtOnce() throws Exception {
    for (int i = 0; i < MANY_FILES; i++) {
      put("shard-" + i, 1000 + i);
    }
    List<ByteSource> sources = new ArrayList<>();
    try {
      for (int i = 0; i < MANY_FILES; i++) {
        sources.add(storage().open(at("shard-" + i)));
      }
      Parallel.run(
          thread -> {
            for (int i = thread; i < 2 * MANY_FILES; i++) {
              int shard = i % MANY_FILES;
              byte[] content = Bytes.random(("shard-" + shard).hashCode(), 1000 + shard);
              check(sources.get(shard), content, i, 300, true);
            }
          });
    } finally {
      for (ByteSource source : sources) {
        source.close();
      }
    }
  }

  @Test
  public final void whatLiesBehindTheEndCannotBeRead() throws IOException {
    byte[] content = put("weights.bin", 1000);
    put("empty.bin", 0);
    try (ByteSource source = storage().open(at("weights.bin"));
        ByteSource empty = storage().open(at("empty.bin"))) {
      assertEof(source, 1000, 1);
      assertEof(source, 999, 2);
      assertEof(source, 0, 1001);
      assertEof(source, 5000, 10);
      assertEof(source, 1L << 40, 10);
      assertEof(empty, 0, 1);
      assertEquals(0, empty.size());
      assertThrows(
          IOException.class,
          () -> source.read(Long.MAX_VALUE - 3, MemorySegment.ofArray(new byte[8])),
          "an end that no number can say");
      assertThrows(Exception.class, () -> source.read(-1, MemorySegment.ofArray(new byte[8])));
      check(source, content, 990, 10, true);
    }
  }

  private static void assertEof(ByteSource source, long from, int count) {
    assertThrows(
        EOFException.class,
        () -> source.read(from, MemorySegment.ofArray(new byte[count])),
        () -> count + " bytes from " + from);
  }

  @Test
  public final void closingOneSourceLeavesOthersOfTheFileOpen() throws IOException {
    byte[] content = put("weights.bin", 1000);
    ByteSource first = storage().open(at("weights.bin"));
    try (ByteSource second = storage().open(at("weights.bin"))) {
      check(first, content, 0, 10, true);
      first.close();
      check(second, content, 990, 10, true);
    }
  }

  @Test
  public final void whatIsNoFileIsNotOpened() throws IOException {
    put("model/weights.bin", 10);
    assertThrows(IOException.class, () -> content(at("model/none.bin")));
    assertThrows(
        IOException.class,
        () -> {
          try (ByteSource source = storage().open(at("model"))) {
            source.read(0, MemorySegment.ofArray(new byte[1]));
          }
        },
        "a folder");
  }

  @Test
  public final void aStampStaysWhileTheFileDoes() throws IOException {
    put("weights.bin", 1000);
    put("other.bin", 1000);
    try (ByteSource source = storage().open(at("weights.bin"));
        ByteSource again = storage().open(at("weights.bin"));
        ByteSource other = storage().open(at("other.bin"))) {
      Stamp first = source.stamp();
      Bytes.read(source::read, 0, 1000, true);
      assertEquals(first, source.stamp());
      assertEquals(first, again.stamp());
      if (first.identity().isPresent()) {
        assertNotEquals(
            first.identity().map(Stamp.Identity::text),
            other.stamp().identity().map(Stamp.Identity::text));
      }
      assertEquals(source.sha256(), again.sha256());
    }
  }

  @Test
  public final void aStampTellsThatTheFileChanged() throws IOException, InterruptedException {
    assumeFalse(keepsVersions(), "what is open does not change");
    byte[] content = put("weights.bin", 1000);
    try (ByteSource source = storage().open(at("weights.bin"))) {
      Stamp first = source.stamp();
      content[500] ^= 1;
      Thread.sleep(A_MOMENT);
      put(at("weights.bin"), content);
      Stamp overwritten = source.stamp();
      assertNotEquals(first.state(), overwritten.state(), "another content of the same length");
      first
          .identity()
          .ifPresent(
              identity ->
                  assertNotEquals(
                      Optional.of(identity.text()),
                      overwritten.identity().map(Stamp.Identity::text)));
      put(at("weights.bin"), Arrays.copyOf(content, 999));
      assertNotEquals(overwritten.state(), source.stamp().state(), "another length");
      remove(at("weights.bin"));
      assertThrows(IOException.class, source::stamp, "the file is gone");
    }
  }

  @Test
  public final void aVersionStays() throws IOException {
    assumeTrue(keepsVersions(), "what is open changes");
    byte[] content = put("weights.bin", SIZE);
    try (ByteSource source = storage().open(at("weights.bin"))) {
      Stamp first = source.stamp();
      put(at("weights.bin"), new byte[SIZE]);
      assertEquals(first.state(), source.stamp().state());
      assertArrayEquals(content, Bytes.read(source::read, 0, SIZE, true));
    }
    assertArrayEquals(content, content(at("weights.bin")), "looked at before it was replaced");
  }

  @Test
  public final void aSourceNeverMixesTwoContents() throws IOException, InterruptedException {
    byte[] content = put("weights.bin", SIZE);
    try (ByteSource source = storage().open(at("weights.bin"))) {
      check(source, content, 0, 10, true);
      Stamp first = source.stamp();
      Thread.sleep(A_MOMENT);
      put(at("weights.bin"), new byte[SIZE]);
      try {
        byte[] read = Bytes.read(source::read, 0, SIZE, true);
        assertTrue(
            Arrays.equals(content, read) || !first.state().equals(source.stamp().state()),
            "other bytes were read, and the stamp does not say so");
      } catch (IOException e) {
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
      }
    }
  }

  @Test
  public final void aPlaceHasOneRealName() throws IOException {
    put("model/a.bin", 10);
    put("model/b.bin", 10);
    Location real = storage().real(at("model/a.bin"));
    assertEquals(real, storage().real(real));
    assertNotEquals(real, storage().real(at("model/b.bin")));
    assertEquals(Kind.FILE, storage().kind(real));
  }

  @Test
  public final void itKnowsWhatLiesInWhat() throws IOException {
    put("model/deep/a.bin", 10);
    put("model-2/a.bin", 10);
    assertTrue(storage().contains(at("model"), at("model")));
    assertTrue(storage().contains(at("model"), at("model/deep/a.bin")));
    assertTrue(storage().contains(at("model"), at("model/not/there/yet.bin")));
    assertFalse(storage().contains(at("model"), at("model-2/a.bin")), "a name that begins alike");
    assertFalse(storage().contains(at("model"), at("model-2")));
    assertFalse(storage().contains(at("model/deep"), at("model")));
    assertTrue(storage().isOwn(at("model"), at("model/deep/a.bin")));
  }

  @Test
  public final void linksAreKnownForWhatTheyAre() throws IOException {
    byte[] content = put("model/a.bin", 10);
    put("secret.txt", 10);
    assumeTrue(link(at("model/inside.bin"), at("model/a.bin")), "this storage has no links");
    assertTrue(link(at("model/outside.txt"), at("secret.txt")));
    assertTrue(link(at("model/nowhere"), at("none")));
    assertEquals(Kind.FILE, storage().kind(at("model/inside.bin")));
    assertEquals(Kind.ABSENT, storage().kind(at("model/nowhere")));
    assertArrayEquals(content, content(at("model/inside.bin")));
    assertEquals(storage().real(at("model/a.bin")), storage().real(at("model/inside.bin")));
    assertTrue(storage().isOwn(at("model"), at("model/inside.bin")));
    assertFalse(storage().isOwn(at("model"), at("model/outside.txt")), "it leads out");
    for (Entry entry : storage().list(at("model"))) {
      assertEquals(!entry.name().equals("a.bin"), entry.link(), entry.name());
    }
  }
}
