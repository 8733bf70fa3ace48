package org.lines4j.tune.search;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Objective;

/// Turns what was measured into scores, by what the base and the tuned models have.
///
/// @param references by metric: what its values are parts of
record Scale(Goals goals, Map<String, Double> references) {
  Scale {
    references = Map.copyOf(references);
  }

  /// @param base the base model's metrics
  /// @param tuned those of each tuned model
  static Scale of(Goals goals, Map<String, Double> base, List<Map<String, Double>> tuned) {
    Map<String, Double> references = new HashMap<>();
    for (Metric metric : goals.targets()) {
      tuned.stream()
          .map(metrics -> metrics.getOrDefault(metric.name(), Double.NaN))
          .reduce(metric::best)
          .ifPresent(best -> references.put(metric.name(), best));
    }
    for (Metric metric : goals.controls()) {
      references.put(metric.name(), base.getOrDefault(metric.name(), Double.NaN));
    }
    return new Scale(goals, references);
  }

  /// Refuses an objective that divides by what nothing can be divided by.
  ///
  /// @throws RequestException if a reference is not positive
  void check() {
    for (Metric metric : normalised()) {
      double reference = reference(metric);
      if (!(reference > 0)) {
        throw new RequestException(
                "%s is %s for the %s, so nothing can be a part of it"
                    .formatted(
                        metric.name(),
                        reference,
                        goals.targets().contains(metric) ? "tuned model" : "base"))
            .withRemedy(sum(metric));
      }
    }
  }

  private static Remedy sum(Metric metric) {
    return Remedy.of(
        "write the objective as a sum of metrics as they are, such as ",
        Option.OBJECTIVE,
        " \"" + metric.name() + "\"");
  }

  /// The metrics that the objective takes as parts of what reference models have.
  private List<Metric> normalised() {
    return switch (goals.objective()) {
      case Objective.Weighted(List<Objective.Term> terms) ->
          goals.metrics().stream()
              .filter(
                  metric ->
                      terms.stream()
                          .anyMatch(t -> t.isNormalised() && t.metric().equals(metric.name())))
              .toList();
      case Objective.Paper _, Objective.Mean _, Objective.Minimum _ -> goals.metrics();
    };
  }

  private double reference(Metric metric) {
    return references.getOrDefault(metric.name(), Double.NaN);
  }

  /// Whether larger parts of the references of these metrics are better; of a negative one they
  /// would be worse.
  boolean canNormalise(List<Metric> metrics) {
    return metrics.stream().allMatch(metric -> reference(metric) > 0);
  }

  /// The value as a part of the reference; NaN where there is no such part, or it would not be
  /// larger where the value is better.
  double normalised(Metric metric, double value) {
    return switch (metric.better()) {
      case HIGHER -> value / reference(metric);
      case LOWER -> value > 0 ? reference(metric) / value : Double.NaN;
    };
  }

  /// The mean of some metrics, normalised; empty for none, or if it is not finite.
  OptionalDouble mean(List<Metric> some, Map<String, Double> metrics) {
    OptionalDouble mean =
        some.stream().mapToDouble(metric -> normalised(metric, metrics)).average();
    return mean.isPresent() && Double.isFinite(mean.getAsDouble()) ? mean : OptionalDouble.empty();
  }

  private double normalised(Metric metric, Map<String, Double> metrics) {
    return normalised(metric, metrics.getOrDefault(metric.name(), Double.NaN));
  }

  /// The objective's value; not finite where it has none.
  ///
  /// @throws RequestException if a metric is too good to divide by: a loss of 0
  double score(Map<String, Double> metrics) {
    checkDivisible(metrics);
    return switch (goals.objective()) {
      case Objective.Paper(double weight) ->
          weight * mean(goals.targets(), metrics).orElse(Double.NaN)
              + mean(goals.controls(), metrics).orElse(Double.NaN);
      case Objective.Mean _ -> mean(goals.metrics(), metrics).orElse(Double.NaN);
      case Objective.Minimum _ ->
          goals.metrics().stream()
              .mapToDouble(metric -> normalised(metric, metrics))
              .reduce(Math::min)
              .orElse(Double.NaN);
      case Objective.Weighted(List<Objective.Term> terms) ->
          terms.stream().mapToDouble(term -> term.weight() * value(term, metrics)).sum();
    };
  }

  private void checkDivisible(Map<String, Double> metrics) {
    for (Metric metric : normalised()) {
      double value = metrics.getOrDefault(metric.name(), Double.NaN);
      if (metric.better() == Metric.Better.LOWER && value <= 0) {
        throw new RequestException(
                "%s is %s for one of the models, so nothing can be divided by it (what was measured is kept)"
                    .formatted(metric.name(), value))
            .withRemedy(sum(metric));
      }
    }
  }

  private double value(Objective.Term term, Map<String, Double> metrics) {
    double raw = metrics.getOrDefault(term.metric(), Double.NaN);
    return term.isNormalised()
        ? goals.metrics().stream()
            .filter(metric -> metric.name().equals(term.metric()))
            .findFirst()
            .map(metric -> normalised(metric, raw))
            .orElse(Double.NaN)
        : raw;
  }
}
