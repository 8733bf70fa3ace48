package org.lines4j.lowrank;

import org.lines4j.error.RequestException;

/// How many directions a product may have.
public sealed interface RankChoice {
  /// As many as carry something, but at most `rank`.
  record Most(int rank) implements RankChoice {
    /// @throws RequestException if `rank` is below 1
    public Most {
      if (rank < 1) {
        throw RequestException.expected("the rank", "at least 1", rank);
      }
    }
  }

  /// The fewest that hold this share of the sum of the squares of all elements.
  record Energy(double share) implements RankChoice {
    /// @throws RequestException if `share` is not above 0 and at most 1
    public Energy {
      if (!(share > 0 && share <= 1)) {
        throw RequestException.expected("the energy", "above 0, up to 1", share);
      }
    }
  }
}
