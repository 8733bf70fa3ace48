package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.testing.CountedProgress;

/// Each phase handles as many bytes as it announced, however often it comes to read.
class MergeProgressTest {
  @TempDir private Path folder = Path.of("");
  private long bytesRead;

  @BeforeEach
  void models() throws IOException {
    Random random = new Random(1);
    for (String name : List.of("base", "a", "b")) {
      float[] first = new float[3 * 1024];
      float[] second = new float[5000];
      for (int i = 0; i < first.length; i++) {
        first[i] = random.nextInt(9) / 8f; // magnitudes that tie, which takes a scan more
      }
      for (int i = 0; i < second.length; i++) {
        second[i] = random.nextFloat();
      }
      Map<String, float[]> tensors = Map.of("layers.0.w", first, "layers.1.w", second);
      Values.write(folder.resolve(name), tensors, Optional.empty(), DType.F32);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ties", "breadcrumbs", "sce", "nuslerp", "arcee_fusion", "della", "dare_ties"})
  void tensorsThatAreMeasuredCount(String method) throws IOException {
    CountedProgress progress = run(method, false, 0.5);
    assertEquals(List.of("write"), progress.phases());
    assertEquals(progress.announced(), progress.handled());
  }

  @Test
  void whatKeepsAllIsReadOnce() throws IOException {
    long inputs = 0;
    for (String name : List.of("base", "a", "b")) {
      try (Checkpoint model = Checkpoint.open(folder.resolve(name))) {
        inputs += model.tensors().stream().mapToLong(StoredTensor::byteSize).sum();
      }
    }
    run("ties", false, 1);
    assertEquals(inputs, bytesRead);
    run("ties", false, 0.5);
    assertTrue(bytesRead > inputs, "magnitudes were counted");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1})
  void everyPassIsAPhase(double density) throws IOException {
    CountedProgress progress = run("ties", true, density);
    assertEquals(List.of("each tensor", "norms for α", "write"), progress.phases());
    assertEquals(progress.announced(), progress.handled());
  }

  private CountedProgress run(String method, boolean auto, double density) throws IOException {
    CountedProgress progress = new CountedProgress();
    try (Checkpoint base = Checkpoint.open(folder.resolve("base"));
        Checkpoint a = Checkpoint.open(folder.resolve("a"));
        Checkpoint b = Checkpoint.open(folder.resolve("b"))) {
      Recipes recipe = Recipes.of(method).base(base).model(a, "density", density);
      if (!method.equals("arcee_fusion")) {
        recipe.model(b, "density", density);
      }
      if (auto) {
        recipe.autoLines(0.5);
      }
      Path out = folder.resolve("out.safetensors");
      RunOptions options = RunOptions.defaults().withProgress(progress);
      bytesRead = Merge.of(recipe.resolve()).plan(out).run(options).bytesRead();
      Files.delete(out);
    }
    return progress;
  }
}
