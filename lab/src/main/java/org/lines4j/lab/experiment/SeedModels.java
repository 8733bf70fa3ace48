package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.encoder.TrainingJob.Start;
import org.lines4j.lab.experiment.LabSettings.Schedule;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.ImageTasks;

/// The models of one seed: which there are, where they lie, and how each is trained.
///
/// ```
/// base/                      pre-trained
/// base-at-0.1/               the same, at a tenth of the steps
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

  private static final double WEIGHT_DECAY = 0.05;

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

  /// A variant's family, and how its fine-tuned models are trained; empty where they are those of the
  /// main set-up.
  private record Plan(Variant variant, Schedule schedule) {}

  static String heads(double mismatch) {
    return mismatch == 0 ? PRETRAINING_HEADS : "heads-" + mismatch + ".safetensors";
  }

  static String soup(String task, int model) {
    return "soup/" + task + "-" + model;
  }

  private static String baseAt(double fraction) {
    return fraction == 1 ? BASE : BASE + "-at-" + fraction;
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
            new Variant("the main set-up", "", new Family("tuned", BASE, main.heads(), study.tasks())),
            usual));
    double least = study.convergence().getFirst();
    plans.add(plan("set-up A", "", baseAt(least), PRETRAINING_HEADS, usual));
    study.convergence().stream()
        .filter(x -> x != 1)
        .forEach(x -> plans.add(plan("base trained for", x + " of the steps", baseAt(x), main.heads(), usual)));
    study.mismatches().forEach(x -> plans.add(plan("mismatch", "" + x, BASE, heads(x), usual)));
    study.lengths().forEach(
        x -> plans.add(plan("steps ×", "" + x, BASE, main.heads(), usual.scaled(x, 1))));
    study.rates().forEach(
        x -> plans.add(plan("learning rate ×", "" + x, BASE, main.heads(), usual.scaled(1, x))));
    study.depths().forEach(
        x -> plans.add(plan("blocks", "" + x, depthBase(x), main.heads(), usual)));
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
  List<TrainingJob> pretraining() {
    List<Integer> snapshots =
        settings.study().convergence().stream()
            .filter(x -> x != 1)
            .map(x -> (int) Math.round(x * settings.pretraining().steps()))
            .toList();
    List<TrainingJob> jobs = new ArrayList<>();
    jobs.add(
        pretraining(settings.encoder(), settings.pretraining(), BASE).withSnapshots(snapshots));
    for (int blocks : settings.study().depths()) {
      jobs.add(
          pretraining(
              settings.encoder().withBlocks(blocks),
              settings.study().depthPretraining(),
              depthBase(blocks)));
    }
    return jobs;
  }

  private TrainingJob pretraining(EncoderConfig config, Schedule schedule, String out) {
    List<String> tasks = ImageTasks.all().stream().map(ImageTask::name).toList();
    return job(new Start.Fresh(config, seed), tasks, PRETRAINING_HEADS, schedule, out);
  }

  /// How the others are trained, once there are the bases.
  List<TrainingJob> fineTuning() {
    List<TrainingJob> jobs = new ArrayList<>();
    addAll(jobs, main(), settings.fineTuning());
    for (String task : settings.soup().tasks()) {
      for (int i = 0; i < settings.soup().models(); i++) {
        jobs.add(soupJob(task, i));
      }
    }
    for (Plan plan : plans().subList(1, plans().size())) {
      addAll(jobs, plan.variant().family(), plan.schedule());
    }
    return jobs;
  }

  private void addAll(List<TrainingJob> jobs, Family family, Schedule schedule) {
    for (String task : family.tasks()) {
      jobs.add(fineTuning(family.base(), task, family.heads(), schedule, family.tuned(task)));
    }
  }

  private TrainingJob soupJob(String task, int i) {
    Schedule schedule =
        settings.fineTuning().scaled(LENGTHS[i % LENGTHS.length], RATES[i % RATES.length]);
    TrainingJob job = fineTuning(BASE, task, main().heads(), schedule, soup(task, i));
    UnaryOperator<TrainingJob> own =
        each ->
            each.withWeightDecay(DECAYS[i % DECAYS.length])
                .withLabelSmoothing(SMOOTHINGS[i % SMOOTHINGS.length])
                .withSeed(seed * 1000 + i);
    return own.apply(job);
  }

  private TrainingJob fineTuning(
      String base, String task, String heads, Schedule schedule, String out) {
    return job(new Start.From(folder.resolve(base)), List.of(task), heads, schedule, out);
  }

  private TrainingJob job(
      Start start, List<String> tasks, String heads, Schedule schedule, String out) {
    return TrainingJob.of(start, tasks, folder.resolve(heads), folder.resolve(out))
        .withSchedule(schedule.steps(), schedule.batch(), schedule.rate())
        .withWeightDecay(WEIGHT_DECAY)
        .withSeed(seed);
  }
}
