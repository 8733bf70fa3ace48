package org.lines4j.tune.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.layers.DepthProfile;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.Results.Verdict;
import org.lines4j.tune.Tuning;

/// Says in words what a search found, and whether LiNeS pays.
final class VerdictText {
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
    Optional<Point> model =
        models.stream()
            .filter(point -> point.score().isPresent())
            .max(Comparator.comparingDouble(VerdictText::score));
    boolean isEdit = tuning.subject().isEdit();
    double known = isEdit ? model.map(VerdictText::score).orElse(Double.NaN) : Double.NaN;
    OptionalDouble gain =
        lines.isPresent() && uniform.isPresent()
            ? OptionalDouble.of(score(lines.get()) - score(uniform.get()))
            : OptionalDouble.empty();
    boolean beatsModels = !(lines.map(VerdictText::score).orElse(Double.NaN) <= known);
    boolean pays = gain.isPresent() && gain.getAsDouble() > 0 && beatsModels;
    sentences.add("The winner is %s: %s.".formatted(winner.label(), shown(score(winner))));
    if (gain.isPresent()) {
      compare(lines.orElseThrow(), uniform.orElseThrow(), gain.getAsDouble(), pays);
    } else {
      sentences.add(
          "Whether LiNeS pays here is not known: no candidate of %s could be measured."
              .formatted(lines.isEmpty() ? "it" : "uniform scaling"));
    }
    model.ifPresent(best -> compare(best, winner, isEdit));
    failures();
    return new Verdict(pays, gain, sentences);
  }

  private void compare(Point lines, Point uniform, double gain, boolean pays) {
    int trials = profile(DepthProfile.LINES).map(p -> p.points().size()).orElse(0);
    String both =
        "%s has %s, uniform scaling at its best (%s) %s, with %d evaluations each"
            .formatted(
                lines.label(), shown(score(lines)), uniform.label(), shown(score(uniform)), trials);
    if (pays) {
      sentences.add("LiNeS pays here, by %s: %s.".formatted(shown(gain), both));
    } else if (gain > 0) {
      sentences.add(
          "LiNeS does not pay here: %s, but a model that was there has no less.".formatted(both));
    } else {
      sentences.add("LiNeS does not pay here: %s.".formatted(both));
    }
  }

  private void compare(Point best, Point winner, boolean isEdit) {
    String name = best.label().equals("base") ? "The base" : "The model " + best.label();
    if (score(best) >= score(winner) && isEdit) {
      sentences.add(
          "%s as it is has %s: no candidate is better.".formatted(name, shown(score(best))));
    } else {
      sentences.add("%s as it is has %s.".formatted(name, shown(score(best))));
    }
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

  private Optional<ProfileResult> profile(DepthProfile wanted) {
    return profiles.stream().filter(profile -> profile.profile() == wanted).findFirst();
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
