package org.lines4j.tune;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;

/// What came of a [Contest].
///
/// @param entries one for each method, the best first
/// @param sentences the verdict
public record ContestResults(List<Entry> entries, List<String> sentences) {
  /// Copies its lists.
  public ContestResults {
    entries = List.copyOf(entries);
    sentences = List.copyOf(sentences);
  }

  /// A method's results.
  public record Entry(String method, Results results) {
    /// The score of the best candidate.
    public double score() {
      return results.profiles().stream()
          .filter(profile -> profile.bestPoint().filter(results.winner()::equals).isPresent())
          .findFirst()
          .map(profile -> profile.bestScore().orElse(Double.NEGATIVE_INFINITY))
          .orElse(Double.NEGATIVE_INFINITY);
    }

    /// The best score after each evaluation on all data, of a profile.
    public static List<Double> bestSoFar(ProfileResult profile) {
      List<Double> best = new ArrayList<>();
      double most = Double.NEGATIVE_INFINITY;
      for (Point point : profile.points()) {
        most = Math.max(most, point.score().orElse(Double.NEGATIVE_INFINITY));
        best.add(most);
      }
      return best;
    }
  }

  /// The best one.
  public Entry winner() {
    return entries.getFirst();
  }
}
