package org.lines4j.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what a misspelt word was meant to be.
final class Nearest {
  private Nearest() {}

  /// The candidate with the fewest letters to insert, delete or replace, if at least half of the
  /// word is right.
  static Optional<String> to(String word, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(candidate -> 2 * distance(word, candidate) <= word.length());
  }

  /// The Levenshtein distance, row by row.
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
