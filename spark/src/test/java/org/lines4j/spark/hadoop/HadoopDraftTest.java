package org.lines4j.spark.hadoop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// Files that several processes write, and runs that die.
@Tag("slow")
class HadoopDraftTest {
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final int SIZE = 10_000;

  private static int tests;

  @TempDir private Path disk;
  private final byte[] content = new byte[SIZE];
  private final String table = "draft" + ++tests; // Hadoop remembers what it has mounted
  private final String mount = "spark.hadoop.fs.viewfs.mounttable.%s.link./here".formatted(table);
  private final Location out = Location.parse("viewfs://%s/here/out".formatted(table));

  HadoopDraftTest() {
    new Random(5).nextBytes(content);
  }

  @BeforeEach
  void mount() {
    System.setProperty(mount, disk.toUri().toString());
  }

  @AfterEach
  void unmount() {
    System.clearProperty(mount);
  }

  private HadoopDraft draft() throws IOException {
    return HadoopDraft.begin(Place.of(out), true, BEAT);
  }

  private void write(Sink sink, int from, int to) throws IOException {
    sink.write(MemorySegment.ofArray(content).asSlice(from, to - from), from);
  }

  private void join(Sink sink, int from, int to) throws IOException {
    try (Sink joined = new HadoopStorage.Mounted().join(sink.shared().orElseThrow())) {
      write(joined, from, to);
      joined.sync();
    }
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(disk)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> disk.relativize(file).toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  @Test
  void whatSeveralHaveWrittenOverlapsAsItLikes() throws IOException {
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      join(sink, 0, 3000);
      join(sink, 0, 3000);
      join(sink, 1000, 5000);
      join(sink, 2000, 4000);
      join(sink, 4500, 9000);
      write(sink, 9000, SIZE);
      draft.publish();
    }
    assertArrayEquals(content, Files.readAllBytes(disk.resolve("out/model.bin")));
    assertEquals(List.of("out/model.bin"), left());
  }

  @Test
  void whatWasNotFinishedIsNotTaken() throws IOException {
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      join(sink, 0, 3000);
      Sink joined = new HadoopStorage.Mounted().join(sink.shared().orElseThrow());
      write(joined, 3000, SIZE);
      joined.close();
      IOException e = assertThrows(IOException.class, draft::publish);
      assertTrue(
          String.valueOf(e.getMessage()).contains("byte 3,000 of 10,000 was never written"),
          e.getMessage());
    }
    assertEquals(List.of(), left());
  }

  @Test
  void whoOutlivesARunMakesNothing() throws IOException {
    Sink joined;
    try (Draft draft = draft()) {
      Sink sink = draft.create("model.bin", SIZE);
      joined = new HadoopStorage.Mounted().join(sink.shared().orElseThrow());
    }
    assertThrows(IOException.class, () -> write(joined, 0, 100));
    assertEquals(List.of(), left());
    assertFalse(Files.exists(disk.resolve(".out.lines-partial")));
  }

  @Test
  void aRunThatLivesKeepsItsOutput() throws IOException {
    try (Draft draft = draft()) {
      assertThrows(RequestException.class, this::draft);
      draft.write("a", new byte[] {1});
      draft.publish();
    }
    assertEquals(List.of("out/a"), left());
  }

  /// It died between the two moves of a replacement.
  @Test
  void whatAKilledRunHasLeftIsClearedAndTheOldOutputPutBack() throws IOException {
    Path old = Files.createDirectories(disk.resolve(".out.lines-partial/old"));
    Files.write(old.resolve("a"), content);
    Files.createDirectories(disk.resolve(".out.lines-partial/x/parts/y"));
    Files.write(disk.resolve(".out.lines-partial/x/parts/y/0-10"), new byte[10]);
    Files.writeString(disk.resolve(".out.lines-partial/lock"), "elsewhere\n1\n\n");
    draft().close();
    assertArrayEquals(content, Files.readAllBytes(disk.resolve("out/a")));
    assertEquals(List.of("out/a"), left());
  }
}
