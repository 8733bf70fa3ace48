package org.lines4j.error;

import java.util.Locale;

/// Numbers of things in messages.
public final class Counted {
  private Counted() {}

  /// `1 tensor`, `2 tensors`.
  public static String of(long number, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
  }

  /// `1 tensor is`, `2 tensors are`.
  public static String are(long number, String thing) {
    return of(number, thing) + (number == 1 ? " is" : " are");
  }
}
