package org.lines4j.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;

/// Numbers of the language model that a configuration is of, or that it has as a part.
public final class ConfigNumbers {
  private static final Pattern TEXT =
      Pattern.compile("(/text_config)?(/rope_(parameters|scaling)(/[^/]+)?)?");

  private ConfigNumbers() {}

  /// All that stand under a name: several where kinds of layers have their own.
  public static List<Double> named(Companions folder, String name) throws IOException {
    List<Double> numbers = new ArrayList<>();
    ModelType.objects(folder)
        .forEach(
            (pointer, fields) -> {
              if (TEXT.matcher(pointer).matches()) {
                number(fields.get(name)).ifPresent(numbers::add);
              }
            });
    return numbers;
  }

  private static Optional<Double> number(@Nullable Value value) {
    try {
      return switch (value) {
        case Value.Whole(long number) -> Optional.of((double) number);
        case Value.Other(String json) -> Optional.of(Double.parseDouble(json));
        case null, default -> Optional.empty();
      };
    } catch (NumberFormatException e) {
      return Optional.empty(); // null, or an object
    }
  }
}
