package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Encoder;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.encoder.Job;
import org.lines4j.lab.encoder.Start;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.encoder.TrainingSettings;
import org.lines4j.lab.experiment.LabSettings.Schedule;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.ImageTasks;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;

/// A lab that learns easy tasks, rendered by program, within seconds.
final class TinyLab implements Subject {
  /// Two that are quickly learnt.
  private static final List<String> TASKS = List.of("gratings", "textures");

  private static final long SEED = 1;
  private static final int IMAGES = 400;
  private static final int VALIDATION = 60;
  private static final int TEST = 120;

  private final Path folder;
  private final SeedModels base;

  private TinyLab(Path folder, SeedModels base) {
    this.folder = folder;
    this.base = base;
  }

  /// Everything of a real one, small.
  static FairLab in(Path folder) {
    IconSettings settings =
        new IconSettings(
            TASKS,
            List.of(1e-3, 2e-3),
            80,
            32,
            IMAGES,
            VALIDATION,
            TEST,
            List.of("task_arithmetic", "iso_c"),
            List.of(0.5, 1.0),
            TASKS.size(),
            4);
    return new FairLab(folder, settings, List.of(SEED), 2, Progress.SILENT);
  }

  static LabSettings settings() {
    return new LabSettings(
        EncoderConfig.of(8, 32),
        new Schedule(500, 32, 3e-3),
        TASKS,
        1000,
        new Schedule(1, 32, 1e-3),
        32,
        1,
        TASKS);
  }

  /// Trains the base, if it is not there, and measures.
  static FairResults run(Path folder) throws IOException {
    Lab pretraining = new Lab(folder.resolve("pretrained"), settings(), SEED, 2, Progress.SILENT);
    pretraining.train();
    return in(folder).run("test", new TinyLab(folder, pretraining.models()));
  }

  @Override
  public List<FairResults.Task> tasks() {
    return TASKS.stream()
        .map(
            name ->
                new FairResults.Task(
                    name, name + "?", "rendered", ImageTasks.named(name).classes().size(), IMAGES))
        .toList();
  }

  @Override
  public List<Way> ways() {
    return List.of(Way.values());
  }

  @Override
  public List<String> shifts(String task) {
    return List.of(Shift.NOISE.name());
  }

  @Override
  public boolean isSplitOnce() {
    return true;
  }

  @Override
  public void prepare(List<Long> seeds) {}

  @Override
  public FairModels models(long seed, double rate) {
    return new Models(seed, rate);
  }

  private final class Models extends FairModels implements Measuring {
    Models(long seed, double rate) {
      super(folder, TASKS, seed, rate);
    }

    @Override
    Family family() {
      String from = folder().relativize(base.folder()) + "/";
      return new Family("tuned", from + base.family().base(), from + base.family().heads(), TASKS);
    }

    @Override
    List<Job> fineTuning() throws IOException {
      List<Job> jobs = new java.util.ArrayList<>();
      for (String task : TASKS) {
        jobs.add(
            new TrainingJob(
                tuned(task),
                new Start.From(base()),
                List.of(ImageTasks.named(task)),
                ClassVectors.load(base.heads()),
                seed(),
                IMAGES,
                TrainingSettings.of(80, rate(), seed()).withBatch(32)));
      }
      return jobs;
    }

    @Override
    Measuring measuring() {
      return this;
    }

    @Override
    public Map<Probe, Double> measure(Path model, String heads, List<Probe> probes)
        throws IOException {
      ClassVectors vectors = ClassVectors.load(base.heads());
      Map<Probe, Double> measured = new LinkedHashMap<>();
      try (Encoder encoder = Encoder.load(model)) {
        for (Probe probe : probes) {
          int count = probe.split() == Split.VALIDATION ? VALIDATION : TEST;
          measured.put(
              probe,
              Accuracy.of(
                  encoder,
                  ImageTasks.named(probe.task())
                      .render(seed(), probe.split(), Shift.valueOf(probe.shift()), 0, count),
                  vectors.of(probe.task())));
        }
      }
      return measured;
    }
  }
}
