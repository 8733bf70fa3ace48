package org.lines4j.tune.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.layers.DepthProfile;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.Results.Spread;
import org.lines4j.tune.Results.Verdict;
import org.lines4j.tune.Tuning;

/// Says in words what a search found, and whether LiNeS pays.
final class VerdictText {
  /// A gain of so many standard errors is no accident.
  private static final double ERRORS = 2;

  private final List<ProfileResult> profiles;
  private final List<Point> models;
  private final List<String> sentences = new ArrayList<>();

  private VerdictText(List<ProfileResult> profiles, List<Point> models) {
    this.profiles = profiles;
    this.models = models;
  }

  static Verdict of(Tuning tuning, List<Point> models, List<ProfileResult> profiles, Point winner) {
    return new VerdictText(profiles, models).verdict(tuning, winner);
  }

  private Verdict verdict(Tuning tuning, Point winner) {
    Optional<Point> lines = best(DepthProfile.LINES);
    Optional<Point> uniform = best(DepthProfile.UNIFORM);
    double known =
        tuning.subject().isEdit()
            ? best(models).map(VerdictText::score).orElse(Double.NaN)
            : Double.NaN;
    OptionalDouble gain =
        lines.isPresent() && uniform.isPresent()
            ? OptionalDouble.of(
                mean(DepthProfile.LINES).orElseThrow() - mean(DepthProfile.UNIFORM).orElseThrow())
            : OptionalDouble.empty();
    OptionalDouble error = gain.isPresent() ? error() : OptionalDouble.empty();
    boolean beatsModels = !(mean(DepthProfile.LINES).orElse(Double.NaN) <= known);
    boolean isSure = gain.isPresent() && gain.getAsDouble() > ERRORS * error.orElse(0);
    boolean pays = isSure && gain.getAsDouble() > 0 && beatsModels;
    sentences.add("The winner is %s: %s.".formatted(winner.label(), shown(score(winner))));
    if (gain.isPresent()) {
      compare(lines.orElseThrow(), uniform.orElseThrow(), gain.getAsDouble(), pays);
    } else {
      sentences.add(
          "Whether LiNeS pays here is not known: no candidate of %s could be measured."
              .formatted(lines.isEmpty() ? "it" : "uniform scaling"));
    }
    asItIs(models, score(winner), "candidate").ifPresent(sentences::add);
    if (error.isPresent()) {
      compare(gain.getAsDouble(), error.getAsDouble(), isSure, tuning.conduct().repeats());
    }
    screened(tuning);
    failures();
    return new Verdict(pays, gain, error, sentences);
  }

  private OptionalDouble mean(DepthProfile profile) {
    return profile(profile).map(ProfileResult::bestScore).orElse(OptionalDouble.empty());
  }

  /// Of the gain, by how far measurements of one model differ.
  private OptionalDouble error() {
    Optional<Spread> lines = profile(DepthProfile.LINES).flatMap(ProfileResult::spread);
    Optional<Spread> uniform = profile(DepthProfile.UNIFORM).flatMap(ProfileResult::spread);
    return lines.isPresent() && uniform.isPresent()
        ? OptionalDouble.of(Math.sqrt(lines.get().variance() + uniform.get().variance()))
        : OptionalDouble.empty();
  }

  private void compare(double gain, double error, boolean isSure, int repeats) {
    String means =
        "Measured %d times each, LiNeS has %s more on average".formatted(repeats, shown(gain));
    if (error == 0) {
      sentences.add(means + ", and measurements of one model do not differ.");
    } else {
      sentences.add(
          "%s, with a standard error of %s: %s."
              .formatted(
                  means,
                  shown(error),
                  isSure
                      ? "more than the evaluator's spread explains"
                      : "no more than the evaluator's spread may explain"));
    }
  }

  private void screened(Tuning tuning) {
    int screened = profiles.stream().mapToInt(ProfileResult::screened).sum();
    if (screened > 0) {
      sentences.add(
          "%d of %d candidates were left out after a part of the data (fractions %s)."
              .formatted(
                  screened,
                  profiles.stream().mapToInt(ProfileResult::tried).sum(),
                  tuning.plan().fractions()));
    }
  }

  private void compare(Point lines, Point uniform, double gain, boolean pays) {
    int trials = profile(DepthProfile.LINES).map(ProfileResult::tried).orElse(0);
    String both =
        "%s has %s, uniform scaling at its best (%s) %s, with %d evaluations each%s"
            .formatted(
                lines.label(),
                shown(score(lines)),
                uniform.label(),
                shown(score(uniform)),
                trials,
                linesTwice() ? " (LiNeS both ways outside the layers, so twice as many)" : "");
    if (pays) {
      sentences.add("LiNeS pays here, by %s: %s.".formatted(shown(gain), both));
    } else if (gain > 0 && error().isPresent()) {
      sentences.add("Whether LiNeS pays here is not sure: %s.".formatted(both));
    } else if (gain > 0) {
      sentences.add(
          "LiNeS does not pay here: %s, but a model that was there has no less.".formatted(both));
    } else {
      sentences.add("LiNeS does not pay here: %s.".formatted(both));
    }
  }

  private boolean linesTwice() {
    return profiles.stream().filter(p -> p.profile() == DepthProfile.LINES).count() > 1;
  }

  /// What the best model that was there has beside a winner.
  ///
  /// @param candidate what the winner is one of
  static Optional<String> asItIs(List<Point> models, double winner, String candidate) {
    return best(models)
        .map(
            model ->
                "%s as it is has %s%s."
                    .formatted(
                        model.label().equals("base") ? "The base" : "The model " + model.label(),
                        shown(score(model)),
                        score(model) >= winner ? ": no %s is better".formatted(candidate) : ""));
  }

  private static Optional<Point> best(List<Point> models) {
    return models.stream()
        .filter(point -> point.score().isPresent())
        .max(Comparator.comparingDouble(VerdictText::score));
  }

  private void failures() {
    long failed =
        profiles.stream()
            .flatMap(profile -> profile.points().stream())
            .filter(point -> point.score().isEmpty())
            .count();
    if (failed > 0) {
      sentences.add(
          failed == 1 ? "1 candidate failed." : "%d candidates failed.".formatted(failed));
    }
  }

  /// Of a profile that was searched both ways outside the layers, the better one.
  private Optional<ProfileResult> profile(DepthProfile wanted) {
    return Results.better(profiles, wanted);
  }

  private Optional<Point> best(DepthProfile profile) {
    return profile(profile).flatMap(ProfileResult::bestPoint);
  }

  private static double score(Point point) {
    return point.score().orElse(Double.NEGATIVE_INFINITY);
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
