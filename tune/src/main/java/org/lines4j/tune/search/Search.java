package org.lines4j.tune.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Grading;
import org.lines4j.tune.Sample;
import org.lines4j.tune.Trial;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.measure.CandidateMaker;
import org.lines4j.tune.measure.Measuring;
import org.lines4j.tune.measure.Shutdown;
import org.lines4j.tune.measure.Workspace;
import org.lines4j.tune.record.Journal;
import org.lines4j.tune.search.Strategy.Outcome;

/// Carries a search out: the models that are there, then round after round what the strategies
/// propose, as far as the journal does not know it.
final class Search {
  private static final String BASE = "base";

  private final Tuning tuning;
  private final int mostTrials;
  private final CandidateMaker maker;
  private final Journal journal;
  private final Workspace workspace;
  private final TuneListener listener;
  private final BlockingQueue<Integer> slots;
  private final Set<String> triedNow = new HashSet<>();
  private final Set<String> counted = new HashSet<>();
  private final Set<String> needed;
  private final long begin = System.nanoTime();
  private int doneNow;

  /// Whether a model could not even be tried: then no further one is.
  private volatile boolean isOver;

  Search(
      Tuning tuning,
      int mostTrials,
      CandidateMaker maker,
      Journal journal,
      Workspace workspace,
      TuneListener listener) {
    this.tuning = tuning;
    this.mostTrials = mostTrials;
    this.maker = maker;
    this.journal = journal;
    this.workspace = workspace;
    this.listener = listener;
    this.needed = tuning.goals().needed();
    int parallel = tuning.conduct().parallel();
    this.slots = new ArrayBlockingQueue<>(parallel);
    for (int i = 0; i < parallel; i++) {
      slots.add(i);
    }
  }

  /// A model to be measured.
  ///
  /// @param made what is to be made; empty for a model that is there
  /// @param sample how it is measured
  /// @param adapted the recipe's name of an adapter, or of one model of a file, that no file holds
  ///   alone
  /// @param location of a model that is there
  private record Model(
      String key,
      String label,
      Map<String, String> parameters,
      Optional<Candidate> made,
      Optional<String> adapted,
      Location location,
      Sample sample) {
    /// The key of its trial.
    String trial() {
      return key + sample.suffix();
    }
  }

  /// Measures the base and the tuned models, by their short names.
  ///
  /// @throws IOException if one cannot be measured: there would be nothing to compare with
  /// @throws RequestException if the base does not have the metrics that are asked for, or an
  ///   earlier run was told that they go another way
  ///
  /// @param known metrics of models that were measured before, by the same names
  Map<String, Trial> models(double fraction, Map<String, Map<String, Double>> known)
      throws IOException, InterruptedException {
    tuning.goals().checkDirections(journal.directions());
    Sample sample = new Sample(fraction, 1);
    Map<String, String> names = new LinkedHashMap<>();
    names.put(BASE, tuning.subject().baseModel());
    names.putAll(tuning.subject().tunedModels());
    List<Model> models = new ArrayList<>();
    names.forEach(
        (name, model) ->
            models.add(
                new Model(
                    "model " + name,
                    name,
                    Map.of("model", name),
                    Optional.empty(),
                    Optional.of(model).filter(tuning.subject()::isAdapted),
                    maker.locationOf(model),
                    sample)));
    for (Model model : models) {
      Map<String, Double> metrics = known.getOrDefault(model.label(), Map.of());
      if (journal.find(model.trial()).isEmpty() && metrics.keySet().containsAll(needed)) {
        journal.append(
            new Trial(
                model.trial(),
                model.parameters(),
                OptionalDouble.empty(),
                metrics,
                Optional.empty(),
                0,
                0),
            tuning.evaluator().metrics());
        triedNow.add(model.trial());
      }
    }
    measure(models);
    Map<String, Trial> trials = new LinkedHashMap<>();
    for (Model model : models) {
      Trial trial = journal.find(model.trial()).orElseThrow();
      if (trial.failure().isPresent()) {
        throw new IOException(
            "the model %s (%s) cannot be measured, so there is nothing to compare with: %s%s"
                .formatted(
                    model.label(),
                    model.location(),
                    trial.failure().get().reason(),
                    indented(trial.failure().get().details())));
      }
      trials.put(model.label(), trial);
    }
    return trials;
  }

  private static String indented(String details) {
    return details.isBlank() ? "" : "\n  " + details.strip().replace("\n", "\n  ");
  }

  /// Measures the candidates of every grading, in the order of their proposals. Each round is what
  /// all gradings propose, so that there is enough to measure side by side.
  ///
  /// On parts of the data, the best of each grading go on to the next part.
  ///
  /// @param scales for each fraction of the data
  Map<Grading, Screened> candidates(List<Scale> scales) throws IOException, InterruptedException {
    List<Double> fractions = tuning.plan().fractions();
    List<Course> courses = tuning.plan().gradings().stream().map(Course::new).toList();
    boolean isDone = false;
    while (!isDone) {
      List<Candidate> round = courses.stream().flatMap(course -> course.next().stream()).toList();
      measure(round, new Sample(fractions.getFirst(), 1));
      courses.forEach(course -> course.learn(scales.getFirst()));
      isDone = round.isEmpty();
    }
    for (int i = 1; i < fractions.size(); i++) {
      Scale before = scales.get(i - 1);
      Sample sampled = new Sample(fractions.get(i - 1), 1);
      int most = tuning.plan().survivors().get(i);
      courses.forEach(course -> course.keepBest(most, c -> score(c, sampled, before)));
      measure(
          courses.stream().flatMap(c -> c.candidates.stream()).toList(),
          new Sample(fractions.get(i), 1));
    }
    Map<Grading, Screened> tried = new LinkedHashMap<>();
    courses.forEach(
        course ->
            tried.put(
                course.grading,
                new Screened(
                    course.candidates, course.outcomes.size() - course.candidates.size())));
    return tried;
  }

  /// What is left of a grading's candidates.
  ///
  /// @param left those that were measured on all data
  /// @param screened how many were not
  record Screened(List<Candidate> left, int screened) {}

  /// The scores of a candidate that was measured several times on all data.
  List<Double> repeated(List<Candidate> best, Candidate one, Scale scale)
      throws IOException, InterruptedException {
    int repeats = tuning.conduct().repeats();
    for (int repeat = 2; repeat <= repeats; repeat++) {
      measure(best, new Sample(1, repeat));
    }
    List<Double> scores = new ArrayList<>();
    for (int repeat = 1; repeat <= repeats; repeat++) {
      double score = score(one, new Sample(1, repeat), scale);
      if (Double.isFinite(score)) {
        scores.add(score);
      }
    }
    return scores;
  }

  /// The search of one grading.
  private final class Course {
    private final Grading grading;
    private final Strategy strategy;
    private final List<List<Double>> proposals = new ArrayList<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    Course(Grading grading) {
      this.grading = grading;
      this.strategy = Strategy.of(tuning.plan(), grading.profile());
    }

    /// What is to be measured next.
    List<Candidate> next() {
      int before = candidates.size();
      for (List<Double> numbers : strategy.next(List.copyOf(outcomes))) {
        proposals.add(numbers);
        candidates.add(tuning.plan().space().candidate(grading, numbers));
      }
      return List.copyOf(candidates.subList(before, candidates.size()));
    }

    /// Takes in what was measured.
    void learn(Scale scale) {
      Sample sample = new Sample(tuning.plan().fractions().getFirst(), 1);
      for (int i = outcomes.size(); i < candidates.size(); i++) {
        outcomes.add(new Outcome(proposals.get(i), score(candidates.get(i), sample, scale)));
      }
    }

    /// Leaves the best, in the order of their proposals.
    void keepBest(int most, ToDoubleFunction<Candidate> score) {
      Set<Candidate.Key> kept = new HashSet<>();
      candidates.stream()
          .sorted(Comparator.comparingDouble(score).reversed())
          .map(Candidate::key)
          .distinct()
          .limit(most)
          .forEach(kept::add);
      List<Candidate> left = new ArrayList<>();
      for (Candidate candidate : candidates) {
        if (kept.remove(candidate.key())) {
          left.add(candidate);
        }
      }
      candidates.clear();
      candidates.addAll(left);
    }
  }

  private double score(Candidate candidate, Sample sample, Scale scale) {
    Trial trial = journal.find(candidate.key().text() + sample.suffix()).orElseThrow();
    double score = trial.isMeasured() ? scale.score(trial.metrics()) : Double.NaN;
    return Double.isFinite(score) ? score : Double.NEGATIVE_INFINITY;
  }

  /// What came of a candidate that was measured on all data.
  Trial trial(Candidate candidate) {
    return journal.find(candidate.key().text()).orElseThrow();
  }

  private void measure(List<Candidate> candidates, Sample sample)
      throws IOException, InterruptedException {
    measure(candidates.stream().map(candidate -> model(candidate, sample)).toList());
  }

  private static Model model(Candidate candidate, Sample sample) {
    Candidate.Key key = candidate.key();
    return new Model(
        key.text(),
        candidate.label(),
        key.parameters(),
        Optional.of(candidate),
        Optional.empty(),
        Location.parse(""),
        sample);
  }

  /// Measures those that are not known, each once; as many at a time as wanted.
  private void measure(List<Model> models) throws IOException, InterruptedException {
    Map<String, Model> open = new LinkedHashMap<>();
    for (Model model : models) {
      if (isKnown(model)) {
        counted.add(model.trial());
      } else {
        open.putIfAbsent(model.trial(), model);
      }
    }
    ExecutorService workers = Executors.newFixedThreadPool(tuning.conduct().parallel());
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (Model model : open.values()) {
        triedNow.add(model.trial());
        futures.add(
            workers.submit(
                () -> {
                  measure(model);
                  return true;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } finally {
      workers.shutdownNow();
      workers.close();
    }
  }

  /// A model that was there and could not be measured is tried again by each run.
  private boolean isKnown(Model model) {
    Optional<Trial> trial = journal.find(model.trial());
    if (trial.isEmpty() || triedNow.contains(model.trial())) {
      return trial.isPresent();
    }
    boolean isWhole = trial.get().metrics().keySet().containsAll(needed);
    boolean isRetried = model.made().isEmpty() || tuning.conduct().retryFailed();
    return trial.get().isMeasured() ? isWhole : !isRetried;
  }

  private static IOException rethrown(@org.jspecify.annotations.Nullable Throwable cause)
      throws InterruptedException {
    return switch (cause) {
      case IOException e -> e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new IOException(cause);
    };
  }

  private void measure(Model model) throws IOException, InterruptedException {
    int slot = slots.take();
    boolean isDone = false;
    try {
      if (!isOver) {
        measure(model, slot);
      }
      isDone = true;
    } finally {
      if (!isDone) {
        isOver = true;
      }
      slots.add(slot);
    }
  }

  private void measure(Model model, int slot) throws IOException, InterruptedException {
    if (model.made().isEmpty() && model.adapted().isEmpty()) {
      boolean isTaken = tuning.evaluator().opensModels();
      Location place =
          isTaken ? model.location() : Location.of(workspace.local(slot, model.location()));
      measure(model, slot, place, OptionalDouble.empty());
      return;
    }
    Path path = workspace.candidate(slot, maker.ending());
    try (CandidateMaker.Made made =
        model.made().isPresent()
            ? maker.make(model.made().get(), path, workspace)
            : maker.adapted(model.adapted().orElseThrow(), path)) {
      boolean isCandidate = model.made().isPresent();
      measure(
          model,
          slot,
          made.location(),
          isCandidate ? OptionalDouble.of(made.alpha()) : OptionalDouble.empty());
    }
  }

  private void measure(Model model, int slot, Location place, OptionalDouble alpha)
      throws IOException, InterruptedException {
    Measuring measuring = new Measuring(tuning.evaluator(), needed, tuning.conduct());
    Measuring.Job job =
        new Measuring.Job(
            model.trial(), model.parameters(), alpha, place, model.sample(), isFirst(model));
    Trial trial = measuring.measure(job, () -> workspace.scratch(slot));
    if (!trial.isMeasured() && Shutdown.isUnderWay()) {
      throw new IOException("the search was stopped");
    }
    journal.append(trial, tuning.evaluator().metrics());
    if (isFirst(model) && trial.isMeasured()) {
      checkNames(trial);
    }
    tuning.goals().checkDirections(tuning.evaluator().metrics());
    tell(model, trial);
  }

  private static boolean isFirst(Model model) {
    return model.made().isEmpty() && model.label().equals(BASE);
  }

  /// Ends the search where metrics were misnamed: to measure more models would not help.
  private void checkNames(Trial trial) {
    List<String> found = trial.metrics().keySet().stream().sorted().toList();
    List<String> missing = needed.stream().filter(name -> !found.contains(name)).toList();
    if (!missing.isEmpty()) {
      String hints =
          missing.stream()
              .map(name -> NearestName.meant(name, found))
              .filter(hint -> !hint.isEmpty())
              .collect(Collectors.joining(", "));
      throw new RequestException(
              "the evaluator gave the base no metric %s; it gave %s (what was measured is kept)"
                  .formatted(
                      missing.stream()
                          .map(name -> "'" + name + "'")
                          .collect(Collectors.joining(", ")),
                      String.join(", ", found)))
          .withRemedy(hints);
    }
  }

  private synchronized void tell(Model model, Trial trial) {
    doneNow++;
    counted.add(model.trial());
    int done = counted.size();
    int total = Math.max(mostTrials, done);
    double each = (System.nanoTime() - begin) / 1e9 / doneNow;
    listener.finished(
        model.label(),
        trial,
        new TuneListener.Progress(done, total, OptionalDouble.of(each * (total - done))));
  }
}
