package org.lines4j.error;

import java.util.Locale;

/// Numbers of things, in words: `1 tensor`, `2,000 tensors`.
public final class Counted {
  private Counted() {}

  /// So many of what has its plural by an `s`.
  public static String of(long number, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
  }

  /// What they are, or it is: `1 tensor is`.
  public static String are(long number, String thing) {
    return of(number, thing) + (number == 1 ? " is" : " are");
  }
}
