package org.lines4j.tune;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;

/// What is searched, and how thoroughly.
///
/// @param profiles that are compared, each with as many evaluations: LiNeS and uniform scaling are
///   always the first two
/// @param seed of the optimiser, where more than one number is searched
public record SearchPlan(Space space, Effort effort, List<DepthProfile> profiles, long seed) {
  /// Completes the profiles.
  ///
  /// @throws RequestException if a grid is given for several numbers
  public SearchPlan {
    Set<DepthProfile> all = new LinkedHashSet<>(List.of(DepthProfile.LINES, DepthProfile.UNIFORM));
    all.addAll(profiles);
    profiles = List.copyOf(all);
    if (space.symbols().size() > 1 && effort instanceof Effort.Grid) {
      throw new RequestException(
          "searching both alpha and beta takes a budget of evaluations, not a grid");
    }
  }

  /// LiNeS and uniform scaling; seed 0.
  public static SearchPlan of(Space space, Effort effort) {
    return new SearchPlan(space, effort, List.of(), 0);
  }

  /// This plan with more profiles.
  public SearchPlan withProfiles(List<DepthProfile> more) {
    return new SearchPlan(space, effort, more, seed);
  }

  /// This plan with another effort.
  public SearchPlan withEffort(Effort other) {
    return new SearchPlan(space, other, profiles, seed);
  }

  /// This plan with another seed.
  public SearchPlan withSeed(long number) {
    return new SearchPlan(space, effort, profiles, number);
  }

  /// How many evaluations each profile gets.
  public int evaluations() {
    return switch (effort) {
      case Effort.Grid(List<Double> numbers) -> numbers.size();
      case Effort.Budget budget -> budget.evaluations();
    };
  }
}
