package org.lines4j.lab.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.lines4j.lab.image.Split;

/// A question with few answers that is put to short texts.
///
/// @param name what files call it
/// @param question what it asks, for tables
/// @param source where the texts come from
/// @param classes the answers, as prompts call them
/// @param templates prompts with a place (`%s`) for a class
/// @param examples all texts that there are
public record TextTask(
    String name,
    String question,
    String source,
    List<String> classes,
    List<String> templates,
    List<Example> examples) {
  /// A text and its class, by number.
  public record Example(String text, int label) {}

  /// Copies the lists.
  ///
  /// @throws IllegalArgumentException if a class has no text
  public TextTask {
    classes = List.copyOf(classes);
    templates = List.copyOf(templates);
    examples = List.copyOf(examples);
    for (int i = 0; i < classes.size(); i++) {
      int label = i;
      if (examples.stream().noneMatch(example -> example.label() == label)) {
        throw new IllegalArgumentException(name + ": no text of the class " + classes.get(i));
      }
    }
  }

  /// The prompts of each class.
  public List<List<String>> prompts() {
    return classes.stream()
        .map(name -> templates.stream().map(template -> template.formatted(name)).toList())
        .toList();
  }

  /// Texts of a part. Parts have no text in common: the test texts come first in an order that the
  /// seed decides, then those of validation, and all others are for training.
  ///
  /// @param count at most how many of a part, and exactly so many where there are enough
  /// @param test how many texts the test part has
  /// @param validation how many texts the validation part has
  public Texts draw(long seed, Split split, int test, int validation, int count) {
    List<Example> order = new ArrayList<>(examples);
    Collections.shuffle(order, new Random(31 * seed + name.hashCode()));
    int from =
        switch (split) {
          case TEST -> 0;
          case VALIDATION -> test;
          case TRAIN -> test + validation;
        };
    int size =
        switch (split) {
          case TEST -> test;
          case VALIDATION -> validation;
          case TRAIN -> order.size() - from;
        };
    if (size < 1 || from + size > order.size()) {
      throw new IllegalArgumentException(
          "%s: has %d texts, too few for %d of test and %d of validation"
              .formatted(name, order.size(), test, validation));
    }
    List<Example> drawn = order.subList(from, from + Math.min(size, count));
    return new Texts(
        drawn.stream().map(Example::text).toList(),
        drawn.stream().mapToInt(Example::label).toArray());
  }
}
