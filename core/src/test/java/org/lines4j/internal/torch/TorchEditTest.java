package org.lines4j.internal.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.storage.Location;

/// The folders that the paper's authors publish are edited as they stand.
class TorchEditTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "torch");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"MNISTVal", "DTDVal"})
  void theAuthorsFilesGiveTheirEdit(String task) throws IOException {
    Path models = FOLDER.resolve("lines_layout/ViT-B-32").resolve(task);
    Path out = folder.resolve("lines.safetensors");
    try (Checkpoint base = Checkpoint.open(models.resolve("nonlinear_zeroshot.pt"));
        Checkpoint tuned = Checkpoint.open(models.resolve("nonlinear_finetuned.pt"))) {
      LayerScaling scaling = LayerScaling.lines(0.1, 0.9, Outside.ALPHA);
      Edit.of(base, tuned).withScaling(scaling).plan(out).run();
    }
    Path expected = FOLDER.resolve("expected/lines_layout_" + task + "_edit.safetensors");
    try (Checkpoint wanted = Checkpoint.open(expected);
        Checkpoint made = Checkpoint.open(out)) {
      assertEquals(wanted.tensors().size(), made.tensors().size());
      for (StoredTensor tensor : wanted.tensors()) {
        assertClose(floats(wanted, tensor.name()), floats(made, tensor.name()), tensor.name());
      }
    }
  }

  @Test
  void twoModelsOfOneFileAreNotTheSame() throws IOException {
    String file = FOLDER.resolve("ok/model_and_ema/ckpt.pth").toString();
    try (Checkpoint model = Checkpoint.open(Location.parse(file + "#model"));
        Checkpoint same = Checkpoint.open(Location.parse(file + "#model"));
        Checkpoint average = Checkpoint.open(Location.parse(file + "#ema"))) {
      assertEquals(List.of(), sameModel(model, average));
      assertEquals(1, sameModel(model, same).size());
    }
  }

  private List<String> sameModel(Checkpoint base, Checkpoint tuned) throws IOException {
    return Edit.of(base, tuned).withStackless().plan(folder.resolve("out.pt")).notices().stream()
        .filter(note -> note.contains("the same model"))
        .toList();
  }

  private static float[] floats(Checkpoint checkpoint, String name) throws IOException {
    StoredTensor tensor = checkpoint.find(name).orElseThrow();
    byte[] bytes = new byte[(int) tensor.byteSize()];
    checkpoint.source(tensor).read(0, MemorySegment.ofArray(bytes));
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static void assertClose(float[] expected, float[] found, String name) {
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) {
      double most = 1e-7 + 3e-7 * Math.abs(expected[i]);
      assertTrue(Math.abs(expected[i] - found[i]) <= most, name + " " + i);
    }
  }
}
