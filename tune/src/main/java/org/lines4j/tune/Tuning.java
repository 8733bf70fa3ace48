package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;

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
    checkFolder(dir);
    try (CandidateMaker maker = CandidateMaker.open(subject, plan.space(), conduct.run(), dir)) {
      Workspace.Need need = maker.need(conduct.parallel());
      return new Preview(
          plan.profiles().stream().flatMap(profile -> first(profile).stream()).toList(),
          mostTrials(),
          need.candidates(),
          Workspace.Fit.of(need, memory()).isInMemory(),
          maker.notices());
    }
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
    checkFolder(dir);
    try (CandidateMaker maker = CandidateMaker.open(subject, plan.space(), conduct.run(), dir)) {
      maker.notices().forEach(listener::note);
      Files.createDirectories(dir);
      Path real = dir.toRealPath();
      try (FolderLock _ = FolderLock.take(real)) {
        SearchIdentity identity = maker.identity(evaluator);
        try (Journal journal = Journal.open(real.resolve("trials.jsonl"), identity);
            Workspace workspace = Workspace.open(real, maker.need(conduct.parallel()), memory())) {
          if (journal.size() > 0) {
            listener.note("goes on after " + journal.size() + " trials in " + dir);
          }
          Results results =
              find(identity, maker, new Search(this, maker, journal, workspace, listener));
          ResultFiles.write(real, subject, results);
          return results;
        }
      }
    }
  }

  private Results find(SearchIdentity identity, CandidateMaker maker, Search search)
      throws IOException, InterruptedException {
    Map<String, Trial> models = search.models();
    List<Map<String, Double>> metrics = models.values().stream().map(Trial::metrics).toList();
    Scale scale = Scale.of(goals, metrics.getFirst(), metrics.subList(1, metrics.size()));
    scale.check();
    Map<DepthProfile, List<Candidate>> candidates = search.candidates(scale);
    Map<DepthProfile, List<Findings.Tried>> tried = new LinkedHashMap<>();
    candidates.forEach(
        (profile, list) ->
            tried.put(
                profile,
                list.stream()
                    .map(candidate -> new Findings.Tried(candidate, search.trial(candidate)))
                    .toList()));
    return new Findings(this, scale, identity.inputs(), models, tried)
        .results(maker.stacks(), maker.differences());
  }

  private static void checkFolder(Path dir) {
    if (Files.exists(dir) && !Files.isDirectory(dir)) {
      throw new RequestException(dir + ": results go to a folder, and this is a file");
    }
  }

  private Memory memory() {
    return conduct.onDisk() ? Memory.none() : Memory.available();
  }

  private List<Candidate> first(DepthProfile profile) {
    return plan.strategy(profile).next(List.of()).stream()
        .map(point -> plan.space().candidate(profile, point))
        .toList();
  }

  /// How many models will be measured at most: candidates of two profiles may be the same model.
  int mostTrials() {
    int models = 1 + subject.tunedModels().size();
    if (plan.effort() instanceof Effort.Budget budget) {
      return models + budget.evaluations() * plan.profiles().size();
    }
    Set<Candidate.Key> keys = new HashSet<>();
    plan.profiles().forEach(profile -> first(profile).forEach(c -> keys.add(c.key())));
    return models + keys.size();
  }
}
