package org.lines4j.lab.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.error.RequestException;

class ImageTasksTest {
  private static List<ImageTask> tasks() {
    return ImageTasks.all();
  }

  /// Evidence was measured on these images: a pixel that changes makes it about other images.
  @Test
  void everyTaskRendersTheSameBitsAsWhenTheEvidenceWasMade() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ImageTasksTest.class.getResourceAsStream("checksums.txt"))) {
      String expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected, String.join("\n", Checksums.lines()) + "\n");
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void anImageIsTheSameAloneAndAmongOthers(ImageTask task) {
    for (Shift shift : Shift.values()) {
      Images many = task.render(5, Split.VALIDATION, shift, 3, 40);
      for (int i : new int[] {0, 1, 17, 39}) {
        Images alone = task.render(5, Split.VALIDATION, shift, 3 + i, 1);
        assertEquals(many.labels()[i], alone.labels()[0]);
        assertArrayEquals(image(many, i), alone.pixels());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void noImageIsInTwoSplitsOrSeedsOrTwiceInOne(ImageTask task) {
    Set<Integer> seen = new HashSet<>();
    for (long seed = 1; seed <= 2; seed++) {
      for (Split split : Split.values()) {
        Images images = task.render(seed, split, Shift.NONE, 0, 60);
        for (int i = 0; i < 60; i++) {
          assertTrue(seen.add(Arrays.hashCode(image(images, i))), split + " " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyBlockOfImagesShowsEachClassOnce(ImageTask task) {
    int classes = task.classes().size();
    int[] labels = task.render(2, Split.TRAIN, Shift.NONE, 0, 4 * classes).labels();
    for (int from = 0; from < labels.length; from += classes) {
      int[] block = Arrays.copyOfRange(labels, from, from + classes);
      Arrays.sort(block);
      for (int i = 0; i < classes; i++) {
        assertEquals(i, block[i]);
      }
    }
    assertFalse(
        Arrays.equals(labels, 0, classes, labels, classes, 2 * classes), "blocks differ in order");
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void pixelsAreWithinBlackAndWhiteAndNotAllAlike(ImageTask task) {
    for (Shift shift : Shift.values()) {
      float least = 1;
      float most = 0;
      for (float pixel : task.render(4, Split.TEST, shift, 0, 40).pixels()) {
        assertTrue(pixel >= 0 && pixel <= 1, () -> shift + " " + pixel);
        least = Math.min(least, pixel);
        most = Math.max(most, pixel);
      }
      assertTrue(most - least > 0.2f, shift::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void shiftsLeaveLabelsAndChangePixels(ImageTask task) {
    Images plain = task.render(4, Split.TEST, Shift.NONE, 0, 40);
    for (Shift shift : Shift.values()) {
      Images shifted = task.render(4, Split.TEST, shift, 0, 40);
      assertArrayEquals(plain.labels(), shifted.labels());
      for (int i = 0; i < 40; i++) {
        assertEquals(
            shift == Shift.NONE,
            Arrays.equals(image(plain, i), image(shifted, i)),
            shift + " " + i);
      }
    }
  }

  @Test
  void threadsDoNotDisturbEachOther() throws InterruptedException, ExecutionException {
    ImageTask task = ImageTasks.named("digits");
    Callable<float[]> pixels = () -> task.render(6, Split.TRAIN, Shift.STROKES, 0, 500).pixels();
    float[] expected = task.render(6, Split.TRAIN, Shift.STROKES, 0, 500).pixels();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<float[]> rendered : threads.invokeAll(Collections.nCopies(4, pixels))) {
        assertArrayEquals(expected, rendered.get());
      }
    }
  }

  @Test
  void aNameThatNoTaskHasIsRefusedWithTheNearest() {
    assertEquals("zodiac", ImageTasks.named("zodiac").name());
    RequestException refused =
        assertThrows(RequestException.class, () -> ImageTasks.named("digit"));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("'digit'") && message.contains("digits"), message);
  }

  @Test
  void numbersOfImagesThatDoNotExistAreRefused() {
    ImageTask task = ImageTasks.named("shapes");
    for (int[] range : new int[][] {{-1, 1}, {0, -1}, {0, Integer.MAX_VALUE}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> task.render(1, Split.TEST, Shift.NONE, range[0], range[1]));
    }
    assertThrows(
        ArithmeticException.class,
        () -> task.render(1, Split.TEST, Shift.NONE, Integer.MAX_VALUE, 1));
    assertEquals(0, task.render(1, Split.TEST, Shift.NONE, 9, 0).count());
  }

  @Test
  void theSheetInTheDocumentsShowsWhatIsRendered() throws IOException {
    byte[] kept = Files.readAllBytes(Path.of("../docs/lab-images.png"));
    assertArrayEquals(decoded(TaskSheet.png()), decoded(kept), "TaskSheet tells how to remake it");
  }

  private static int[] decoded(byte[] png) throws IOException {
    var raster = ImageIO.read(new ByteArrayInputStream(png)).getRaster();
    return raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
  }

  private static float[] image(Images images, int i) {
    return Arrays.copyOfRange(images.pixels(), i * Images.PIXELS, (i + 1) * Images.PIXELS);
  }
}
