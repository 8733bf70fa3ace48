package org.lines4j.internal.gguf;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.Location;

/// What a part of a model is called: `NAME-00001-of-00003.gguf`.
///
/// @param number from 1 on
/// @param parts that there are
record PartName(String beginning, int number, int parts) {
  private static final Pattern PART = Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");

  /// What a file's name says, if it is that of one of so many parts.
  static Optional<PartName> of(Location file, long parts) {
    return of(file.name()).filter(name -> name.parts == parts && name.number >= 1);
  }

  private static Optional<PartName> of(String name) {
    Matcher part = PART.matcher(name);
    return part.matches()
        ? Optional.of(
            new PartName(
                part.group(1), Integer.parseInt(part.group(2)), Integer.parseInt(part.group(3))))
        : Optional.empty();
  }

  /// The name of the first part of the model that a file belongs to.
  static String first(String name) {
    return of(name).map(part -> part.name(1)).orElse(name);
  }

  private String name(int part) {
    return "%s-%05d-of-%05d.gguf".formatted(beginning, part, parts);
  }

  /// Where another part lies.
  Location place(Location file, int part) {
    return file.sibling(name(part));
  }
}
