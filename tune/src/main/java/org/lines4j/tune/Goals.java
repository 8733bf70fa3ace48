package org.lines4j.tune;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.lines4j.error.RequestException;

/// What is measured, and what of it is to be large.
///
/// @param targets metrics of what the models were tuned for
/// @param controls metrics of what they knew before and should keep
public record Goals(List<Metric> targets, List<Metric> controls, Objective objective) {
  /// @throws RequestException if there is no target, a metric stands twice, or the objective needs
  ///   one that is not there
  public Goals {
    targets = List.copyOf(targets);
    controls = List.copyOf(controls);
    if (targets.isEmpty()) {
      throw new RequestException("at least one target metric is needed");
    }
    Set<String> names = new HashSet<>();
    Stream.concat(targets.stream(), controls.stream())
        .filter(metric -> !names.add(metric.name()))
        .findFirst()
        .ifPresent(
            twice -> {
              throw new RequestException("the metric " + twice.name() + " is named twice");
            });
    if (objective instanceof Objective.Paper && controls.isEmpty()) {
      throw new RequestException(
          "the objective w * target + control needs control metrics: name some, or choose the"
              + " objective mean");
    }
    if (objective instanceof Objective.Weighted(List<Objective.Term> terms)) {
      for (Objective.Term term : terms) {
        if (term.isNormalised() && !names.contains(term.metric())) {
          throw new RequestException(
              "norm(%s): what is normalised should be among the targets (by the tuned model) or the"
                      .formatted(term.metric())
                  + " controls (by the base)");
        }
      }
    }
  }

  /// The usual objective: the paper's for one model with controls, else the mean.
  public static Goals usual(List<Metric> targets, List<Metric> controls, int models) {
    boolean isEdit = models == 1 && !controls.isEmpty();
    return new Goals(
        targets,
        controls,
        isEdit ? new Objective.Paper(Objective.Paper.USUAL) : new Objective.Mean());
  }

  /// Targets, then controls.
  public List<Metric> metrics() {
    return Stream.concat(targets.stream(), controls.stream()).toList();
  }

  /// The names of all metrics that a model must have.
  public Set<String> needed() {
    Set<String> needed = new LinkedHashSet<>();
    metrics().forEach(metric -> needed.add(metric.name()));
    if (objective instanceof Objective.Weighted(List<Objective.Term> terms)) {
      terms.forEach(term -> needed.add(term.metric()));
    }
    return needed;
  }

  /// Whether the objective takes metrics as parts of what reference models have.
  public boolean isNormalised() {
    return switch (objective) {
      case Objective.Weighted(List<Objective.Term> terms) ->
          terms.stream().anyMatch(Objective.Term::isNormalised);
      case Objective.Paper _, Objective.Mean _, Objective.Minimum _ -> true;
    };
  }
}
