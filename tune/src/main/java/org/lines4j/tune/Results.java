package org.lines4j.tune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.lines4j.diff.Diff;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.Stack;
import org.lines4j.merge.Lines;

/// What a search found. Nothing in it depends on when and how often it ran.
///
/// @param method how the models are merged
/// @param inputs the models' files by short name, with their hashes
/// @param evaluator its identity
/// @param axes what the front is of; empty where there is but one thing to make large
/// @param models the base, then the tuned models
/// @param profiles each with its candidates in the order of their proposals; uniform scaling is one
/// @param winner among all candidates
/// @param stacks that λ is a function of
/// @param differences how far each tuned model is from the base, by its short name
public record Results(
    String method,
    Map<String, Input> inputs,
    String evaluator,
    Goals goals,
    SearchPlan plan,
    Optional<Axes> axes,
    List<Point> models,
    List<ProfileResult> profiles,
    Point winner,
    Verdict verdict,
    List<Stack> stacks,
    Map<String, Diff> differences) {
  /// Copies its collections.
  public Results {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    models = List.copyOf(models);
    profiles = List.copyOf(profiles);
    stacks = List.copyOf(stacks);
    differences = Collections.unmodifiableMap(new LinkedHashMap<>(differences));
  }

  /// A model that was there before.
  public record Input(String path, String hash) {}

  /// What the two coordinates of a point are; larger is better for both.
  public record Axes(String x, String y) {}

  /// A model that was measured, or failed to be.
  ///
  /// @param label of the model
  /// @param candidate empty for a model that was there before
  /// @param alpha that the candidate was made with
  /// @param metrics by name; empty where the measurement failed
  /// @param error why it failed
  /// @param score the objective's value; empty where there is none
  /// @param x its place in the plot of target against control
  /// @param y as `x`
  /// @param isOnFront whether no other model is better in one of `x` and `y` and as good in the
  ///   other
  public record Point(
      String label,
      Optional<Candidate> candidate,
      OptionalDouble alpha,
      Map<String, Double> metrics,
      Optional<String> error,
      OptionalDouble score,
      OptionalDouble x,
      OptionalDouble y,
      boolean isOnFront) {
    /// Copies the metrics.
    public Point {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /// The scaling with its α as it was measured.
    ///
    /// @throws java.util.NoSuchElementException if this is no candidate that was made
    public Lines lines() {
      Lines lines = candidate.orElseThrow().lines();
      return new Lines(
          Optional.of(alpha.orElseThrow()), lines.beta(), lines.outside(), lines.profile());
    }
  }

  /// The candidates of a grading.
  ///
  /// @param points those that were measured on all data
  /// @param best index of the one with the largest score, of equals the first; empty if none has
  ///   one
  /// @param screened how many were measured on a part of the data alone
  /// @param spread of the best one's score, where it was measured more than once
  public record ProfileResult(
      Grading grading,
      List<Point> points,
      OptionalInt best,
      int screened,
      Optional<Spread> spread) {
    /// Copies the list.
    public ProfileResult {
      points = List.copyOf(points);
    }

    /// The profile of the grading.
    public DepthProfile profile() {
      return grading.profile();
    }

    /// How many candidates were tried.
    public int tried() {
      return points.size() + screened;
    }

    /// The best candidate's score: the mean, where it was measured more than once.
    public OptionalDouble bestScore() {
      return spread.isPresent()
          ? OptionalDouble.of(spread.get().mean())
          : bestPoint().map(Point::score).orElse(OptionalDouble.empty());
    }

    /// The best candidate.
    public Optional<Point> bestPoint() {
      return best.isPresent() ? Optional.of(points.get(best.getAsInt())) : Optional.empty();
    }
  }

  /// What several measurements of one model came to.
  ///
  /// @param deviation the standard deviation of one measurement
  public record Spread(double mean, double deviation, int measurements) {
    /// Of some scores, at least two.
    public static Spread of(List<Double> scores) {
      double mean = scores.stream().mapToDouble(s -> s).average().orElseThrow();
      double squares = scores.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
      return new Spread(mean, Math.sqrt(squares / (scores.size() - 1)), scores.size());
    }

    /// The variance of the mean.
    public double variance() {
      return deviation * deviation / measurements;
    }
  }

  /// Whether LiNeS was worth it.
  ///
  /// @param pays whether its best candidate scores more than the best of uniform scaling, and more
  ///   than the models that were there
  /// @param gain by how much its best scores more than uniform scaling's best; empty if one of them
  ///   has none
  /// @param error the gain's standard error, by the spread of repeated measurements
  /// @param sentences the same in words
  public record Verdict(
      boolean pays, OptionalDouble gain, OptionalDouble error, List<String> sentences) {
    /// Copies the list.
    public Verdict {
      sentences = List.copyOf(sentences);
    }
  }

  /// The results of a profile, if it was searched; of LiNeS both ways, the better ones.
  public Optional<ProfileResult> of(DepthProfile profile) {
    return better(profiles, profile);
  }

  /// The same, of some results.
  public static Optional<ProfileResult> better(List<ProfileResult> some, DepthProfile profile) {
    return some.stream()
        .filter(result -> result.profile() == profile)
        .reduce(
            (a, b) ->
                b.bestScore().orElse(Double.NEGATIVE_INFINITY)
                        > a.bestScore().orElse(Double.NEGATIVE_INFINITY)
                    ? b
                    : a);
  }
}
