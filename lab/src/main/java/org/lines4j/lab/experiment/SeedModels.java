package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.encoder.Start;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.encoder.TrainingSettings;
import org.lines4j.lab.experiment.LabSettings.Schedule;
import org.lines4j.lab.image.ImageTasks;

/// The models of one seed: which there are, where they lie, and how each is trained.
///
/// ```
/// base/                      pre-trained
/// base/step-600/             the same after so many steps
/// tuned/digits/              fine-tuned
/// soup/digits-0/             the same with other hyper-parameters
/// study/depth-12/base/       … and what the study varies
/// study/depth-12/digits/
/// heads-pretraining.safetensors, heads-2.0.safetensors   class vectors, by mismatch
/// ```
///
/// @param folder of the seed
public record SeedModels(Path folder, long seed, LabSettings settings) {
  /// The pre-trained model.
  static final String BASE = "base";

  /// The class vectors of pre-training.
  static final String PRETRAINING_HEADS = "heads-pretraining.safetensors";

  /// Soups vary these, each model in its own way.
  private static final double[] RATES = {1, 0.5, 2, 1, 0.7, 1.5};

  private static final double[] LENGTHS = {1, 1.5, 0.7, 1, 0.5};
  private static final double[] DECAYS = {0.05, 0, 0.2};
  private static final double[] SMOOTHINGS = {0, 0.1};

  /// A set-up of the study.
  ///
  /// @param axis what differs from the main set-up
  /// @param value how
  public record Variant(String axis, String value, Family family) {}

  /// A variant, and how its fine-tuned models are trained.
  private record Plan(Variant variant, Schedule schedule) {}

  static String heads(double mismatch) {
    return mismatch == 0 ? PRETRAINING_HEADS : "heads-" + mismatch + ".safetensors";
  }

  /// The class vectors of the experiments.
  public Path mainHeads() {
    return folder.resolve(main().heads());
  }

  static String soup(String task, int model) {
    return "soup/" + task + "-" + model;
  }

  private String baseAt(double fraction) {
    return BASE + "/step-" + steps(fraction);
  }

  private int steps(double fraction) {
    return (int) Math.round(fraction * settings.pretraining().steps());
  }

  private static String depthBase(int blocks) {
    return "study/depth-" + blocks + "/base";
  }

  /// The main set-up.
  public Family main() {
    return new Family("tuned", BASE, heads(settings.mismatch()), settings.tasks());
  }

  /// The set-ups of the study, the main one first.
  public List<Variant> study() {
    return plans().stream().map(Plan::variant).toList();
  }

  private List<Plan> plans() {
    LabSettings.Study study = settings.study();
    Schedule usual = settings.fineTuning();
    Family main = main();
    List<Plan> plans = new ArrayList<>();
    plans.add(
        new Plan(
            new Variant(
                "the main set-up", "", new Family("tuned", BASE, main.heads(), study.tasks())),
            usual));
    double least = study.convergence().getFirst();
    plans.add(plan("set-up A", "", baseAt(least), PRETRAINING_HEADS, usual));
    study
        .convergence()
        .forEach(
            x ->
                plans.add(
                    plan("base trained for", x + " of the steps", baseAt(x), main.heads(), usual)));
    study.mismatches().forEach(x -> plans.add(plan("mismatch", "" + x, BASE, heads(x), usual)));
    study
        .lengths()
        .forEach(x -> plans.add(plan("steps ×", "" + x, BASE, main.heads(), usual.scaled(x, 1))));
    study
        .rates()
        .forEach(
            x ->
                plans.add(plan("learning rate ×", "" + x, BASE, main.heads(), usual.scaled(1, x))));
    study
        .depths()
        .forEach(x -> plans.add(plan("blocks", "" + x, depthBase(x), main.heads(), usual)));
    return plans;
  }

  private Plan plan(String axis, String value, String base, String heads, Schedule schedule) {
    String name = (axis + " " + value).strip().replace("×", "x").replaceAll("[^A-Za-z0-9.]+", "-");
    Family family = new Family("study/" + name, base, heads, settings.study().tasks());
    return new Plan(new Variant(axis, value, family), schedule);
  }

  /// Writes the class vectors, unless they are there.
  void writeHeads() throws IOException {
    Files.createDirectories(folder);
    ClassVectors pretraining =
        ClassVectors.random(ImageTasks.all(), settings.encoder().embedding(), seed);
    List<Double> mismatches = new ArrayList<>(settings.study().mismatches());
    mismatches.add(settings.mismatch());
    mismatches.add(0.0);
    for (double mismatch : mismatches) {
      Path file = folder.resolve(heads(mismatch));
      if (!Files.exists(file)) {
        pretraining.mismatched(mismatch, seed + 1).save(file);
      }
    }
  }

  /// How the bases are trained.
  List<TrainingJob> pretraining() throws IOException {
    List<TrainingJob> jobs = new ArrayList<>();
    jobs.add(
        pretraining(
            settings.encoder(),
            settings.pretraining(),
            BASE,
            settings.study().convergence().stream().map(this::steps).toList()));
    for (int blocks : settings.study().depths()) {
      jobs.add(
          pretraining(
              withBlocks(blocks),
              settings.study().depthPretraining(),
              depthBase(blocks),
              List.of()));
    }
    return jobs;
  }

  private EncoderConfig withBlocks(int blocks) {
    EncoderConfig usual = settings.encoder();
    return new EncoderConfig(
        blocks,
        usual.width(),
        usual.heads(),
        usual.mlpWidth(),
        usual.patchSize(),
        usual.embedding());
  }

  private TrainingJob pretraining(
      EncoderConfig config, Schedule schedule, String out, List<Integer> snapshots)
      throws IOException {
    return new TrainingJob(
        folder.resolve(out),
        new Start.Fresh(config, seed),
        settings.pretrainingTasks().stream().map(ImageTasks::named).toList(),
        vectors(PRETRAINING_HEADS),
        seed,
        settings.pretrainingImages(),
        schedule.settings(seed),
        snapshots);
  }

  /// How the others are trained, once there are the bases.
  List<TrainingJob> fineTuning() throws IOException {
    List<TrainingJob> jobs = new ArrayList<>();
    addAll(jobs, main(), settings.fineTuning());
    for (String task : settings.soup().tasks()) {
      for (int i = 0; i < settings.soup().models(); i++) {
        jobs.add(fineTuning(main(), task, soupSettings(i), soup(task, i)));
      }
    }
    for (Plan plan : plans().subList(1, plans().size())) {
      addAll(jobs, plan.variant().family(), plan.schedule());
    }
    return jobs;
  }

  private void addAll(List<TrainingJob> jobs, Family family, Schedule schedule) throws IOException {
    for (String task : family.tasks()) {
      jobs.add(fineTuning(family, task, schedule.settings(seed), family.tuned(task)));
    }
  }

  private TrainingSettings soupSettings(int i) {
    return settings
        .fineTuning()
        .scaled(LENGTHS[i % LENGTHS.length], RATES[i % RATES.length])
        .settings(seed * 1000 + i)
        .withWeightDecay(DECAYS[i % DECAYS.length])
        .withLabelSmoothing(SMOOTHINGS[i % SMOOTHINGS.length]);
  }

  private TrainingJob fineTuning(Family family, String task, TrainingSettings how, String out)
      throws IOException {
    return new TrainingJob(
        folder.resolve(out),
        new Start.From(folder.resolve(family.base())),
        List.of(ImageTasks.named(task)),
        vectors(family.heads()),
        seed,
        settings.fineTuningImages(),
        how);
  }

  private ClassVectors vectors(String heads) throws IOException {
    return ClassVectors.load(folder.resolve(heads));
  }
}
