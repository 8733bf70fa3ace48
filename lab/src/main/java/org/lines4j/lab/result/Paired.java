package org.lines4j.lab.result;

import java.util.List;
import java.util.regex.Pattern;

/// Differences of pairs: the same seed, the same task, two ways.
///
/// @param mean of all
/// @param error the standard error of the mean, NaN of a single pair
/// @param pairs how many there are
record Paired(double mean, double error, int pairs) {
  private static final Pattern NOTHING = Pattern.compile("[+-]0\\.0");

  /// Of all differences that are numbers.
  static Paired of(List<Double> differences) {
    List<Double> own = differences.stream().filter(x -> !x.isNaN()).toList();
    double mean = own.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    double squares = own.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    int count = own.size();
    return new Paired(mean, Math.sqrt(squares / (count - 1) / count), count);
  }

  /// In points, with its sign: `+1.2 ± 0.4`; what rounds to nothing has none.
  String points() {
    if (pairs == 0) {
      return "–";
    }
    String signed = "%+.1f".formatted(100 * mean);
    String shown = NOTHING.matcher(signed).matches() ? "0.0" : signed;
    return pairs == 1 ? shown : "%s ± %.1f".formatted(shown, 100 * error);
  }

  /// Which of the two is better, if the difference is more than two standard errors.
  String winner(String first, String second) {
    if (pairs < 2 || Math.abs(mean) <= 2 * error) {
      return "neither";
    }
    return mean > 0 ? first : second;
  }
}
