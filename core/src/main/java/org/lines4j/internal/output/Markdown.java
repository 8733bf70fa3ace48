package org.lines4j.internal.output;

import org.lines4j.error.Shown;

/// Text as it stands, where Markdown is read.
final class Markdown {
  private static final String MARKS = "\\`*[]|#~$@";

  private Markdown() {}

  /// `text` on one line, of which nothing is a heading, a link, HTML, or anything but text.
  static String text(String text) {
    String line = Shown.whole(text);
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        default -> escaped.append(isMark(line, i) ? "\\" : "").append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean isMark(String line, int at) {
    return switch (line.charAt(at)) {
      case '_' -> !isInWord(line, at);
      case ':' -> line.startsWith("//", at + 1); // addresses become links by themselves
      case '.' -> at >= 3 && line.regionMatches(true, at - 3, "www", 0, 3);
      case '-', '+', '=' -> at == 0;
      default -> MARKS.indexOf(line.charAt(at)) >= 0;
    };
  }

  private static boolean isInWord(String line, int at) {
    return at > 0
        && at < line.length() - 1
        && Character.isLetterOrDigit(line.charAt(at - 1))
        && Character.isLetterOrDigit(line.charAt(at + 1));
  }
}
