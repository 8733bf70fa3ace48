package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.lab.icon.PictureTask.Example;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;
import org.lines4j.lab.image.Split;

class PictureTaskTest {
  private static final int NUMBERS = Raster.COLOUR_32.numbers();

  /// A thousand pictures of 300 groups and 5 classes, and as many by somebody else.
  private static PictureTask task() {
    return new PictureTask(
        "tiny",
        "Which?",
        "nowhere",
        List.of("a", "b", "c", "d", "e"),
        examples(1),
        Map.of("other", examples(2)));
  }

  private static List<Example> examples(long seed) {
    Random random = new Random(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      examples.add(new Example("group " + i % 300, i % 5, picture(random)));
    }
    return examples;
  }

  private static Picture picture(Random random) {
    byte[] bytes = new byte[NUMBERS];
    random.nextBytes(bytes);
    return Picture.ofBytes(bytes);
  }

  private static float[] image(Images images, int i) {
    return Arrays.copyOfRange(images.pixels(), i * NUMBERS, (i + 1) * NUMBERS);
  }

  @Test
  void partsHaveNoGroupInCommonAndAreAllOfIt() {
    Map<Integer, String> groups = new HashMap<>();
    task().examples().forEach(e -> groups.put(hash(e.picture()), e.group()));
    Map<String, Split> parts = new HashMap<>();
    int total = 0;
    for (Split split : Split.values()) {
      Images drawn = task().draw(3, split, 5000);
      total += drawn.count();
      assertTrue(drawn.count() >= 70, split + " " + drawn.count());
      for (int i = 0; i < drawn.count(); i++) {
        String group = groups.get(Arrays.hashCode(image(drawn, i)));
        assertEquals(split, parts.computeIfAbsent(group, _ -> split), group);
      }
    }
    assertEquals(1000, total);
    assertEquals(1000, task().images());
  }

  private static int hash(Picture picture) {
    float[] pixels = new float[NUMBERS];
    picture.copyTo(pixels, 0);
    return Arrays.hashCode(pixels);
  }

  @Test
  void theSeedChoosesAndOrdersWithinAPartAlone() {
    Images first = task().draw(1, Split.TRAIN, 40);
    assertEquals(40, first.count());
    assertArrayEquals(first.pixels(), task().draw(1, Split.TRAIN, 40).pixels());
    assertFalse(Arrays.equals(first.pixels(), task().draw(2, Split.TRAIN, 40).pixels()));
    assertArrayEquals(
        sums(task().draw(1, Split.TEST, 5000)), sums(task().draw(2, Split.TEST, 5000)));
  }

  private static int[] sums(Images images) {
    int[] sums = new int[images.count()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Arrays.hashCode(image(images, i)) + images.labels()[i];
    }
    Arrays.sort(sums);
    return sums;
  }

  /// A part does not change with the version: evidence was measured on it.
  @Test
  void whichPartAGroupIsInIsForAllTime() {
    assertEquals(
        List.of("TEST", "TRAIN", "TRAIN", "TRAIN", "TRAIN", "TRAIN", "TRAIN", "TRAIN"),
        List.of("a", "b", "c", "d", "e", "f", "g", "h").stream()
            .map(group -> PictureTask.part(group).name())
            .toList());
  }

  @Test
  void aPictureThatIsThereTwiceIsKeptOnceAndOneWithTwoLabelsNotAtAll() {
    List<Example> examples = new ArrayList<>(examples(1));
    Example first = examples.get(0);
    Example second = examples.get(1);
    examples.add(new Example("another", first.label(), first.picture()));
    examples.add(new Example("another", second.label() + 1, second.picture()));
    PictureTask task =
        new PictureTask("tiny", "", "", List.of("a", "b", "c", "d", "e"), examples, Map.of());
    assertEquals(999, task.images());
    assertTrue(task.examples().contains(first));
    assertTrue(task.examples().stream().noneMatch(e -> e.picture().equals(second.picture())));
  }

  @Test
  void aClassWithoutPicturesIsRefused() {
    List<String> classes = List.of("a", "b", "c", "d", "e", "f");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new PictureTask("tiny", "", "", classes, examples(1), Map.of()));
    assertEquals("tiny: no picture of the class f", refused.getMessage());
  }

  @Test
  void shiftsAreOfTestPicturesAndLeaveLabels() {
    PictureTask task = task();
    assertEquals(List.of("other", "noise", "blur"), task.shifts());
    Images plain = task.draw(1, Split.TEST, 50);
    for (String shift : List.of("noise", "blur")) {
      Images shifted = task.shifted(shift, 1, 50);
      assertArrayEquals(plain.labels(), shifted.labels());
      assertArrayEquals(shifted.pixels(), task.shifted(shift, 1, 50).pixels());
      double moved = 0;
      for (int i = 0; i < plain.pixels().length; i++) {
        assertTrue(shifted.pixels()[i] >= 0 && shifted.pixels()[i] <= 1);
        moved += Math.abs(plain.pixels()[i] - shifted.pixels()[i]);
      }
      assertTrue(moved / plain.pixels().length > 0.1, shift);
    }
    Images others = task.shifted("other", 1, 5000);
    assertEquals(task.draw(1, Split.TEST, 5000).count(), others.count());
    assertNotEquals(
        Arrays.hashCode(plain.pixels()), Arrays.hashCode(task.shifted("other", 1, 50).pixels()));
    assertThrows(IllegalArgumentException.class, () -> task.shifted("fog", 1, 5));
  }

  @Test
  void blurKeepsTheMeanAndSpreadsADot() {
    byte[] bytes = new byte[NUMBERS];
    bytes[10 * Picture.SIDE + 10] = (byte) 255;
    Images dot = new Images(Raster.COLOUR_32, new float[NUMBERS], new int[1]);
    Picture.ofBytes(bytes).copyTo(dot.pixels(), 0);
    Images blurred = Disturbance.named("blur").of(dot, 1);
    assertEquals(1 / 25f, blurred.pixels()[8 * Picture.SIDE + 12], 1e-6f);
    assertEquals(0, blurred.pixels()[7 * Picture.SIDE + 10]);
    float sum = 0;
    for (float value : blurred.pixels()) {
      sum += value;
    }
    assertEquals(1, sum, 1e-4f);
  }

  @Test
  void promptsAreClassesInTemplates() {
    assertEquals(List.of("b", "an icon of b", "b icon", "a picture of b"), task().prompts(1));
  }

  @Test
  void keptPicturesAreReadAsTheyWereAndDamagedFilesAsNone(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pictures.bin");
    assertTrue(PictureFile.read(file).isEmpty());
    PictureFile.write(file, List.of(task()));
    PictureTask read = PictureFile.read(file).orElseThrow().getFirst();
    assertEquals(task(), read);
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, bytes.length / 2, bytes.length - 3}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertTrue(PictureFile.read(file).isEmpty(), at + " of " + bytes.length);
      Files.write(file, Arrays.copyOf(bytes, at));
      assertTrue(PictureFile.read(file).isEmpty(), "cut at " + at);
    }
  }
}
