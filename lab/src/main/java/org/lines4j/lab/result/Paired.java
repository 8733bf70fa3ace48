package org.lines4j.lab.result;

import java.util.List;

/// Differences of pairs: the same seed, the same task, two ways.
///
/// @param mean of all
/// @param error the standard error of the mean, NaN of a single pair
/// @param pairs how many there are
record Paired(double mean, double error, int pairs) {
  /// Of all differences that are numbers.
  static Paired of(List<Double> differences) {
    List<Double> own = differences.stream().filter(x -> !x.isNaN()).toList();
    double mean = own.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    double squares = own.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    int count = own.size();
    return new Paired(mean, Math.sqrt(squares / (count - 1) / count), count);
  }

  /// In points, with its sign: `+1.2 ± 0.4`.
  String points() {
    if (pairs == 0) {
      return "–";
    }
    return pairs == 1
        ? "%+.1f".formatted(100 * mean)
        : "%+.1f ± %.1f".formatted(100 * mean, 100 * error);
  }

  /// Which of the two is better, if the difference is more than two standard errors.
  String winner(String first, String second) {
    if (pairs < 2 || Math.abs(mean) <= 2 * error) {
      return "neither";
    }
    return mean > 0 ? first : second;
  }
}
