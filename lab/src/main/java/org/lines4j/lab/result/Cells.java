package org.lines4j.lab.result;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.lab.experiment.Spread;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// How figures are shown.
final class Cells {
  private Cells() {}

  /// Percent with one decimal: mean ± standard deviation over the seeds.
  static String percent(List<Double> seeds) {
    Spread spread = Spread.of(seeds);
    return Double.isNaN(spread.mean())
        ? "–"
        : seeds.size() == 1
            ? percent(spread.mean())
            : "%s ± %.1f".formatted(percent(spread.mean()), 100 * spread.deviation());
  }

  static String percent(double value) {
    return "%.1f".formatted(100 * value);
  }

  /// How fast a model learns, without an exponent.
  static String rate(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  static String duration(double seconds) {
    return seconds < 120 ? "%.0f s".formatted(seconds) : "%.0f min".formatted(seconds / 60);
  }

  /// How long each part took.
  static Table times(String caption, Map<String, Double> seconds) {
    return new Table(
        caption,
        List.of("", "time"),
        seconds.entrySet().stream()
            .map(entry -> List.of(entry.getKey(), duration(entry.getValue())))
            .toList());
  }

  /// What it ran on.
  static Text versions(Map<String, String> versions) {
    return new Text(
        "Versions: "
            + versions.entrySet().stream()
                .map(Map.Entry::toString)
                .collect(Collectors.joining(", "))
            + ".");
  }
}
