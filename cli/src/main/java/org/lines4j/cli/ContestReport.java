package org.lines4j.cli;

import java.nio.file.Path;
import java.util.OptionalDouble;
import org.lines4j.layers.DepthProfile;
import org.lines4j.tune.Contest;
import org.lines4j.tune.ContestResults;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.record.ContestJson;

/// Shows how merge methods compare.
final class ContestReport {
  private final RunMixin run;

  ContestReport(RunMixin run) {
    this.run = run;
  }

  /// What would be measured.
  void dryRun(Contest contest, Path out) {
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            json.writeBooleanProperty("dry_run", true);
            json.writeArrayPropertyStart("methods");
            for (Tuning search : contest.searches()) {
              json.writeStartObject();
              json.writeStringProperty("method", search.subject().recipe().method());
              json.writeArrayPropertyStart("numbers");
              search.plan().space().symbols().forEach(json::writeString);
              json.writeEndArray();
              json.writeNumberProperty("evaluations_each", search.plan().evaluations());
              json.writeEndObject();
            }
            json.writeEndArray();
          });
      return;
    }
    Table table = new Table("method", "numbers", "profiles", "evaluations each");
    for (Tuning search : contest.searches()) {
      table.row(
          search.subject().recipe().method(),
          String.join(", ", search.plan().space().symbols()),
          search.plan().gradings().size(),
          search.plan().evaluations());
    }
    table.print(run.out());
    run.say("dry run: nothing made; results would go to " + out);
  }

  /// The methods, the best first, and the verdict.
  void done(ContestResults results) {
    if (run.isJson()) {
      run.out().print(ContestJson.of(results));
      run.out().flush();
      return;
    }
    Table table = new Table("method", "best", "score", "LiNeS", "uniform", "gain", "error");
    for (ContestResults.Entry entry : results.entries()) {
      Results own = entry.results();
      table.row(
          entry.method(),
          own.winner().label(),
          "%.5g".formatted(entry.score()),
          best(own, DepthProfile.LINES),
          best(own, DepthProfile.UNIFORM),
          shown(own.verdict().gain()),
          shown(own.verdict().error()));
    }
    table.print(run.out());
    run.out().println();
    results.sentences().forEach(run::print);
    run.out().flush();
  }

  private static String best(Results results, DepthProfile profile) {
    return shown(results.of(profile).map(ProfileResult::bestScore).orElse(OptionalDouble.empty()));
  }

  private static String shown(OptionalDouble value) {
    return value.isPresent() ? "%.5g".formatted(value.getAsDouble()) : "";
  }
}
