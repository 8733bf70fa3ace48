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
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;
import org.lines4j.tensor.DType;

/// The encoder that is shipped against PyTorch: `tools/icon-clip/make_golden.py` wrote the files.
class IconBaseTest {
  @TempDir private Path folder;

  private static float[] expected(String name) throws IOException, URISyntaxException {
    Path golden =
        Path.of(Objects.requireNonNull(IconBaseTest.class.getResource("golden-icon-base")).toURI());
    try (Checkpoint file = Checkpoint.open(golden.resolve("expected.safetensors"))) {
      StoredTensor tensor = file.find(name).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      file.source(tensor).read(0, bytes);
      return bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  @Test
  void itSeesWhatPyTorchSees() throws IOException, URISyntaxException {
    Path base = folder.resolve("base");
    IconBase.write(base);
    Images images = new Images(Raster.COLOUR_32, expected("images"), new int[5]);
    try (Encoder encoder = Encoder.load(base)) {
      assertEquals(TextConfig.MINI_LM.width(), encoder.config().embedding());
      assertArrayEquals(expected("embeddings"), encoder.embed(images), 1e-4f);
    }
  }

  @Test
  void itIsWrittenInFloat32AndLeftAloneAfterwards() throws IOException {
    Path base = folder.resolve("base");
    IconBase.write(base);
    try (Checkpoint checkpoint = Checkpoint.open(base)) {
      assertTrue(checkpoint.infos().stream().allMatch(info -> info.dtype() == DType.F32));
    }
    FileTime before = Files.getLastModifiedTime(base.resolve("model.safetensors"));
    IconBase.write(base);
    assertEquals(before, Files.getLastModifiedTime(base.resolve("model.safetensors")));
  }
}
