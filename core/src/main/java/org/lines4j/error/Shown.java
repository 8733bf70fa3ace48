package org.lines4j.error;

import java.util.List;

/// Text from outside (names in files, paths, what a program printed) as it may stand in a message:
/// not able to steer a terminal, to begin a line that looks like one of ours, or to turn the order
/// of the characters around it.
public final class Shown {
  private static final int MOST = 120;

  private Shown() {}

  /// `text` with characters that do not stand for themselves as escapes, shortened if it is longer
  /// than a few lines of a terminal.
  public static String of(String text) {
    boolean isLong = text.length() > MOST;
    return isLong
        ? whole(text.substring(0, MOST)) + "… (" + text.length() + " characters)"
        : whole(text);
  }

  /// The first of some texts, such as `a.json, b.txt and 3 more`.
  public static String some(List<String> texts, int most) {
    int more = texts.size() - most;
    return String.join(", ", texts.stream().limit(most).map(Shown::of).toList())
        + (more > 0 ? " and " + more + " more" : "");
  }

  /// As [#of] does, however long.
  public static String whole(String text) {
    if (isAscii(text) || text.codePoints().noneMatch(Shown::steers)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints().forEach(c -> append(shown, c));
    return shown.toString();
  }

  /// `text` as a shell takes it for one word of a command that is there to be pasted.
  public static String word(String text) {
    return text.matches("[\\w./+=@:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /// A message of several lines, each after the first indented by two spaces: a line break before
  /// anything else came from outside, and is shown as one.
  public static String message(String text) {
    StringBuilder shown = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      boolean isOurs = lines[i].startsWith("  ") || lines[i].isBlank();
      shown.append(i == 0 ? "" : isOurs ? "\n" : "\\u000a").append(whole(lines[i]));
    }
    return shown.toString();
  }

  /// An escape that JSON reads, too.
  private static void append(StringBuilder shown, int character) {
    if (steers(character)) {
      shown.append("\\u%04x".formatted(character)); // all of them lie below 0x10000
    } else {
      shown.appendCodePoint(character);
    }
  }

  /// The first character of `text` that no name should hold: a control character, half of a
  /// surrogate pair; −1 if there is none.
  public static int firstOdd(String text) {
    return isAscii(text) ? -1 : text.codePoints().filter(Shown::isOdd).findFirst().orElse(-1);
  }

  /// Whether a name from the machine holds what Java reads in the place of bytes that are no text
  /// in the locale's character set: Java cannot name such a file, and what it would write is
  /// another.
  public static boolean isUndecoded(String name) {
    return name.indexOf('\ufffd') >= 0;
  }

  /// Whether all of it can be printed as ASCII, as nearly all names can.
  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /// Whether a character does more than stand for itself: those of [#firstOdd], and those that turn
  /// the direction of writing or cannot be seen at all.
  public static boolean steers(int character) {
    boolean turns =
        character == 0x061c
            || (character >= 0x200e && character <= 0x200f)
            || (character >= 0x202a && character <= 0x202e)
            || (character >= 0x2066 && character <= 0x2069);
    boolean isInvisible = character == 0x200b || character == 0xfeff;
    return turns || isInvisible || isOdd(character);
  }

  private static boolean isOdd(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
