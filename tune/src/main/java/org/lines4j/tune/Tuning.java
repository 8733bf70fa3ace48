package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.error.RequestException;
import org.lines4j.tune.search.SearchRun;

/// The choice of α and β by measurement (arXiv 2410.17146, section 4): candidates are made and
/// measured one after the other, beside the base, the tuned models and uniform scaling.
///
/// ```java
/// Subject subject = Subject.edit(Path.of("llama"), Path.of("llama-medical"), Optional.empty());
/// Goals goals = Goals.usual(Metric.parseAll("medical_acc"), Metric.parseAll("general_acc"), 1);
/// Results results =
///     new Tuning(subject, evaluator, goals, UsualSearch.of(subject), Conduct.defaults())
///         .run(Path.of("tuned"), TuneListener.SILENT);
/// ```
public record Tuning(
    Subject subject, Evaluator evaluator, Goals goals, SearchPlan plan, Conduct conduct) {
  /// @throws RequestException if the objective makes a metric worse that the evaluator knows
  public Tuning {
    goals = goals.withKnown(evaluator.metrics());
  }

  /// The same with another plan.
  public Tuning withPlan(SearchPlan other) {
    return new Tuning(subject, evaluator, goals, other, conduct);
  }

  /// What a search would do.
  ///
  /// @param candidates that are known beforehand: with a budget those of the first round
  /// @param mostTrials how many models will be measured at most
  /// @param bytes of all models that exist at a time
  /// @param inMemory whether they fit into memory
  /// @param notices what a user should know
  public record Preview(
      List<Candidate> candidates,
      int mostTrials,
      long bytes,
      boolean inMemory,
      List<String> notices) {
    /// Copies its lists.
    public Preview {
      candidates = List.copyOf(candidates);
      notices = List.copyOf(notices);
    }
  }

  /// Checks everything that can be checked before a model is made or measured; writes nothing.
  ///
  /// @param dir where results would go
  /// @throws RequestException if the request is wrong in itself
  /// @throws org.lines4j.error.InputException if the models do not fit together
  public Preview preview(Path dir) throws IOException {
    return new SearchRun(this, dir).preview();
  }

  /// Searches, or goes on with a search that was stopped.
  ///
  /// In `dir` it makes `trials.jsonl`, `results.json` and `best.yml`. What it finds does not depend
  /// on how often it was stopped, nor on how many models are measured at a time, as long as the
  /// evaluator gives the same model the same metrics.
  ///
  /// @param dir a folder, made if it does not exist
  /// @throws RequestException if the request is wrong in itself, another search is working in
  ///   `dir`, or the trials there are of other inputs
  /// @throws org.lines4j.error.InputException if the models do not fit together
  /// @throws IOException if reading or writing fails, or a model that is there cannot be measured,
  ///   or no candidate can
  public Results run(Path dir, TuneListener listener) throws IOException, InterruptedException {
    return new SearchRun(this, dir).run(listener);
  }
}
