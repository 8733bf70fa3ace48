package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.RequestException;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.encoder.TrainingJobs;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A folder in which models are trained and measured. What is there already is not made again.
///
/// @param folder of everything
/// @param seeds each of which trains and measures all models of its own
/// @param parallel how many jobs run at the same time, with one thread each
/// @param progress of training in steps, of measuring in models
public record Lab(
    Path folder, LabSettings settings, List<Long> seeds, int parallel, Progress progress) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final int EDITING_STEPS = 10;
  private static final int BLOCK_GROUPS = 4;

  /// Copies the list.
  public Lab {
    seeds = List.copyOf(seeds);
  }

  /// The models of a seed.
  public SeedModels models(long seed) {
    return new SeedModels(folder.resolve("seed-" + seed), seed, settings);
  }

  /// Trains all models that are not there yet.
  ///
  /// @throws RequestException if the folder holds a lab with other settings
  public void train() throws IOException {
    checkSettings();
    List<TrainingJob> bases = new ArrayList<>();
    List<TrainingJob> rest = new ArrayList<>();
    for (long seed : seeds) {
      models(seed).writeHeads();
      bases.addAll(models(seed).pretraining());
      rest.addAll(models(seed).fineTuning());
    }
    timed("pre-training", () -> train("pre-training", bases));
    timed("fine-tuning", () -> train("fine-tuning", rest));
  }

  private void train(String phase, List<TrainingJob> jobs) throws IOException {
    List<TrainingJob> open = jobs.stream().filter(job -> !job.isFinished()).toList();
    if (!open.isEmpty()) {
      progress.start(phase, open.stream().mapToLong(TrainingJob::steps).sum());
      TrainingJobs.run(open, parallel, progress);
    }
  }

  /// A lab goes on where it was, but never mixes models of different settings.
  private void checkSettings() throws IOException {
    Path file = folder.resolve("settings.json");
    String wanted = JSON.writeValueAsString(settings) + "\n";
    if (Files.exists(file) && !Files.readString(file).equals(wanted)) {
      throw new RequestException(
          file
              + ": this folder holds a lab with other settings (--quick, or another version);"
              + " name another --out, or delete it");
    }
    Files.createDirectories(folder);
    Files.writeString(file, wanted);
  }

  /// Trains what is missing and runs the experiments.
  ///
  /// @param command to note
  /// @param versions to note
  public LabResults run(String command, Map<String, String> versions) throws IOException {
    train();
    List<SeedResults> results = new ArrayList<>();
    for (long seed : seeds) {
      results.add(measure(models(seed)));
    }
    LabResults all = new LabResults(command, versions, settings, seconds(), results);
    all.write(folder.resolve("results.json"));
    return all;
  }

  private SeedResults measure(SeedModels models) throws IOException {
    try (Workbench bench =
        new Workbench(models.folder(), models.seed(), settings, parallel, progress)) {
      Family main = models.main();
      int tasks = main.tasks().size();
      return new SeedResults(
          models.seed(),
          pretrained(bench, models),
          timed(
              "editing",
              () ->
                  Editing.measure(
                      bench, main, new Scope(main.tasks(), EDITING_STEPS, BLOCK_GROUPS))),
          timed(
              "merging",
              () ->
                  List.of(
                      Merging.measure(bench, main, tasks / 2),
                      Merging.measure(bench, main, tasks))),
          timed("out of distribution", () -> Robustness.measure(bench, main)),
          timed("soups", () -> Soups.measure(bench, main, settings.soup())),
          timed("study", () -> Study.measure(bench, models.study(), settings)));
    }
  }

  private Map<String, Double> pretrained(Workbench bench, SeedModels models) throws IOException {
    List<Probe> probes =
        settings.tasks().stream().map(task -> Probe.of(task, Split.TEST)).toList();
    Question question =
        new Question(
            new Candidate.Trained(SeedModels.BASE), SeedModels.PRETRAINING_HEADS, probes);
    Map<String, Double> accuracy = new LinkedHashMap<>();
    bench
        .ask(List.of(question))
        .getFirst()
        .forEach((probe, value) -> accuracy.put(probe.task(), value));
    return accuracy;
  }

  @FunctionalInterface
  private interface Part<T> {
    T run() throws IOException;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private void timed(String name, Step step) throws IOException {
    timed(
        name,
        () -> {
          step.run();
          return true;
        });
  }

  /// Adds to the time that this part has taken so far, over all runs, so that an interrupted lab
  /// reports what it really cost.
  private <T> T timed(String name, Part<T> part) throws IOException {
    long begin = System.nanoTime();
    try {
      return part.run();
    } finally {
      Map<String, Double> seconds = seconds();
      seconds.merge(name, (System.nanoTime() - begin) / 1e9, Double::sum);
      Files.writeString(times(), JSON.writeValueAsString(seconds) + "\n");
    }
  }

  private Path times() {
    return folder.resolve("seconds.json");
  }

  private Map<String, Double> seconds() throws IOException {
    if (!Files.exists(times())) {
      return new LinkedHashMap<>();
    }
    Map<String, Double> seconds = new LinkedHashMap<>();
    new TreeMap<>(JSON.readValue(Files.readAllBytes(times()), Map.class))
        .forEach((name, value) -> seconds.put((String) name, ((Number) value).doubleValue()));
    return seconds;
  }
}
