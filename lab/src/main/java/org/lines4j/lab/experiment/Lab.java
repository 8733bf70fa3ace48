package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A folder in which models are trained and measured. What is there already is not made again.
///
/// @param folder of everything
/// @param seeds each of which trains and measures all models of its own
/// @param parallel how many jobs run at the same time, with one thread each
/// @param progress of training in steps, of measuring in models
public record Lab(
    Path folder, LabSettings settings, List<Long> seeds, int parallel, Progress progress) {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String SETTINGS = LabFolder.SETTINGS;
  private static final String SEED = "seed-";
  private static final int EDITING_STEPS = 10;
  private static final int BLOCK_GROUPS = 4;

  /// Copies the list.
  public Lab {
    seeds = List.copyOf(seeds);
  }

  /// The models of a seed.
  public SeedModels models(long seed) {
    return new SeedModels(folder.resolve(SEED + seed), seed, settings);
  }

  /// The models among which `model` lies, if it is one of a lab's.
  ///
  /// @throws InputException if that lab's settings cannot be read
  public static Optional<SeedModels> around(Path model) throws IOException {
    Path at = model.toAbsolutePath().normalize();
    for (Path parent = at.getParent(); parent != null; at = parent, parent = at.getParent()) {
      String name = String.valueOf(at.getFileName());
      Path settings = parent.resolve(SETTINGS);
      if (name.matches(SEED + "\\d{1,18}") && Files.exists(settings)) {
        long seed = Long.parseLong(name.substring(SEED.length()));
        return Optional.of(new SeedModels(at, seed, readSettings(settings)));
      }
    }
    return Optional.empty();
  }

  private static LabSettings readSettings(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), LabSettings.class);
    } catch (JacksonException e) {
      throw new InputException(file, "not the settings of a lab: " + e.getOriginalMessage());
    }
  }

  /// Trains all models that are not there yet.
  ///
  /// @throws org.lines4j.error.RequestException if the folder holds a lab with other settings
  public void train() throws IOException {
    LabFolder.checkSettings(folder, settings);
    List<TrainingJob> bases = new ArrayList<>();
    List<TrainingJob> rest = new ArrayList<>();
    for (long seed : seeds) {
      models(seed).writeHeads();
      bases.addAll(models(seed).pretraining());
      rest.addAll(models(seed).fineTuning());
    }
    train("pre-training", bases);
    train("fine-tuning", rest);
  }

  private void train(String phase, List<TrainingJob> jobs) throws IOException {
    watch().time(phase, () -> LabFolder.train(phase, jobs, parallel, progress));
  }

  /// Trains what is missing and runs the experiments.
  ///
  /// @param command to note
  public LabResults run(String command) throws IOException {
    train();
    List<SeedResults> results = new ArrayList<>();
    for (long seed : seeds) {
      results.add(measure(models(seed)));
    }
    LabResults all =
        new LabResults(
            command, LabFolder.versions(), settings, new Stopwatch(folder).seconds(), results);
    all.write(folder.resolve("results.json"));
    return all;
  }

  private SeedResults measure(SeedModels models) throws IOException {
    try (Workbench bench =
        new Workbench(
            models.folder(),
            new ImageMeasuring(models.folder(), models.seed(), settings),
            parallel,
            progress)) {
      Family main = models.main();
      List<Integer> sizes =
          Stream.of(main.tasks().size() / 2, main.tasks().size()).filter(n -> n > 1).toList();
      return new SeedResults(
          models.seed(),
          pretrained(bench),
          timed(
              "editing",
              () ->
                  Editing.measure(
                      bench,
                      main,
                      new Scope(
                          main.tasks(), EDITING_STEPS, List.of(BLOCK_GROUPS), Split.VALIDATION))),
          timed(
              "merging",
              () -> {
                List<Merging> merging = new ArrayList<>();
                for (int count : sizes) {
                  merging.add(Merging.measure(bench, main, count));
                }
                return merging;
              }),
          timed("out of distribution", () -> Robustness.measure(bench, main)),
          timed("soups", () -> Soups.measure(bench, main, settings.soup())),
          timed("study", () -> Study.measure(bench, models.study(), settings)));
    }
  }

  private Map<String, Double> pretrained(Workbench bench) throws IOException {
    List<Probe> probes = settings.tasks().stream().map(task -> Probe.of(task, Split.TEST)).toList();
    Question question =
        new Question(new Candidate.Trained(SeedModels.BASE), SeedModels.PRETRAINING_HEADS, probes);
    Map<String, Double> accuracy = new LinkedHashMap<>();
    bench
        .ask(List.of(question))
        .getFirst()
        .accuracy()
        .forEach((probe, value) -> accuracy.put(probe.task(), value));
    return accuracy;
  }

  private <T> T timed(String name, Stopwatch.Part<T> part) throws IOException {
    return watch().timed(name, part);
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }
}
