package org.lines4j.internal.foreign;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;

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

  /// That a file is not a part of a model, which does not tell how deep its layers lie.
  ///
  /// @throws InputException if it is one, by its name
  public static void checkIsWhole(Location model) {
    OptionalInt parts = partsOf(model.name());
    if (parts.isPresent()) {
      throw new InputException(
              model,
              "one of the %d parts of a model, by its name, without which nothing tells how deep its layers lie"
                  .formatted(parts.getAsInt()))
          .withRemedy("name the folder that holds all parts and their index");
    }
  }
}
