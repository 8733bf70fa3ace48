package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.Shape;

/// Methods that draw: how many they keep, what they make of it, and that nothing but the seed
/// changes it.
class RandomMethodsTest {
  private static final int ROWS = 200;
  private static final int COLUMNS = 1000;
  private static final int ELEMENTS = ROWS * COLUMNS;

  @TempDir private Path folder;

  private Checkpoint model(String name, boolean ramp) throws IOException {
    float[] values = new float[ELEMENTS];
    Arrays.fill(values, name.equals("base") ? 0 : 1);
    for (int i = 0; ramp && i < ELEMENTS; i++) {
      values[i] = 1 + i % COLUMNS;
    }
    Map<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("w", values);
    Path file = folder.resolve(name + ".safetensors");
    return Checkpoint.open(Values.write(file, tensors, Optional.of(Shape.of(ROWS, COLUMNS))));
  }

  private float[] merged(Recipes recipe, long seed, RunOptions options) throws IOException {
    Path out = folder.resolve("out.safetensors");
    Merge.of(recipe.resolve()).withSeed(seed).withForce().plan(out).run(options);
    try (Checkpoint checkpoint = Checkpoint.open(out)) {
      return Values.read(checkpoint, "w");
    }
  }

  private float[] merged(Recipes recipe) throws IOException {
    return merged(recipe, 0, RunOptions.defaults().withThreads(2));
  }

  private static long kept(float[] values) {
    long kept = 0;
    for (float value : values) {
      kept += value != 0 ? 1 : 0;
    }
    return kept;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void dareKeepsTheDensityAndTheExpectation(double density) throws IOException {
    Recipes recipe =
        Recipes.of("dare_linear")
            .base(model("base", false))
            .model(model("tuned", false), "density", density);
    float[] out = merged(recipe);
    double deviation = Math.sqrt(density * (1 - density) / ELEMENTS);
    assertEquals(density, kept(out) / (double) ELEMENTS, 5 * deviation);
    assertEquals(1, mean(out), 5 * deviation / density);
    for (float value : out) {
      assertTrue(value == 0 || value == (float) (1 / density));
    }
    recipe.parameters("rescale", false);
    assertEquals(density, mean(merged(recipe)), 5 * deviation);
    recipe.parameters("rescale", true, "rescale_by", "norm");
    assertEquals(1, mean(merged(recipe)), 1e-6);
  }

  @Test
  void dellaKeepsLargerUpdatesMoreOften() throws IOException {
    Recipes recipe =
        Recipes.of("della_linear")
            .base(model("base", false))
            .model(model("tuned", true), "density", 0.5, "epsilon", 0.3);
    float[] out = merged(recipe);
    assertEquals(0.5, kept(out) / (double) ELEMENTS, 0.006);
    double[] smallest = new double[2];
    for (int i = 0; i < ELEMENTS; i++) {
      int column = i % COLUMNS;
      if (column < 100 || column >= 900) {
        smallest[column < 100 ? 0 : 1] += out[i] != 0 ? 1 : 0;
      }
    }
    assertEquals(0.2 + 0.6 * 0.05, smallest[0] / (ROWS * 100), 0.02); // the smallest tenth
    assertEquals(0.8 - 0.6 * 0.05, smallest[1] / (ROWS * 100), 0.02); // the largest tenth
    assertEquals((COLUMNS + 1) / 2.0, mean(out), 6); // each divided by its own probability
  }

  @ParameterizedTest
  @ValueSource(strings = {"dare_linear", "dare_ties", "della", "della_linear"})
  void onlyTheSeedChangesWhatIsDrawn(String method) throws IOException {
    Recipes recipe =
        Recipes.of(method)
            .base(model("base", false))
            .model(model("one", true), "density", 0.4)
            .model(model("two", true), "density", 0.6);
    float[] first = merged(recipe);
    for (int threads : new int[] {1, 3, 8}) {
      RunOptions options = RunOptions.defaults().withThreads(threads).withChunkBytes(1 << 16);
      assertArrayEquals(first, merged(recipe, 0, options));
    }
    assertFalse(Arrays.equals(first, merged(recipe, 1, RunOptions.defaults())));
    assertTrue(Files.exists(folder.resolve("out.safetensors")));
  }

  @Test
  void modelsDrawApart() throws IOException {
    Recipes recipe =
        Recipes.of("dare_linear")
            .base(model("base", false))
            .model(model("one", false), "density", 0.5)
            .model(model("two", false), "density", 0.5)
            .parameters("rescale", false);
    long both = 0;
    for (float value : merged(recipe)) {
      both += value == 2 ? 1 : 0;
    }
    assertEquals(0.25, both / (double) ELEMENTS, 0.005);
  }
}
