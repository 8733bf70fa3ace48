package org.lines4j.quantised;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;

/// Of how many weights a scale is, as a configuration says.
record BlockSize(long rows, long columns) {
  private static final String WEIGHTS = "weight_block_size";
  private static final String STRUCTURE = ".weights.block_structure";

  /// `[128, 128]`, `128x128`.
  private static final Pattern SIZE = Pattern.compile("\\[?([0-9]{1,9})(?:,|x)([0-9]{1,9})\\]?");

  /// The size that is given; empty where none is.
  ///
  /// @throws InputException if it is none
  static Optional<BlockSize> of(QuantisationConfig config) {
    for (Map.Entry<String, String> setting : config.settings().entrySet()) {
      String name = setting.getKey();
      if (name.equals(WEIGHTS) || name.endsWith(STRUCTURE)) {
        return Optional.of(parsed(config, name, setting.getValue()));
      }
    }
    return Optional.empty();
  }

  private static BlockSize parsed(QuantisationConfig config, String name, String text) {
    Matcher size = SIZE.matcher(text);
    if (size.matches()) {
      BlockSize found = new BlockSize(Long.parseLong(size.group(1)), Long.parseLong(size.group(2)));
      if (found.rows > 0 && found.columns > 0) {
        return found;
      }
    }
    throw InputException.expected(
        config.file(), name, "two positive numbers, rows and columns", text);
  }
}
