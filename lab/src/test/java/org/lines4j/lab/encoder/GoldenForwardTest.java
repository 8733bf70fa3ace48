package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.lab.image.Images;

/// The encoder against PyTorch: `tools/lab-encoder/make_golden.py` wrote the files.
class GoldenForwardTest {
  private static final int IMAGES = 9;

  private static Path golden() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(GoldenForwardTest.class.getResource("golden")).toURI());
  }

  private static float[] expected(String name) throws IOException, URISyntaxException {
    try (Checkpoint file = Checkpoint.open(golden().resolve("expected.safetensors"))) {
      StoredTensor tensor = file.find(name).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      file.source(tensor).read(0, bytes);
      return bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  @Test
  void theForwardPassEqualsPyTorchs() throws IOException, URISyntaxException {
    Images images = new Images(expected("images"), new int[IMAGES]);
    try (Encoder encoder = Encoder.load(golden())) {
      assertArrayEquals(expected("embeddings"), encoder.embed(images), 1e-5f);
    }
  }

  @Test
  void anImageIsEmbeddedAlikeAloneAndAmongOthers() throws IOException, URISyntaxException {
    float[] pixels = expected("images");
    float[] last = Arrays.copyOfRange(pixels, (IMAGES - 1) * Images.PIXELS, pixels.length);
    try (Encoder encoder = Encoder.load(golden())) {
      int length = encoder.config().embedding();
      float[] all = encoder.embed(new Images(pixels, new int[IMAGES]));
      float[] alone = encoder.embed(new Images(last, new int[1]));
      assertEquals(IMAGES * length, all.length);
      assertArrayEquals(Arrays.copyOfRange(all, (IMAGES - 1) * length, all.length), alone, 1e-6f);
    }
  }
}
