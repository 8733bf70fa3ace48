package org.lines4j.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;

/// What stands behind the colon: `FILE`, or `FILE,NAME=VALUE,…`.
///
/// @param settings by name
record Arguments(Path file, Map<String, String> settings) {
  /// Takes a text apart.
  ///
  /// @param names of the settings that there are; what follows the last of them may have commas
  static Arguments parse(String text, List<String> names) {
    Pattern setting = Pattern.compile(",(" + String.join("|", names) + ")=");
    Matcher matcher = setting.matcher(text);
    List<Integer> starts = new ArrayList<>();
    while (matcher.find()) {
      starts.add(matcher.start());
    }
    starts.add(text.length());
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      String[] parts = text.substring(starts.get(i) + 1, starts.get(i + 1)).split("=", 2);
      settings.put(parts[0], parts[1]);
    }
    String file = text.substring(0, starts.getFirst());
    if (file.isBlank()) {
      throw new RequestException("an evaluator needs a file to measure on");
    }
    return new Arguments(Path.of(file), settings);
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(settings.get(name));
  }
}
