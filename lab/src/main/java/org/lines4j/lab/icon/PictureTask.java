package org.lines4j.lab.icon;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.lines4j.files.Digests;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;
import org.lines4j.lab.image.Split;

/// A task whose pictures are there.
///
/// @param name what files call it
/// @param question what it asks, for tables
/// @param source where the pictures come from
/// @param classes the answers, as prompts call them
/// @param examples all pictures that there are, none of them twice
/// @param drawnByOthers other pictures of the same things, by who drew them
record PictureTask(
    String name,
    String question,
    String source,
    List<String> classes,
    List<Example> examples,
    Map<String, List<Example>> drawnByOthers)
    implements IconTask {
  private static final List<String> TEMPLATES =
      List.of("%s", "an icon of %s", "%s icon", "a picture of %s");

  /// Of a thousand groups.
  private static final int TEST_GROUPS = 280;

  private static final int VALIDATION_GROUPS = 120;

  /// A picture and its class, by number.
  ///
  /// @param group what pictures have in common that may not be in different parts
  record Example(String group, int label, Picture picture) {}

  /// Keeps the pictures that are there once, and drops all that are there with different labels.
  ///
  /// @throws IllegalArgumentException if a class has no picture
  PictureTask {
    classes = List.copyOf(classes);
    examples = withoutTwins(examples);
    Map<String, List<Example>> others = new TreeMap<>();
    drawnByOthers.forEach((who, pictures) -> others.put(who, List.copyOf(pictures)));
    drawnByOthers = Collections.unmodifiableMap(others);
    Set<Integer> labels = new HashSet<>();
    examples.forEach(example -> labels.add(example.label()));
    for (int i = 0; i < classes.size(); i++) {
      if (!labels.contains(i)) {
        throw new IllegalArgumentException(name + ": no picture of the class " + classes.get(i));
      }
    }
  }

  private static List<Example> withoutTwins(List<Example> all) {
    Map<Picture, Example> once = new LinkedHashMap<>();
    Set<Picture> unclear = new HashSet<>();
    for (Example example : all) {
      Example twin = once.putIfAbsent(example.picture(), example);
      if (twin != null && twin.label() != example.label()) {
        unclear.add(example.picture());
      }
    }
    return once.values().stream().filter(e -> !unclear.contains(e.picture())).toList();
  }

  /// Which part a group belongs to, for all time.
  static Split part(String group) {
    int number = Integer.parseInt(Digests.sha256(group).substring(0, 6), 16) % 1000;
    return number < TEST_GROUPS
        ? Split.TEST
        : number < TEST_GROUPS + VALIDATION_GROUPS ? Split.VALIDATION : Split.TRAIN;
  }

  @Override
  public List<String> templates() {
    return TEMPLATES;
  }

  @Override
  public int images() {
    return examples.size();
  }

  @Override
  public Images draw(long seed, Split split, int count) {
    return images(chosen(examples, seed, split, count));
  }

  @Override
  public List<String> shifts() {
    List<String> shifts = new ArrayList<>(drawnByOthers.keySet());
    shifts.add(Disturbance.NOISE.word());
    shifts.add(Disturbance.BLUR.word());
    return shifts;
  }

  @Override
  public Images shifted(String shift, long seed, int count) {
    List<Example> others = drawnByOthers.get(shift);
    if (others != null) {
      return images(chosen(others, seed, Split.TEST, count));
    }
    Images plain = draw(seed, Split.TEST, count);
    return Disturbance.named(shift).of(plain, seed);
  }

  private List<Example> chosen(List<Example> from, long seed, Split split, int count) {
    Map<String, Split> parts = new HashMap<>();
    List<Example> order = new ArrayList<>();
    for (Example example : from) {
      if (parts.computeIfAbsent(example.group(), PictureTask::part) == split) {
        order.add(example);
      }
    }
    Collections.shuffle(order, new Random(31 * seed + name.hashCode()));
    return order.subList(0, Math.min(count, order.size()));
  }

  private static Images images(List<Example> examples) {
    int numbers = Raster.COLOUR_32.numbers();
    float[] pixels = new float[Math.multiplyExact(examples.size(), numbers)];
    int[] labels = new int[examples.size()];
    for (int i = 0; i < labels.length; i++) {
      examples.get(i).picture().copyTo(pixels, i * numbers);
      labels[i] = examples.get(i).label();
    }
    return new Images(Raster.COLOUR_32, pixels, labels);
  }

  @Override
  public String toString() {
    return name;
  }
}
