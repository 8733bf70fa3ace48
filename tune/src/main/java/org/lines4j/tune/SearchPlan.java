package org.lines4j.tune;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;

/// What is searched, and how thoroughly.
///
/// @param profiles that are compared, each with as many evaluations: LiNeS and uniform scaling are
///   always the first two
/// @param isBothWaysOutside whether LiNeS is searched once more with the other thing that tensors
///   outside the layers can get
/// @param seed of the optimiser, where more than one number is searched
/// @param fractions of the evaluator's data that candidates are measured on, each time fewer of
///   them, the best; the last is 1
public record SearchPlan(
    Space space,
    Effort effort,
    List<DepthProfile> profiles,
    boolean isBothWaysOutside,
    long seed,
    List<Double> fractions) {
  /// All candidates are measured on all data.
  public static final List<Double> WHOLE = List.of(1.0);

  /// Completes the profiles.
  ///
  /// @throws RequestException if a grid is given for several numbers
  public SearchPlan {
    Set<DepthProfile> all = new LinkedHashSet<>(List.of(DepthProfile.LINES, DepthProfile.UNIFORM));
    all.addAll(profiles);
    profiles = List.copyOf(all);
    if (space.symbols().size() > 1 && effort instanceof Effort.Grid) {
      throw new RequestException(
          "searching several numbers, such as both alpha and beta, takes a budget of evaluations,"
              + " not a grid");
    }
    fractions = List.copyOf(fractions);
    List<Double> rising = fractions.stream().distinct().sorted().toList();
    if (fractions.isEmpty()
        || !rising.equals(fractions)
        || fractions.getFirst() <= 0
        || fractions.getLast() != 1) {
      throw RequestException.expected(
          "fractions", "numbers that rise from above 0 to 1", fractions);
    }
  }

  /// A plan whose candidates are all measured on all data.
  public SearchPlan(Space space, Effort effort, List<DepthProfile> profiles, long seed) {
    this(space, effort, profiles, false, seed, WHOLE);
  }

  /// LiNeS and uniform scaling; seed 0.
  public static SearchPlan of(Space space, Effort effort) {
    return new SearchPlan(space, effort, List.of(), 0);
  }

  /// This plan with more profiles.
  public SearchPlan withProfiles(List<DepthProfile> more) {
    return new SearchPlan(space, effort, more, isBothWaysOutside, seed, fractions);
  }

  /// This plan with another effort.
  public SearchPlan withEffort(Effort other) {
    return new SearchPlan(space, other, profiles, isBothWaysOutside, seed, fractions);
  }

  /// This plan with another seed.
  public SearchPlan withSeed(long number) {
    return new SearchPlan(space, effort, profiles, isBothWaysOutside, number, fractions);
  }

  /// This plan with candidates measured on parts of the data first.
  public SearchPlan withFractions(List<Double> parts) {
    return new SearchPlan(space, effort, profiles, isBothWaysOutside, seed, parts);
  }

  /// This plan with LiNeS both ways of what lies outside the layers, or one.
  public SearchPlan withBothWaysOutside(boolean both) {
    return new SearchPlan(space, effort, profiles, both, seed, fractions);
  }

  /// What is compared, LiNeS as the space has it first.
  public List<Grading> gradings() {
    List<Grading> gradings = new ArrayList<>();
    profiles.forEach(profile -> gradings.add(new Grading(profile, space.outside())));
    if (isBothWaysOutside) {
      Outside other = space.outside() == Outside.ALPHA ? Outside.DEPTH : Outside.ALPHA;
      gradings.add(new Grading(DepthProfile.LINES, other));
    }
    return gradings;
  }

  /// How many candidates of a profile are left at each fraction: as many as cost the same.
  public List<Integer> survivors() {
    List<Integer> survivors = new ArrayList<>();
    for (double fraction : fractions) {
      double share = fractions.getFirst() / fraction;
      survivors.add(Math.max(1, (int) Math.ceil(evaluations() * share - 1e-9)));
    }
    return survivors;
  }

  /// How many evaluations each grading gets.
  public int evaluations() {
    return switch (effort) {
      case Effort.Grid(List<Double> numbers) -> numbers.size();
      case Effort.Budget budget -> budget.evaluations();
    };
  }
}
