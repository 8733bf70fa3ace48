package org.lines4j.dist.site;

import java.util.List;
import java.util.stream.Collectors;

/// The text of all pages for the search: a script, for pages that lie on a disk may read nothing
/// else.
final class SearchIndex {
  private SearchIndex() {}

  static String script(List<Page> pages) {
    return pages.stream()
        .flatMap(page -> page.parts().stream().map(part -> entry(page, part)))
        .collect(Collectors.joining(",\n", "const PARTS = [\n", "\n];\n"));
  }

  private static String entry(Page page, Page.Part part) {
    return "[%s, %s, %s, %s]"
        .formatted(
            quoted(page.address() + "#" + part.id()),
            quoted(page.title()),
            quoted(part.title()),
            quoted(part.text()));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\' || c == '<' || c < ' ' || c == 0x2028 || c == 0x2029) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
