package org.lines4j.tune.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.lines4j.diff.Diff;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.Stack;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Grading;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Axes;
import org.lines4j.tune.Results.Input;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.Results.Spread;
import org.lines4j.tune.Subject;
import org.lines4j.tune.Trial;
import org.lines4j.tune.Tuning;

/// From trials to results.
///
/// @param inputs hashes by short name
/// @param models that were there, by short name
record Findings(
    Tuning tuning,
    Scale scale,
    Map<String, String> inputs,
    Map<String, Trial> models,
    Map<Grading, Searched> candidates) {

  /// A candidate and what came of it.
  record Tried(Candidate candidate, Trial trial) {}

  /// What was tried of a profile.
  ///
  /// @param screened how many were measured on a part of the data alone
  record Searched(List<Tried> tried, int screened) {}

  /// Measures the best candidates as often as is wanted.
  @FunctionalInterface
  interface Repeats {
    /// The scores of one of them.
    List<Double> of(List<Candidate> best, Candidate one, Scale scale)
        throws IOException, InterruptedException;
  }

  /// The results.
  ///
  /// @throws IOException if no candidate could be measured
  Results results(List<Stack> stacks, Map<String, Diff> differences, Repeats repeats)
      throws IOException, InterruptedException {
    List<Point> all = new ArrayList<>();
    models.forEach((name, trial) -> all.add(point(name, Optional.empty(), trial)));
    candidates.forEach(
        (_, searched) ->
            searched
                .tried()
                .forEach(
                    t ->
                        all.add(
                            point(t.candidate().label(), Optional.of(t.candidate()), t.trial()))));
    List<Point> points = all.stream().map(point -> withFront(point, all)).toList();
    List<ProfileResult> once = new ArrayList<>();
    int from = models.size();
    for (Map.Entry<Grading, Searched> entry : candidates.entrySet()) {
      List<Point> own = points.subList(from, from + entry.getValue().tried().size());
      once.add(
          new ProfileResult(
              entry.getKey(), own, best(own), entry.getValue().screened(), Optional.empty()));
      from += own.size();
    }
    List<ProfileResult> profiles = repeated(once, repeats);
    List<Point> known = points.subList(0, models.size());
    Point winner = winner(profiles);
    return new Results(
        tuning.subject().recipe().method(),
        inputFiles(),
        tuning.evaluator().identity(),
        tuning.goals(),
        tuning.plan(),
        axes(),
        known,
        profiles,
        winner,
        VerdictText.of(tuning, known, profiles, winner),
        stacks,
        differences);
  }

  private List<ProfileResult> repeated(List<ProfileResult> once, Repeats repeats)
      throws IOException, InterruptedException {
    if (tuning.conduct().repeats() == 1) {
      return once;
    }
    List<Candidate> best =
        once.stream()
            .flatMap(profile -> profile.bestPoint().stream())
            .map(point -> point.candidate().orElseThrow())
            .toList();
    List<ProfileResult> repeated = new ArrayList<>();
    for (ProfileResult profile : once) {
      Optional<Spread> spread = Optional.empty();
      if (profile.bestPoint().isPresent()) {
        Candidate candidate = profile.bestPoint().get().candidate().orElseThrow();
        List<Double> scores = repeats.of(best, candidate, scale);
        spread = scores.size() > 1 ? Optional.of(Spread.of(scores)) : Optional.empty();
      }
      repeated.add(
          new ProfileResult(
              profile.grading(), profile.points(), profile.best(), profile.screened(), spread));
    }
    return repeated;
  }

  private Map<String, Input> inputFiles() {
    Subject subject = tuning.subject();
    Map<String, Input> files = new LinkedHashMap<>();
    inputs.forEach(
        (name, hash) -> {
          String model = subject.tunedModels().getOrDefault(name, subject.baseModel());
          files.put(name, new Input(subject.portable(model), hash));
        });
    return files;
  }

  private Point point(String label, Optional<Candidate> candidate, Trial trial) {
    double score = trial.isMeasured() ? scale.score(trial.metrics()) : Double.NaN;
    boolean hasScore = Double.isFinite(score);
    Optional<String> error = trial.failure().map(Trial.Failure::reason);
    return new Point(
        label,
        candidate,
        trial.alpha(),
        trial.metrics(),
        trial.isMeasured() && !hasScore ? Optional.of("the objective is " + score) : error,
        hasScore ? OptionalDouble.of(score) : OptionalDouble.empty(),
        coordinate(trial, xMetrics()),
        coordinate(trial, yMetrics()),
        false);
  }

  private OptionalDouble coordinate(Trial trial, List<Metric> metrics) {
    return trial.isMeasured() && axes().isPresent()
        ? scale.mean(metrics, trial.metrics())
        : OptionalDouble.empty();
  }

  /// Target against control; without controls, the first target against the others. None where
  /// larger would not be better.
  private Optional<Axes> axes() {
    Goals goals = tuning.goals();
    if (yMetrics().isEmpty() || !scale.canNormalise(goals.metrics())) {
      return Optional.empty();
    }
    return Optional.of(new Axes(title(xMetrics(), goals), title(yMetrics(), goals)));
  }

  private List<Metric> xMetrics() {
    Goals goals = tuning.goals();
    return goals.controls().isEmpty() ? goals.targets().subList(0, 1) : goals.targets();
  }

  private List<Metric> yMetrics() {
    Goals goals = tuning.goals();
    return goals.controls().isEmpty()
        ? goals.targets().subList(1, goals.targets().size())
        : goals.controls();
  }

  private static String title(List<Metric> metrics, Goals goals) {
    boolean isControl = goals.controls().containsAll(metrics);
    String of = isControl ? "the base's" : "the tuned model's";
    if (metrics.size() > 1) {
      return "mean of %d %s, as a part of %s"
          .formatted(metrics.size(), isControl ? "controls" : "targets", of);
    }
    Metric only = metrics.getFirst();
    return switch (only.better()) {
      case HIGHER -> "%s, as a part of %s".formatted(only.name(), of);
      case LOWER -> "%s, %s as a part of it".formatted(only.name(), of);
    };
  }

  private static Point withFront(Point point, List<Point> all) {
    boolean isOnFront =
        point.x().isPresent()
            && point.y().isPresent()
            && all.stream().noneMatch(other -> dominates(other, point));
    return new Point(
        point.label(),
        point.candidate(),
        point.alpha(),
        point.metrics(),
        point.error(),
        point.score(),
        point.x(),
        point.y(),
        isOnFront);
  }

  private static boolean dominates(Point other, Point point) {
    if (other.x().isEmpty() || other.y().isEmpty()) {
      return false;
    }
    double x = other.x().getAsDouble() - point.x().orElseThrow();
    double y = other.y().getAsDouble() - point.y().orElseThrow();
    return x >= 0 && y >= 0 && (x > 0 || y > 0);
  }

  /// Of equals the first: with γ from 1 down, the larger one.
  private static OptionalInt best(List<Point> points) {
    OptionalInt best = OptionalInt.empty();
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < points.size(); i++) {
      double score = points.get(i).score().orElse(Double.NEGATIVE_INFINITY);
      if (score > most) {
        most = score;
        best = OptionalInt.of(i);
      }
    }
    return best;
  }

  /// Of equals, the simplest: uniform scaling first.
  private static Point winner(List<ProfileResult> profiles) throws IOException {
    Optional<Point> winner =
        Stream.concat(
                profiles.stream().filter(p -> p.profile() == DepthProfile.UNIFORM),
                profiles.stream())
            .filter(profile -> profile.bestPoint().isPresent())
            .reduce((a, b) -> score(b) > score(a) ? b : a)
            .flatMap(ProfileResult::bestPoint);
    return winner.orElseThrow(
        () ->
            new IOException(
                "no candidate could be measured: "
                    + profiles.stream()
                        .flatMap(profile -> profile.points().stream())
                        .flatMap(point -> point.error().stream())
                        .findFirst()
                        .orElse("there was none")
                    + "; trials.jsonl has the details of each"));
  }

  private static double score(ProfileResult profile) {
    return profile.bestScore().orElse(Double.NEGATIVE_INFINITY);
  }
}
