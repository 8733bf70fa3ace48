package org.lines4j.lab.result;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.SeedResults;
import org.lines4j.lab.experiment.Spread;

/// How figures are shown.
final class Cells {
  private Cells() {}

  /// What a table's figures are made of.
  static String seeds(LabResults results) {
    int count = results.seeds().size();
    return count == 1 ? "one seed" : "mean ± standard deviation over " + count + " seeds";
  }

  /// Percent with one decimal: mean ± standard deviation over the seeds.
  static String percent(LabResults results, ToDoubleFunction<SeedResults> figure) {
    return percent(results.seeds().stream().map(figure::applyAsDouble).toList());
  }

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

  /// A difference in points, with its sign.
  static String points(List<Double> seeds) {
    Spread spread = Spread.of(seeds);
    return Double.isNaN(spread.mean())
        ? "–"
        : seeds.size() == 1
            ? "%+.1f".formatted(100 * spread.mean())
            : "%+.1f ± %.1f".formatted(100 * spread.mean(), 100 * spread.deviation());
  }
}
