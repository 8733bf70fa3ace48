package org.lines4j.internal.safetensors;

/// Text from a file as it may stand in a message: neither longer than a few lines of a terminal nor
/// able to steer it.
final class Shown {
  private static final int MOST = 120;

  private Shown() {}

  /// `text` with control characters as escapes, shortened if it is long.
  static String of(String text) {
    boolean isLong = text.length() > MOST;
    String start = isLong ? text.substring(0, MOST) : text;
    if (firstOdd(start) < 0) {
      return isLong ? shortened(start, text) : text;
    }
    StringBuilder shown = new StringBuilder();
    start.codePoints().forEach(c -> append(shown, c));
    return isLong ? shortened(shown.toString(), text) : shown.toString();
  }

  private static String shortened(String start, String text) {
    return start + "… (" + text.length() + " characters)";
  }

  private static void append(StringBuilder shown, int character) {
    if (isOdd(character)) {
      shown.append("\\u%04x".formatted(character));
    } else {
      shown.appendCodePoint(character);
    }
  }

  /// The first character of `text` that does not stand for itself: a control character, half of a
  /// surrogate pair; −1 if there is none.
  static int firstOdd(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (isOdd(text.codePointAt(i))) {
        return text.codePointAt(i);
      }
    }
    return -1;
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
