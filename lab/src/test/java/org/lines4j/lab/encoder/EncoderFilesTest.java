package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.tensor.TensorInfo;

class EncoderFilesTest {
  private static final EncoderConfig CONFIG = new EncoderConfig(3, 32, 2, 48, 6, 24);

  @TempDir private Path folder;

  private Path saved() throws IOException {
    Path model = folder.resolve("model");
    try (Encoder encoder = Encoder.create(CONFIG, 5)) {
      encoder.save(model);
    }
    return model;
  }

  private static Images bars(int count) {
    return new Bars("bars").render(1, Split.TEST, Shift.NONE, 0, count);
  }

  @Test
  void whatIsSavedIsLoadedBitForBit() throws IOException {
    try (Encoder encoder = Encoder.create(CONFIG, 5);
        Encoder loaded = Encoder.load(saved())) {
      assertEquals(CONFIG, loaded.config());
      assertArrayEquals(encoder.values(), loaded.values());
      assertArrayEquals(encoder.embed(bars(3)), loaded.embed(bars(3)));
    }
  }

  @Test
  void theSeedDeterminesTheWeights() {
    try (Encoder one = Encoder.create(CONFIG, 5);
        Encoder same = Encoder.create(CONFIG, 5);
        Encoder other = Encoder.create(CONFIG, 6)) {
      assertArrayEquals(one.values(), same.values());
      assertTrue(!Arrays.equals(one.values(), other.values()));
    }
  }

  @Test
  void aSavedEncoderIsNotOverwritten() throws IOException {
    Path model = saved();
    try (Encoder encoder = Encoder.create(CONFIG, 6)) {
      assertThrows(RequestException.class, () -> encoder.save(model));
    }
  }

  @Test
  void theVectorsHaveLengthOne() {
    try (Encoder encoder = Encoder.create(CONFIG, 5)) {
      float[] vectors = encoder.embed(bars(65));
      assertEquals(65 * 24, vectors.length);
      for (int image = 0; image < 65; image++) {
        double squares = 0;
        for (int i = 0; i < 24; i++) {
          squares += vectors[image * 24 + i] * (double) vectors[image * 24 + i];
        }
        assertEquals(1, squares, 1e-5);
      }
    }
  }

  @Test
  void threadsThatShareAnEncoderGetTheSameBits() throws Exception {
    Images images = bars(100);
    try (Encoder encoder = Encoder.create(CONFIG, 5);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      float[] expected = encoder.embed(images);
      List<Callable<float[]>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        calls.add(() -> encoder.embed(images));
      }
      for (Future<float[]> vectors : threads.invokeAll(calls)) {
        assertArrayEquals(expected, vectors.get());
      }
    }
  }

  @Test
  void theFileHasOneStackOfBlocksBetweenEmbeddingsAndProjection() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(saved())) {
      LayerMap map = LayerMap.detect(checkpoint.infos(), LayerOptions.defaults());
      assertEquals(1, map.stacks().size());
      assertEquals(CONFIG.blocks(), map.stacks().getFirst().layers());
      Map<String, Place.Side> outside = new HashMap<>();
      int[] inLayer = new int[CONFIG.blocks() + 1];
      for (TensorInfo tensor : checkpoint.infos()) {
        switch (map.place(tensor.name())) {
          case Place.InLayer(_, int layer) -> inLayer[layer]++;
          case Place.Outside(Place.Side side) -> outside.put(tensor.name(), side);
        }
      }
      assertArrayEquals(new int[] {0, 16, 16, 16}, inLayer);
      assertEquals(
          Map.of(
              "vision_model.embeddings.patch_embedding.weight", Place.Side.BEFORE,
              "vision_model.embeddings.position_embedding.weight", Place.Side.BEFORE,
              "vision_model.post_layernorm.weight", Place.Side.AFTER,
              "vision_model.post_layernorm.bias", Place.Side.AFTER,
              "visual_projection.weight", Place.Side.AFTER),
          outside);
    }
  }

  @Test
  void aFileOfOtherSizesIsRefused() throws IOException {
    Path model = saved();
    Path config = model.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceAll("\"projection_dim\" *: *24", "\"projection_dim\" : 32"));
    InputException failure = assertThrows(InputException.class, () -> Encoder.load(model));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("visual_projection.weight: expected "), message);
  }

  @Test
  void aConfigurationOfAnotherModelIsRefused() throws IOException {
    Path model = saved();
    Files.writeString(model.resolve("config.json"), "{\"hidden_size\": 32}");
    InputException failure = assertThrows(InputException.class, () -> Encoder.load(model));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("'num_hidden_layers'"), message);
  }
}
