package org.lines4j.tune;

import java.util.List;
import org.lines4j.error.RequestException;

/// How much of a space is searched.
public sealed interface Effort {
  /// Every one of these numbers.
  record Grid(List<Double> numbers) implements Effort {
    /// @throws RequestException if there is none, or one twice
    public Grid {
      numbers = List.copyOf(numbers);
      if (numbers.isEmpty() || numbers.stream().distinct().count() != numbers.size()) {
        throw RequestException.expected("a grid", "of different numbers", numbers);
      }
    }
  }

  /// So many evaluations of each profile, each round where the last ones were best.
  ///
  /// @param low the least value of each number
  /// @param high the largest
  record Budget(int evaluations, double low, double high) implements Effort {
    /// @throws RequestException if it is too small, or there is nothing between the ends
    public Budget {
      if (evaluations < 3 || evaluations > 100_000) {
        throw RequestException.expected("a budget", "3 … 100000 evaluations", evaluations);
      }
      if (!(low < high) || !Double.isFinite(high - low)) {
        throw new RequestException(
            "the range should go from a number to a larger one, found %s to %s"
                .formatted(low, high));
      }
    }
  }
}
