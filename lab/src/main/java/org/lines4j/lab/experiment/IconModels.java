package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.files.CacheFolder;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.IconBase;
import org.lines4j.lab.encoder.ImageJob;
import org.lines4j.lab.encoder.TextHeads;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.icon.IconTask;
import org.lines4j.lab.icon.IconTasks;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Split;

/// Encoders of icons.
final class IconModels extends FairModels {
  /// What all seeds and rates have: tasks, drawn, and class vectors.
  static final class Shared implements Subject {
    private final Path folder;
    private final IconSettings settings;
    private final IconTasks tasks;
    private final ClassVectors heads;

    private Shared(Path folder, IconSettings settings, IconTasks tasks, ClassVectors heads) {
      this.folder = folder;
      this.settings = settings;
      this.tasks = tasks;
      this.heads = heads;
    }

    /// Makes what is not there yet.
    static Shared in(Path folder, IconSettings settings) throws IOException {
      Files.createDirectories(folder);
      IconBase.write(folder.resolve(BASE));
      IconTasks tasks = IconTasks.read(CacheFolder.find().orElse(folder).resolve("icons"));
      Map<String, List<List<String>>> prompts = new LinkedHashMap<>();
      settings.tasks().forEach(name -> prompts.put(name, prompts(tasks.named(name))));
      ClassVectors heads = TextHeads.in(folder.resolve(HEADS), prompts);
      return new Shared(folder, settings, tasks, heads);
    }

    private static List<List<String>> prompts(IconTask task) {
      List<List<String>> prompts = new ArrayList<>();
      for (int label = 0; label < task.classes().size(); label++) {
        prompts.add(task.prompts(label));
      }
      return prompts;
    }

    @Override
    public List<FairResults.Task> tasks() {
      return settings.tasks().stream().map(name -> described(tasks.named(name))).toList();
    }

    private static FairResults.Task described(IconTask task) {
      return new FairResults.Task(
          task.name(), task.question(), task.source(), task.classes().size(), task.images());
    }

    @Override
    public List<Way> ways() {
      return List.of(Way.values());
    }

    @Override
    public boolean isSplitOnce() {
      return true;
    }

    @Override
    public List<String> shifts(String task) {
      return tasks.named(task).shifts();
    }

    /// Images are drawn when they are needed.
    @Override
    public void prepare(List<Long> seeds) {}

    @Override
    public FairModels models(long seed, double rate) {
      return new IconModels(this, seed, rate);
    }
  }

  private final Shared shared;

  private IconModels(Shared shared, long seed, double rate) {
    super(shared.folder, shared.settings.tasks(), seed, rate);
    this.shared = shared;
  }

  @Override
  Measuring measuring() {
    return new IconMeasuring(this);
  }

  ClassVectors heads() {
    return shared.heads;
  }

  Images images(Probe probe) {
    int test = shared.settings.testImages();
    return probe.shift().equals(Probe.UNSHIFTED)
        ? images(probe.task(), probe.split())
        : shared.tasks.named(probe.task()).shifted(probe.shift(), seed(), test);
  }

  private Images images(String task, Split split) {
    int most =
        switch (split) {
          case TRAIN -> shared.settings.trainingImages();
          case VALIDATION -> shared.settings.validationImages();
          case TEST -> shared.settings.testImages();
        };
    return shared.tasks.named(task).draw(seed(), split, most);
  }

  @Override
  List<ImageJob> fineTuning() {
    List<ImageJob> jobs = new ArrayList<>();
    for (String task : shared.settings.tasks()) {
      jobs.add(
          new ImageJob(
              tuned(task),
              base(),
              task,
              heads(),
              images(task, Split.TRAIN),
              shared.settings.training(rate(), seed())));
    }
    return jobs;
  }
}
