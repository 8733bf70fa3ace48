package org.lines4j.tune.search;

import java.util.List;
import org.lines4j.layers.DepthProfile;
import org.lines4j.tune.Effort;
import org.lines4j.tune.SearchPlan;

/// Proposes numbers to try. Nothing but the outcomes so far decides what comes next, so a search
/// that is continued from its journal proposes the same as one that was never stopped.
interface Strategy {
  /// What is to be tried next, all at once; nothing once the search is over.
  ///
  /// @param outcomes of all that was proposed, in the order of the proposals
  List<List<Double>> next(List<Outcome> outcomes);

  /// What came of a proposal.
  ///
  /// @param score larger is better; −∞ if it failed
  record Outcome(List<Double> numbers, double score) {}

  /// How the candidates of `profile` are found.
  static Strategy of(SearchPlan plan, DepthProfile profile) {
    return switch (plan.effort()) {
      case Effort.Grid(List<Double> numbers) -> new GridSearch(numbers);
      case Effort.Budget budget when plan.space().dimensions(profile) == 1 ->
          new CoarseToFine(budget);
      case Effort.Budget budget ->
          new EvolutionSearch(
              budget,
              plan.space().scalings(profile),
              plan.space().dimensions(profile),
              plan.seed());
    };
  }
}
