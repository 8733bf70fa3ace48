package org.lines4j.tune.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.error.Version;
import org.lines4j.tune.ContestResults;
import org.lines4j.tune.ContestResults.Entry;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;

/// `contest.json`: how methods compare, for programs and for the page that draws it. The results of
/// each are in its own `results.json`.
public final class ContestJson {
  /// What the property `format` says: readers refuse others.
  public static final String FORMAT = "lines-contest-1";

  private ContestJson() {}

  /// The document. The same results give the same text.
  public static String of(ContestResults results) {
    return ResultsJson.text(Document.of(results));
  }

  record Document(
      String format,
      String version,
      String objective,
      int evaluationsEach,
      List<String> sentences,
      List<Model> models,
      List<Method> methods) {
    static Document of(ContestResults results) {
      Results best = results.winner().results();
      Goals goals = best.goals();
      return new Document(
          FORMAT,
          Version.current(),
          goals.objective().text(),
          best.plan().evaluations(),
          results.sentences(),
          best.models().stream().map(model -> new Model(model.label(), model.score())).toList(),
          results.entries().stream().map(Method::of).toList());
    }
  }

  record Model(String label, OptionalDouble score) {}

  record Method(
      String method,
      double score,
      String winner,
      boolean linesPays,
      OptionalDouble gainOverUniform,
      @JsonInclude(Include.NON_ABSENT) OptionalDouble standardError,
      List<Profile> profiles) {
    static Method of(Entry entry) {
      Results results = entry.results();
      return new Method(
          entry.method(),
          entry.score(),
          results.winner().label(),
          results.verdict().pays(),
          results.verdict().gain(),
          results.verdict().error(),
          results.profiles().stream().map(Profile::of).toList());
    }
  }

  /// @param bestSoFar after each evaluation on all data; nothing until one has a score
  record Profile(
      String profile,
      OptionalDouble score,
      Optional<String> best,
      @JsonInclude(Include.NON_ABSENT) Optional<Results.Spread> spread,
      int screened,
      List<OptionalDouble> bestSoFar) {
    static Profile of(ProfileResult result) {
      return new Profile(
          result.grading().title(),
          result.bestScore(),
          result.bestPoint().map(Point::label),
          result.spread(),
          result.screened(),
          Entry.bestSoFar(result).stream()
              .map(
                  score ->
                      Double.isFinite(score) ? OptionalDouble.of(score) : OptionalDouble.empty())
              .toList());
    }
  }
}
