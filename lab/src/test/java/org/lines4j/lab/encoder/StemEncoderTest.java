package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.tensor.TensorInfo;

/// The encoder of colour images against PyTorch: `tools/icon-clip/make_golden.py` wrote the files.
class StemEncoderTest {
  private static final int IMAGES = 5;

  @TempDir private Path folder;

  private static Path golden() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(StemEncoderTest.class.getResource("golden-stem")).toURI());
  }

  private static float[] expected(String name) throws IOException, URISyntaxException {
    try (Checkpoint file = Checkpoint.open(golden().resolve("expected.safetensors"))) {
      StoredTensor tensor = file.find(name).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      file.source(tensor).read(0, bytes);
      return bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  private static Images images(int... labels) throws IOException, URISyntaxException {
    return new Images(Raster.COLOUR_32, expected("images"), labels);
  }

  @Test
  void theForwardPassEqualsPyTorchs() throws IOException, URISyntaxException {
    try (Encoder encoder = Encoder.load(golden())) {
      assertEquals(new StemConfig(3, 32, 2, 128, 32, 64, 24), encoder.config());
      assertArrayEquals(expected("embeddings"), encoder.embed(images(new int[IMAGES])), 1e-5f);
    }
  }

  @Test
  void anEncoderIsSavedAsItWasRead() throws IOException, URISyntaxException {
    try (Encoder encoder = Encoder.load(golden())) {
      encoder.save(folder.resolve("copy"));
      try (Encoder copy = Encoder.load(folder.resolve("copy"))) {
        assertEquals(encoder.config(), copy.config());
        assertArrayEquals(encoder.values(), copy.values());
      }
    }
  }

  @Test
  void theStemLiesBeforeTheBlocks() throws IOException, URISyntaxException {
    try (Checkpoint checkpoint = Checkpoint.open(golden())) {
      LayerMap map = LayerMap.detect(checkpoint.infos(), LayerOptions.defaults());
      assertEquals(3, map.stacks().getFirst().layers());
      Map<String, Place.Side> outside = new TreeMap<>();
      for (TensorInfo tensor : checkpoint.infos()) {
        if (map.place(tensor.name()) instanceof Place.Outside(Place.Side side)) {
          outside.put(tensor.name().replaceAll("\\.\\d.*|\\.[a-z]+$", ""), side);
        }
      }
      assertEquals(
          Map.of(
              "vision_model.embeddings.stem", Place.Side.BEFORE,
              "vision_model.embeddings.position_embedding", Place.Side.BEFORE,
              "vision_model.post_layernorm", Place.Side.AFTER,
              "visual_projection", Place.Side.AFTER),
          outside);
    }
  }

  @Test
  void greyImagesAreRefused() throws IOException, URISyntaxException {
    try (Encoder encoder = Encoder.load(golden())) {
      Images grey = new Images(new float[Images.PIXELS], new int[1]);
      IllegalArgumentException failure =
          assertThrows(IllegalArgumentException.class, () -> encoder.embed(grey));
      assertEquals(
          "the encoder takes images of Raster[channels=3, side=32], these are of"
              + " Raster[channels=1, side=24]",
          failure.getMessage());
    }
  }

  /// The base's own vectors of the images, each class given another image's.
  @Test
  void fineTuningTeachesATask() throws Exception {
    int[] labels = {1, 2, 3, 4, 0};
    Images images = images(labels);
    float[][] vectors = new float[IMAGES][24];
    for (int i = 0; i < IMAGES; i++) {
      System.arraycopy(expected("embeddings"), 24 * i, vectors[i], 0, 24);
    }
    ClassVectors heads = ClassVectors.of(Map.of("turned", vectors));
    TrainingSettings settings = new TrainingSettings(60, 5, 4e-3, 4, 0, 0, 20, 1);
    ImageJob job =
        new ImageJob(folder.resolve("tuned"), golden(), "turned", heads, images, settings);
    try (Encoder base = Encoder.load(golden())) {
      assertEquals(0, Accuracy.of(base, images, vectors));
    }
    TrainingJobs.run(List.of(job), 1, _ -> {});
    try (Encoder tuned = Encoder.load(job.out())) {
      assertEquals(1, Accuracy.of(tuned, images, vectors));
    }
  }

  @Test
  void aLabelWithoutAClassVectorIsRefused() throws IOException, URISyntaxException {
    ClassVectors heads = ClassVectors.of(Map.of("two", new float[2][24]));
    Images images = images(0, 1, 2, 0, 0);
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new ImageJob(
                    folder, golden(), "two", heads, images, TrainingSettings.of(1, 1e-3, 1)));
    assertEquals("task two: label 2 of 2 class vectors", failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|16|2|32|16|16|8|blocks: expected at least 1, found 0",
        "2|24|2|32|16|16|8|width: expected a multiple of 16, found 24",
        "2|16|2|32|8|16|8|stem_channels: expected a multiple of 16, found 8",
        "2|16|2|32|16|8|8|stem_channels: expected a multiple of 16, found 8",
        "2|16|2|32|16|16|0|embedding: expected at least 1, found 0"
      })
  void sizesThatDoNotFitAreRefused(
      int blocks,
      int width,
      int heads,
      int mlp,
      int first,
      int second,
      int embedding,
      String message) {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> new StemConfig(blocks, width, heads, mlp, first, second, embedding));
    assertEquals(message, failure.getMessage());
  }
}
