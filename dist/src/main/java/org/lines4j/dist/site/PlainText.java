package org.lines4j.dist.site;

/// HTML without its tags.
final class PlainText {
  private PlainText() {}

  /// What a reader sees of a piece of HTML, in one line.
  static String of(String html) {
    return html.replaceAll("(?s)<!--.*?-->|<[^>]*>", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
