package org.lines4j.report;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.Shown;

/// HTML with holes, `{{name}}`.
///
/// Holes are filled in one pass, so that a value which looks like a hole stays as it is.
record Template(String text) {
  private static final Pattern HOLE = Pattern.compile("\\{\\{([a-z-]+)}}");

  /// @throws IllegalArgumentException if the template has a hole that `values` has no entry for
  String fill(Map<String, String> values) {
    StringBuilder page = new StringBuilder(text.length() + lengthOf(values));
    Matcher hole = HOLE.matcher(text);
    int done = 0;
    while (hole.find()) {
      String value = values.get(hole.group(1));
      if (value == null) {
        throw new IllegalArgumentException("nothing to fill in for " + hole.group());
      }
      page.append(text, done, hole.start()).append(value);
      done = hole.end();
    }
    return page.append(text, done, text.length()).toString();
  }

  private static int lengthOf(Map<String, String> values) {
    return values.values().stream().mapToInt(String::length).sum();
  }

  /// A JSON document for use in a `<script>`, in whose strings characters that would turn the text
  /// around them are shown as escapes. Only strings can hold a `<`; without one, nothing in them
  /// ends the script.
  static String data(String json) {
    StringBuilder data = new StringBuilder(json.length());
    json.chars()
        .forEach(
            c -> {
              if (c == '<') {
                data.append("\\u003c");
              } else if (Shown.steers(c) && c != '\n' && !Character.isSurrogate((char) c)) {
                data.append("\\\\u%04x".formatted(c));
              } else {
                data.append((char) c);
              }
            });
    return data.toString();
  }
}
