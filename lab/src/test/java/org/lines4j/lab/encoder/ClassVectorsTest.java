package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.lab.image.ImageTask;

class ClassVectorsTest {
  private static final List<ImageTask> TASKS = List.of(new Bars("bars"), new Bars("more-bars"));
  private static final ClassVectors VECTORS = ClassVectors.random(TASKS, 4, 5);

  @TempDir private Path folder;

  private static double product(float[] one, float[] other) {
    double product = 0;
    for (int i = 0; i < one.length; i++) {
      product += one[i] * (double) other[i];
    }
    return product;
  }

  @Test
  void theSeedAndTheNamesDetermineThem() {
    // by a rendering of SplitMix64 and Box–Muller in Python, math.log and math.cos
    float[] upright = {0.5089973f, -0.6819731f, -0.4039502f, 0.33564654f};
    assertArrayEquals(upright, VECTORS.of("bars")[0], 1e-7f);
    List<ImageTask> reversed = TASKS.reversed();
    assertArrayEquals(VECTORS.of("bars"), ClassVectors.random(reversed, 4, 5).of("bars"));
  }

  @Test
  void classesTasksAndSeedsHaveVectorsOfTheirOwn() {
    float[] upright = VECTORS.of("bars")[0];
    assertTrue(product(upright, VECTORS.of("bars")[1]) < 0.999);
    assertTrue(product(upright, VECTORS.of("more-bars")[0]) < 0.999);
    assertTrue(product(upright, ClassVectors.random(TASKS, 4, 6).of("bars")[0]) < 0.999);
  }

  @Test
  void allHaveLengthOneMismatchedOrNot() {
    for (ClassVectors vectors : List.of(VECTORS, VECTORS.mismatched(0.7, 6))) {
      for (String task : vectors.tasks()) {
        for (float[] vector : vectors.of(task)) {
          assertEquals(1, product(vector, vector), 1e-6);
        }
      }
    }
  }

  @Test
  void aMismatchTurnsThemAway() {
    // (v + d/2) / |v + d/2|, d from Python as above
    float[] turned = {0.1906344f, -0.64451665f, -0.6333402f, 0.3835845f};
    assertArrayEquals(turned, VECTORS.mismatched(0.5, 6).of("bars")[0], 1e-7f);
  }

  @Test
  void noMismatchLeavesThem() {
    ClassVectors same = VECTORS.mismatched(0, 6);
    assertArrayEquals(VECTORS.of("bars"), same.of("bars"));
    assertArrayEquals(VECTORS.of("more-bars"), same.of("more-bars"));
  }

  @Test
  void whatIsSavedIsLoadedBitForBit() throws IOException {
    Path file = folder.resolve("class-vectors.safetensors");
    VECTORS.save(file);
    ClassVectors loaded = ClassVectors.load(file);
    assertEquals(Set.copyOf(VECTORS.tasks()), Set.copyOf(loaded.tasks()));
    assertArrayEquals(VECTORS.of("bars"), loaded.of("bars"));
    assertArrayEquals(VECTORS.of("more-bars"), loaded.of("more-bars"));
  }

  @Test
  void aFileOfOtherThingsIsRefused() throws IOException {
    Path model = folder.resolve("model");
    try (Encoder encoder = Encoder.create(new EncoderConfig(1, 16, 1, 16, 6, 4), 1)) {
      encoder.save(model);
    }
    InputException failure =
        assertThrows(InputException.class, () -> ClassVectors.load(Encoder.weightsOf(model)));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("expected a matrix of classes × embedding"), message);
  }

  @Test
  void callersCannotChangeThem() {
    float[] before = VECTORS.of("bars")[0];
    VECTORS.of("bars")[0][0] = 9;
    assertArrayEquals(before, VECTORS.of("bars")[0]);
  }

  @Test
  void aTaskWithoutVectorsIsNamed() {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> VECTORS.of("signs"));
    assertEquals(
        "no class vectors for the task 'signs'; there are some for [bars, more-bars]",
        failure.getMessage());
  }
}
