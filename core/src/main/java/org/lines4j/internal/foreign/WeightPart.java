package org.lines4j.internal.foreign;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Files that are called as one of the parts that a model was written in:
/// `NAME-00001-of-00003.safetensors`. Those of GGUF know of each other, and are read together.
public final class WeightPart {
  private static final Pattern NAME =
      Pattern.compile(".*-\\d{1,6}-of-(\\d{1,6})\\.(safetensors|bin|pt|pth|ckpt)");

  private WeightPart() {}

  /// How many parts there are of the model that a file is a part of; empty if it is a whole one.
  public static OptionalInt partsOf(String file) {
    Matcher name = NAME.matcher(file);
    int parts = name.matches() ? Integer.parseInt(name.group(1)) : 1;
    return parts > 1 ? OptionalInt.of(parts) : OptionalInt.empty();
  }
}
