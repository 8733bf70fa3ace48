package org.lines4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

class ReadmeTest {
  private static final String SNIPPET =
      """
      try (Checkpoint base = Checkpoint.open(Path.of("llama"));
          Checkpoint tuned = Checkpoint.open(Path.of("llama-medical"))) {
        Edit edit = Edit.of(base, tuned).withScaling(LayerScaling.lines(0.1, 0.9, Outside.ALPHA));
        edit.plan(Path.of("llama-both")).run();
      }
      """;

  @TempDir private Path folder = Path.of("");

  @Test
  void theSnippetIsTheOneThatIsTestedHere() throws IOException {
    Path readme = Path.of("..", "README.md");
    assertTrue(Files.readString(readme).contains(SNIPPET));
  }

  @Test
  void theSnippetWorks() throws IOException {
    model("llama");
    model("llama-medical");
    try (Checkpoint base = Checkpoint.open(folder.resolve("llama"));
        Checkpoint tuned = Checkpoint.open(folder.resolve("llama-medical"))) {
      Edit edit = Edit.of(base, tuned).withScaling(LayerScaling.lines(0.1, 0.9, Outside.ALPHA));
      edit.plan(folder.resolve("llama-both")).run();
    }
    assertTrue(Files.exists(folder.resolve("llama-both").resolve("model.safetensors")));
  }

  /// Two layers of one weight each.
  private void model(String name) throws IOException {
    TensorInfo first = new TensorInfo("model.layers.0.w", DType.F32, Shape.of(1, 1));
    TensorInfo second = new TensorInfo("model.layers.1.w", DType.F32, Shape.of(1, 1));
    byte[] header = HeaderWriter.write(Map.of(), java.util.List.of(first, second));
    Path file = Files.createDirectory(folder.resolve(name)).resolve("model.safetensors");
    String data = new String(header, StandardCharsets.ISO_8859_1) + "\0".repeat(8);
    Files.write(file, data.getBytes(StandardCharsets.ISO_8859_1));
  }
}
