package org.lines4j.tune;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
      throw new RequestException("the objective w * target + control needs control metrics")
          .withRemedy("name some, or choose the objective mean");
    }
    if (objective instanceof Objective.Weighted(List<Objective.Term> terms)) {
      checkNormalised(terms, names);
      objective = directed(terms, Stream.concat(targets.stream(), controls.stream()).toList());
    }
  }

  private static void checkNormalised(List<Objective.Term> terms, Set<String> names) {
    for (Objective.Term term : terms) {
      if (term.isNormalised() && !names.contains(term.metric())) {
        throw new RequestException(
            "norm(%s): what is normalised should be among the targets (by the tuned model) or the"
                    .formatted(term.metric())
                + " controls (by the base)");
      }
    }
  }

  /// The sum, once no term goes against the way in which its metric is better. A metric alone is
  /// made as good as it gets, whichever way that is.
  private static Objective directed(List<Objective.Term> terms, List<Metric> metrics) {
    List<Objective.Term> directed = new ArrayList<>();
    for (Objective.Term term : terms) {
      boolean isAlone = terms.size() == 1 && term.weight() > 0 && !term.isNormalised();
      boolean isWrong =
          metrics.stream()
              .filter(metric -> metric.name().equals(term.metric()))
              .anyMatch(metric -> goesAgainst(term, metric));
      if (isWrong && !isAlone) {
        throw new RequestException(against(term));
      }
      directed.add(isWrong ? new Objective.Term(-term.weight(), term.metric(), false) : term);
    }
    return new Objective.Weighted(directed);
  }

  private static boolean goesAgainst(Objective.Term term, Metric metric) {
    boolean isLess = metric.better() == Metric.Better.LOWER && !term.isNormalised();
    return isLess ? term.weight() > 0 : term.weight() < 0;
  }

  private static String against(Objective.Term term) {
    String name = term.metric();
    if (term.isNormalised()) {
      return "norm(%s) is larger where %s is better, but the objective takes it away: add it"
          .formatted(name, name);
    }
    return term.weight() > 0
        ? "lower is better for %s, but the objective adds it: take it away (- %s), or declare it as %s:max"
            .formatted(name, name, name)
        : "higher is better for %s, but the objective takes it away: add it, or declare it as %s:min"
            .formatted(name, name);
  }

  /// The usual objective: the paper's for one model with controls, else the mean.
  public static Goals usual(List<Metric> targets, List<Metric> controls, int models) {
    boolean isEdit = models == 1 && !controls.isEmpty();
    return new Goals(
        targets,
        controls,
        isEdit ? new Objective.Paper(Objective.Paper.USUAL) : new Objective.Mean());
  }

  /// These, where it is known of some metrics which way they are better: what is neither target nor
  /// control may stand in the objective, too.
  ///
  /// @throws RequestException if a term goes against that
  public Goals withKnown(Map<String, Metric.Better> known) {
    if (!(objective instanceof Objective.Weighted(List<Objective.Term> terms))) {
      return this;
    }
    Set<String> declared = metrics().stream().map(Metric::name).collect(Collectors.toSet());
    List<Metric> others =
        known.entrySet().stream()
            .filter(metric -> !declared.contains(metric.getKey()))
            .map(metric -> new Metric(metric.getKey(), metric.getValue()))
            .toList();
    return new Goals(targets, controls, directed(terms, others));
  }

  /// What may have been forgotten, in words.
  public List<String> notices() {
    Stream<String> declared =
        metrics().stream()
            .filter(Metric::isDoubtful)
            .map(
                metric ->
                    "higher is taken to be better for %s; %s:min says that lower is"
                        .formatted(metric.name(), metric.name()));
    return Stream.concat(declared, doubtfulTerms()).toList();
  }

  /// What the objective adds, and is called a loss, and was declared nowhere.
  private Stream<String> doubtfulTerms() {
    return objective instanceof Objective.Weighted(List<Objective.Term> terms)
        ? terms.stream()
            .filter(term -> term.weight() > 0 && Metric.isCalledLoss(term.metric()))
            .map(Objective.Term::metric)
            .filter(name -> metrics().stream().noneMatch(metric -> metric.name().equals(name)))
            .map(
                name ->
                    "higher is taken to be better for %s, which the objective adds; among the targets or controls, %s:min says that lower is"
                        .formatted(name, name))
        : Stream.of();
  }

  /// Ends a search that goes the wrong way, as an evaluator knows once it has measured.
  ///
  /// @throws RequestException if lower is better for a metric of which nothing was said, or a term
  ///   of the objective goes against what is known
  public void checkDirections(Map<String, Metric.Better> known) {
    List<String> wrong =
        metrics().stream()
            .filter(metric -> !metric.isSaid() && known.get(metric.name()) == Metric.Better.LOWER)
            .map(Metric::name)
            .toList();
    if (!wrong.isEmpty()) {
      String name = wrong.getFirst();
      throw new RequestException(
              "lower is better for %s, as the evaluator's results say (what was measured is kept)"
                  .formatted(String.join(", ", wrong)))
          .withRemedy("declare it as %s:min, or as %s:max if it is to grow".formatted(name, name));
    }
    if (objective instanceof Objective.Weighted(List<Objective.Term> terms)
        && withKnown(known).objective() instanceof Objective.Weighted(List<Objective.Term> better)
        && !terms.equals(better)) {
      String name = terms.getFirst().metric();
      throw new RequestException(
              "lower is better for %s, as the evaluator's results say (what was measured is kept)"
                  .formatted(name))
          .withRemedy("name it among the targets or controls, as %s:min".formatted(name));
    }
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
}
