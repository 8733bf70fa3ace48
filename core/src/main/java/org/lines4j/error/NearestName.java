package org.lines4j.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// For messages about names that nobody knows: the known one that was probably meant.
public final class NearestName {
  private NearestName() {}

  /// `did you mean 'density'?`, or a list of all the names where none is close.
  public static String advice(String name, Collection<String> known) {
    String meant = meant(name, known);
    return meant.isEmpty() && !known.isEmpty()
        ? "known are " + String.join(", ", known.stream().sorted().toList())
        : meant;
  }

  /// `did you mean 'density'?`, or nothing where none is close.
  public static String meant(String name, Collection<String> known) {
    return of(name, known).map(nearest -> "did you mean '" + nearest + "'?").orElse("");
  }

  /// The name that takes the fewest changed letters, if at most every third does.
  public static Optional<String> of(String name, Collection<String> known) {
    if (name.length() > 100) {
      return Optional.empty();
    }
    String own = folded(name);
    return known.stream()
        .sorted()
        .min(Comparator.comparingInt(other -> distance(own, folded(other))))
        .filter(
            other ->
                3 * distance(own, folded(other)) <= Math.max(own.length(), 3)
                    || (own.length() >= 3 && folded(other).contains(own)));
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /// Levenshtein's: letters put in, left out or changed; two that changed places count once.
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        least = Math.min(least, cost[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
