package org.lines4j.lab.experiment;

import ai.djl.engine.Engine;
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
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.encoder.TrainingJobs;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;
import org.lines4j.plan.Version;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
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

  private static final String SETTINGS = "settings.json";
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

  private boolean train(String phase, List<TrainingJob> jobs) throws IOException {
    try {
      TrainingJobs.run(jobs, parallel, new TrainingProgress(phase, jobs, progress));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while models were trained; run it again to go on", e);
    }
  }

  /// A lab goes on where it was, but never mixes models of different settings.
  private void checkSettings() throws IOException {
    Path file = folder.resolve(SETTINGS);
    String wanted = JSON.writeValueAsString(settings) + "\n";
    if (Files.exists(file) && !Files.readString(file).equals(wanted)) {
      throw new RequestException(
          file
              + ": this folder holds a lab with other settings (--quick, or another version);"
              + " name another --out, or delete it");
    }
    Files.createDirectories(folder);
    AtomicFile.write(file, wanted);
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
    LabResults all = new LabResults(command, versions(), settings, seconds(), results);
    all.write(folder.resolve("results.json"));
    return all;
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("lines", Version.current());
    versions.put("Java", Runtime.version().toString());
    versions.put("PyTorch", Engine.getInstance().getVersion());
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    return versions;
  }

  private SeedResults measure(SeedModels models) throws IOException {
    try (Workbench bench =
        new Workbench(models.folder(), models.seed(), settings, parallel, progress)) {
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
                      new Scope(main.tasks(), EDITING_STEPS, BLOCK_GROUPS, Split.VALIDATION))),
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

  @FunctionalInterface
  private interface Part<T> {
    T run() throws IOException;
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
      AtomicFile.write(times(), JSON.writeValueAsString(seconds) + "\n");
    }
  }

  private Path times() {
    return folder.resolve("seconds.json");
  }

  private Map<String, Double> seconds() throws IOException {
    if (!Files.exists(times())) {
      return new LinkedHashMap<>();
    }
    Map<String, Double> seconds =
        JSON.readValue(
            Files.readAllBytes(times()), new TypeReference<LinkedHashMap<String, Double>>() {});
    return seconds;
  }
}
