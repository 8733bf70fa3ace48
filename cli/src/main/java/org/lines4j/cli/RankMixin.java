package org.lines4j.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.lowrank.RankChoice;
import picocli.CommandLine.Option;

/// How many directions each module of a new adapter has.
final class RankMixin {
  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "The most that a module of a new adapter has.")
  private @Nullable Integer rank;

  @Option(
      names = "--energy",
      paramLabel = "E",
      converter = NumberConverter.class,
      description = {
        "In place of a rank, the share of each update's squares that must be held, such as 0.95;"
            + " each module gets the rank that takes."
      })
  private @Nullable Double energy;

  Optional<RankChoice> choice() {
    if (rank != null && energy != null) {
      throw new RequestException("give --rank or --energy, not both");
    }
    if (rank != null) {
      return Optional.of(new RankChoice.Most(rank));
    }
    return Optional.ofNullable(energy).map(RankChoice.Energy::new);
  }
}
