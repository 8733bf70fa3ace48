package org.lines4j.tune.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.lines4j.error.Counted;
import org.lines4j.error.RequestException;
import org.lines4j.files.FolderLock;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Grading;
import org.lines4j.tune.Results;
import org.lines4j.tune.SearchPlan;
import org.lines4j.tune.Trial;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.measure.CandidateMaker;
import org.lines4j.tune.measure.Memory;
import org.lines4j.tune.measure.Workspace;
import org.lines4j.tune.record.Journal;
import org.lines4j.tune.record.ResultFiles;
import org.lines4j.tune.record.SearchIdentity;

/// A run of a search: what [Tuning] promises.
///
/// @param dir where its journal and its results go
public record SearchRun(Tuning tuning, Path dir) {
  /// @throws RequestException if `dir` is a file
  public SearchRun {
    if (Files.exists(dir) && !Files.isDirectory(dir)) {
      throw new RequestException(dir, "results go to a folder, and this is a file");
    }
  }

  /// What the run would do; writes nothing.
  public Tuning.Preview preview() throws IOException {
    try (CandidateMaker maker =
        CandidateMaker.planned(tuning.subject(), tuning.plan().space(), tuning.conduct().run(), dir)
            .unwritten(tuning.evaluator().opensModels())) {
      return fitting(maker).preview(maker);
    }
  }

  private Tuning.Preview preview(CandidateMaker maker) throws IOException {
    Workspace.Need need = maker.need(tuning.conduct().parallel());
    return new Tuning.Preview(
        tuning.plan().gradings().stream().flatMap(grading -> first(grading).stream()).toList(),
        mostTrials(),
        need.candidates(),
        Workspace.Room.of(need, memory()).isInMemory(),
        notices(maker));
  }

  private List<String> notices(CandidateMaker maker) {
    return Stream.concat(maker.notices().stream(), tuning.goals().notices().stream()).toList();
  }

  /// Where nothing lies behind the layers, one way is as good as the other.
  private SearchRun fitting(CandidateMaker maker) {
    SearchPlan plan = tuning.plan();
    return plan.isBothWaysOutside() && !maker.scalesBehind()
        ? new SearchRun(tuning.withPlan(plan.withBothWaysOutside(false)), dir)
        : this;
  }

  /// Searches, and writes the results down.
  public Results run(TuneListener listener) throws IOException, InterruptedException {
    return run(listener, Map.of());
  }

  /// The same, where models that are there were measured before.
  ///
  /// @param known their metrics on all data, by their short names
  Results run(TuneListener listener, Map<String, Map<String, Double>> known)
      throws IOException, InterruptedException {
    try (CandidateMaker maker = maker()) {
      return fitting(maker).run(maker, listener, known);
    }
  }

  private Results run(
      CandidateMaker maker, TuneListener listener, Map<String, Map<String, Double>> known)
      throws IOException, InterruptedException {
    notices(maker).forEach(listener::note);
    Files.createDirectories(dir);
    Path real = dir.toRealPath();
    try (FolderLock _ = lock(real)) {
      SearchIdentity identity = maker.identity(tuning.evaluator());
      try (Journal journal = Journal.open(real.resolve("trials.jsonl"), identity);
          Workspace workspace =
              Workspace.open(real, maker.need(tuning.conduct().parallel()), memory())) {
        if (journal.size() > 0) {
          listener.note("goes on after " + Counted.of(journal.size(), "trial") + " in " + dir);
        }
        Search search = new Search(tuning, mostTrials(), maker, journal, workspace, listener);
        Results results = find(identity, maker, search, known);
        ResultFiles.write(real, tuning.subject(), results);
        return results;
      }
    }
  }

  private static FolderLock lock(Path folder) throws IOException {
    return FolderLock.take(folder, ".lock")
        .orElseThrow(
            () -> new RequestException(folder, "another search is working in this folder"));
  }

  private CandidateMaker maker() throws IOException {
    return CandidateMaker.open(tuning.subject(), tuning.plan().space(), tuning.conduct().run(), dir)
        .unwritten(tuning.evaluator().opensModels());
  }

  private Results find(
      SearchIdentity identity,
      CandidateMaker maker,
      Search search,
      Map<String, Map<String, Double>> known)
      throws IOException, InterruptedException {
    List<Scale> scales = new ArrayList<>();
    Map<String, Trial> models = Map.of();
    for (double fraction : tuning.plan().fractions()) {
      models = search.models(fraction, fraction == 1 ? known : Map.of());
      List<Map<String, Double>> metrics = models.values().stream().map(Trial::metrics).toList();
      Scale scale =
          Scale.of(tuning.goals(), metrics.getFirst(), metrics.subList(1, metrics.size()));
      scale.check();
      scales.add(scale);
    }
    Map<Grading, Findings.Searched> found = new LinkedHashMap<>();
    search
        .candidates(scales)
        .forEach(
            (grading, screened) ->
                found.put(
                    grading,
                    new Findings.Searched(
                        screened.left().stream()
                            .map(
                                candidate -> new Findings.Tried(candidate, search.trial(candidate)))
                            .toList(),
                        screened.screened())));
    return new Findings(tuning, scales.getLast(), identity.inputs(), models, found)
        .results(maker.stacks(), maker.differences(), search::repeated);
  }

  private Memory memory() {
    return tuning.conduct().onDisk() ? Memory.none() : Memory.available();
  }

  private List<Candidate> first(Grading grading) {
    return Strategy.of(tuning.plan(), grading.profile()).next(List.of()).stream()
        .map(point -> tuning.plan().space().candidate(grading, point))
        .toList();
  }

  /// How many models will be measured at most: candidates of two gradings may be the same model.
  private int mostTrials() {
    List<Double> fractions = tuning.plan().fractions();
    int models = (1 + tuning.subject().tunedModels().size()) * fractions.size();
    List<Grading> gradings = tuning.plan().gradings();
    int repeats = (tuning.conduct().repeats() - 1) * gradings.size();
    if (tuning.plan().effort() instanceof Effort.Budget || fractions.size() > 1) {
      int each = tuning.plan().survivors().stream().mapToInt(left -> left).sum();
      return models + each * gradings.size() + repeats;
    }
    Set<Candidate.Key> keys = new HashSet<>();
    gradings.forEach(grading -> first(grading).forEach(candidate -> keys.add(candidate.key())));
    return models + keys.size() + repeats;
  }
}
