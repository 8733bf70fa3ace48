package org.lines4j.lab.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.lines4j.lab.text.TextTask.Example;

/// Examples of which no class has more than so many, and no text is there twice.
final class Balanced {
  private static final long SEED = 1;

  private Balanced() {}

  static List<Example> of(List<Example> all, int classes, int most) {
    LinkedHashMap<String, Example> byText = new LinkedHashMap<>();
    List<Example> order = new ArrayList<>(all);
    Collections.shuffle(order, new Random(SEED));
    order.forEach(example -> byText.putIfAbsent(example.text(), example));
    int[] counts = new int[classes];
    return byText.values().stream().filter(e -> counts[e.label()]++ < most).toList();
  }
}
