package org.lines4j.tune.search;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.tune.Effort;

/// One number within a budget: evenly spaced ones, then halfway to the neighbours of the best,
/// again and again. Of a function with one hump, each round halves what is left.
record CoarseToFine(Effort.Budget budget) implements Strategy {
  /// Coarse enough to leave evaluations to refine with, fine enough to find the hump.
  private static final int COARSE_MOST = 9;

  /// Closer values would be the same model in float16.
  private static final int DECIMALS = 5;

  @Override
  public List<List<Double>> next(List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return coarse().stream().map(List::of).toList();
    }
    int left = budget.evaluations() - outcomes.size();
    List<Double> tried =
        outcomes.stream().map(outcome -> outcome.numbers().getFirst()).sorted().toList();
    return around(best(outcomes), tried).stream().limit(Math.max(0, left)).map(List::of).toList();
  }

  private List<Double> coarse() {
    int count = Math.clamp((budget.evaluations() + 1) / 2, 3, COARSE_MOST);
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double share = i / (double) (count - 1);
      numbers.add(rounded(budget.low() + share * (budget.high() - budget.low())));
    }
    return numbers;
  }

  /// The first of equally good ones.
  private static double best(List<Outcome> outcomes) {
    Outcome best = outcomes.getFirst();
    for (Outcome outcome : outcomes) {
      best = outcome.score() > best.score() ? outcome : best;
    }
    return best.numbers().getFirst();
  }

  /// The middles between the best and its two neighbours, those that are new; where they are not,
  /// the middle of the widest gap.
  private static List<Double> around(double best, List<Double> tried) {
    int at = tried.indexOf(best);
    Set<Double> known = Set.copyOf(tried);
    List<Double> middles = new ArrayList<>();
    if (at > 0) {
      middles.add(rounded((best + tried.get(at - 1)) / 2));
    }
    if (at < tried.size() - 1) {
      middles.add(rounded((best + tried.get(at + 1)) / 2));
    }
    List<Double> fresh =
        middles.stream().filter(n -> !known.contains(n)).distinct().collect(Collectors.toList());
    return fresh.isEmpty() ? widest(tried, known) : fresh;
  }

  private static List<Double> widest(List<Double> tried, Set<Double> known) {
    double middle = tried.getFirst();
    double width = 0;
    for (int i = 1; i < tried.size(); i++) {
      double gap = tried.get(i) - tried.get(i - 1);
      if (gap > width) {
        width = gap;
        middle = rounded((tried.get(i) + tried.get(i - 1)) / 2);
      }
    }
    return known.contains(middle) ? List.of() : List.of(middle);
  }

  static double rounded(double number) {
    return BigDecimal.valueOf(number).setScale(DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
  }
}
