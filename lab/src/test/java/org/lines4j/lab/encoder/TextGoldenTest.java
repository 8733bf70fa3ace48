package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import tools.jackson.databind.json.JsonMapper;

/// The sentence encoder against onnxruntime: `tools/lab-encoder/make_text_golden.py` wrote the
/// files.
class TextGoldenTest {
  private static final int WIDTH = TextConfig.MINI_LM.width();

  @TempDir private static Path folder;

  private static Path base() {
    return folder.resolve("base");
  }

  @BeforeAll
  static void readTheGraph() throws IOException {
    MiniLm.write(base());
  }

  private static Path golden(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(TextGoldenTest.class.getResource("golden-text/" + name)).toURI());
  }

  private static MemorySegment expected(String name) throws IOException, URISyntaxException {
    try (Checkpoint file = Checkpoint.open(golden("expected.safetensors"))) {
      StoredTensor tensor = file.find(name).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      file.source(tensor).read(0, bytes);
      return bytes;
    }
  }

  private static List<int[]> tokens(int most) throws IOException, URISyntaxException {
    String[] texts =
        JsonMapper.shared().readValue(Files.readString(golden("texts.json")), String[].class);
    try (WordPieces pieces = MiniLm.wordPieces()) {
      return pieces.of(List.of(texts), most);
    }
  }

  @Test
  void textsBecomeTheTokensOfTheReference() throws Exception {
    List<int[]> tokens = tokens(512);
    int[] ids = expected("ids").toArray(ValueLayout.JAVA_INT_UNALIGNED);
    int[] lengths = expected("lengths").toArray(ValueLayout.JAVA_INT_UNALIGNED);
    assertArrayEquals(lengths, tokens.stream().mapToInt(own -> own.length).toArray());
    assertArrayEquals(ids, tokens.stream().flatMapToInt(Arrays::stream).toArray());
  }

  @Test
  void aLongTextKeepsTheMarkAtItsEnd() throws Exception {
    for (int[] own : tokens(6)) {
      assertTrue(own.length <= 6);
      assertEquals(101, own[0]);
      assertEquals(102, own[own.length - 1]);
    }
  }

  @Test
  void theForwardPassEqualsOnnxruntimes() throws Exception {
    float[] expected = expected("embeddings").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    List<int[]> tokens = tokens(512);
    try (TextEncoder encoder = TextEncoder.load(base(), TextConfig.MINI_LM)) {
      assertArrayEquals(expected, encoder.embed(tokens), 1e-4f);
      float[] alone = encoder.embed(tokens.subList(1, 2));
      assertArrayEquals(Arrays.copyOfRange(expected, WIDTH, 2 * WIDTH), alone, 1e-4f);
    }
  }

  /// Two texts that belong to each other's class vectors are told apart after a few steps; rows of
  /// tokens that no text uses stay as they are.
  @Test
  void fineTuningTeachesATaskAndTouchesOnlyTheTokensInUse() throws Exception {
    List<int[]> tokens = tokens(8).subList(0, 2);
    ClassVectors heads;
    try (TextEncoder encoder = TextEncoder.load(base(), TextConfig.MINI_LM)) {
      float[] own = encoder.embed(tokens);
      float[][] swapped = {
        Arrays.copyOfRange(own, WIDTH, 2 * WIDTH), Arrays.copyOfRange(own, 0, WIDTH)
      };
      heads = ClassVectors.of(java.util.Map.of("swapped", swapped));
    }
    TrainingSettings settings = new TrainingSettings(8, 4, 4e-4, 1, 0, 0, 25, 1);
    TextJob job =
        new TextJob(
            folder.resolve("tuned"),
            base(),
            TextConfig.MINI_LM,
            "swapped",
            heads,
            new TokenTexts(tokens, new int[] {0, 1}),
            settings);
    List<TrainingEvent> events = new ArrayList<>();
    Consumer<TrainingEvent> listener = events::add;
    TrainingJobs.run(List.of(job), 1, listener);
    try (TextEncoder tuned = TextEncoder.load(job.out(), TextConfig.MINI_LM)) {
      assertEquals(1, Accuracy.of(tuned.embed(tokens), new int[] {0, 1}, heads.of("swapped")));
    }
    float[] before = TextEncoder.read(base(), TextConfig.MINI_LM);
    float[] after = TextEncoder.read(job.out(), TextConfig.MINI_LM);
    int[] used = tokens.stream().flatMapToInt(Arrays::stream).distinct().sorted().toArray();
    for (int row = 0; row < TextConfig.MINI_LM.vocabulary(); row += 1) {
      boolean same =
          Arrays.equals(
              before, row * WIDTH, (row + 1) * WIDTH, after, row * WIDTH, (row + 1) * WIDTH);
      assertEquals(Arrays.binarySearch(used, row) < 0, same, "row " + row);
    }
    TrainingJobs.run(List.of(job), 1, listener);
    assertEquals(new TrainingEvent.Skipped(job), events.getLast());
  }
}
