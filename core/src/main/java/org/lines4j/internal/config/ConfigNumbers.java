package org.lines4j.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;

/// Numbers of the language model that a configuration is of, or that it has as a part.
public final class ConfigNumbers {
  private static final Pattern TEXT =
      Pattern.compile("(/text_config)?(/rope_(parameters|scaling)(/[^/]+)?)?");

  private ConfigNumbers() {}

  /// All by their names: several where kinds of layers have their own.
  public static Map<String, List<Double>> of(Companions folder) throws IOException {
    Map<String, List<Double>> numbers = new HashMap<>();
    ModelType.objects(folder)
        .forEach(
            (pointer, fields) -> {
              if (TEXT.matcher(pointer).matches()) {
                fields.forEach(
                    (name, value) ->
                        number(value)
                            .ifPresent(
                                own ->
                                    numbers
                                        .computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(own)));
              }
            });
    return numbers;
  }

  private static Optional<Double> number(Value value) {
    try {
      return switch (value) {
        case Value.Whole(long number) -> Optional.of((double) number);
        case Value.Other(String json) -> Optional.of(Double.parseDouble(json));
        default -> Optional.empty();
      };
    } catch (NumberFormatException e) {
      return Optional.empty(); // null, or an object
    }
  }
}
