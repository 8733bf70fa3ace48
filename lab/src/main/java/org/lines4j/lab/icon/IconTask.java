package org.lines4j.lab.icon;

import java.util.List;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Split;

/// A question with few answers that is put to small pictures in colour.
public interface IconTask {
  /// What files call it: lower case, `-` between words.
  String name();

  /// What it asks, for tables.
  String question();

  /// Where the pictures come from, with version and licence.
  String source();

  /// The answers, as prompts call them.
  List<String> classes();

  /// Prompts with a place (`%s`) for a class.
  List<String> templates();

  /// The prompts of a class.
  default List<String> prompts(int label) {
    return templates().stream().map(template -> template.formatted(classes().get(label))).toList();
  }

  /// How many pictures there are in all.
  int images();

  /// Pictures of a part. Which part a picture is in does not depend on the seed, which chooses
  /// among them and orders them; no picture is in two parts.
  ///
  /// @param count at most how many
  Images draw(long seed, Split split, int count);

  /// What [#shifted] can make of the pictures.
  List<String> shifts();

  /// Pictures of the test part, drawn by others or disturbed.
  ///
  /// @param shift one of [#shifts]
  /// @throws IllegalArgumentException if it is none of them
  Images shifted(String shift, long seed, int count);
}
