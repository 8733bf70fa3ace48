package org.lines4j.lab.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.RequestException;

class ImageTasksTest {
  private static final long SEED = 5;

  static List<ImageTask> tasks() {
    return ImageTasks.all();
  }

  /// Of the exact bits of pixels and labels.
  private static String checksum(Images images) {
    CRC32 crc = new CRC32();
    for (float pixel : images.pixels()) {
      add(crc, Float.floatToIntBits(pixel));
    }
    for (int label : images.labels()) {
      add(crc, label);
    }
    return "%08x".formatted(crc.getValue());
  }

  private static void add(CRC32 crc, int bits) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc.update(bits >>> shift);
    }
  }

  private static List<String> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ImageTasksTest.class.getResourceAsStream("checksums.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /// One line for each task, shift and split. If rendering is changed on purpose, the committed
  /// results of the lab are no longer those of the code: run it anew, too.
  @Test
  void theSameSeedGivesTheSamePixelsOnAnyMachine() throws IOException {
    List<String> found = new ArrayList<>();
    for (ImageTask task : ImageTasks.all()) {
      for (Shift shift : Shift.values()) {
        for (Split split : Split.values()) {
          Images images = task.render(SEED, split, shift, 100, 8);
          found.add("%s %s %s %s".formatted(task.name(), shift, split, checksum(images)));
        }
      }
    }
    assertEquals(String.join("\n", golden()), String.join("\n", found));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void anImageDependsOnItsOwnNumberAlone(ImageTask task) {
    for (Shift shift : Shift.values()) {
      Images batch = task.render(SEED, Split.TEST, shift, 0, 12);
      Images alone = task.render(SEED, Split.TEST, shift, 11, 1);
      int last = 11 * Images.PIXELS;
      assertArrayEquals(
          Arrays.copyOfRange(batch.pixels(), last, last + Images.PIXELS), alone.pixels());
      assertEquals(batch.labels()[11], alone.labels()[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyClassIsAsFrequent(ImageTask task) {
    int classes = task.classes().size();
    int[] counts = new int[classes];
    for (int label : task.render(SEED, Split.TRAIN, Shift.NONE, 0, 3 * classes).labels()) {
      counts[label]++;
    }
    for (int count : counts) {
      assertEquals(3, count, () -> Arrays.toString(counts));
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void pixelsLieBetweenBlackAndWhiteAndAreNotAllAlike(ImageTask task) {
    for (Shift shift : Shift.values()) {
      float least = 1;
      float most = 0;
      for (float pixel : task.render(SEED, Split.TRAIN, shift, 0, 40).pixels()) {
        assertTrue(pixel >= 0 && pixel <= 1, () -> task + " " + shift + " " + pixel);
        least = Math.min(least, pixel);
        most = Math.max(most, pixel);
      }
      assertTrue(most - least > 0.2, task + " " + shift);
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void seedsSplitsAndShiftsShowOtherImagesOfTheSameClassesOrder(ImageTask task) {
    Images train = task.render(SEED, Split.TRAIN, Shift.NONE, 0, 20);
    assertFalse(
        Arrays.equals(
            train.pixels(), task.render(SEED, Split.TEST, Shift.NONE, 0, 20).pixels()));
    assertFalse(
        Arrays.equals(
            train.pixels(), task.render(SEED + 1, Split.TRAIN, Shift.NONE, 0, 20).pixels()));
    for (Shift shift : Shift.values()) {
      Images shifted = task.render(SEED, Split.TRAIN, shift, 0, 20);
      assertArrayEquals(train.labels(), shifted.labels());
      assertEquals(shift == Shift.NONE, Arrays.equals(train.pixels(), shifted.pixels()));
    }
  }

  @Test
  void anUnknownTaskIsRefusedWithTheNearestName() {
    RequestException refused =
        assertThrows(RequestException.class, () -> ImageTasks.named("digit"));
    assertTrue(String.valueOf(refused.getMessage()).contains("digits"), refused::toString);
  }
}
