package org.lines4j.tune;

import java.util.List;

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
}
