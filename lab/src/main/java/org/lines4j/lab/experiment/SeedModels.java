package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Start;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.lab.image.ImageTasks;

/// The models of one seed: which there are, where they lie, and how each is trained.
///
/// ```
/// base/                           pre-trained
/// tuned/digits/                   fine-tuned
/// heads-pretraining.safetensors   class vectors of pre-training
/// heads-2.0.safetensors           the same, turned away
/// ```
///
/// @param folder of the seed
public record SeedModels(Path folder, long seed, LabSettings settings) {
  private static final String BASE = "base";
  private static final String PRETRAINING_HEADS = "heads-pretraining.safetensors";

  /// The base, and the models that were fine-tuned through class vectors that are turned away.
  public Family family() {
    return new Family(
        "tuned", BASE, "heads-" + settings.mismatch() + ".safetensors", settings.tasks());
  }

  /// The class vectors that all but the base are trained through.
  public Path heads() {
    return folder.resolve(family().heads());
  }

  /// Writes the class vectors, unless they are there.
  void writeHeads() throws IOException {
    Files.createDirectories(folder);
    ClassVectors pretraining =
        ClassVectors.random(ImageTasks.all(), settings.encoder().embedding(), seed);
    writeIfMissing(pretraining, folder.resolve(PRETRAINING_HEADS));
    writeIfMissing(pretraining.mismatched(settings.mismatch(), seed + 1), heads());
  }

  private static void writeIfMissing(ClassVectors vectors, Path file) throws IOException {
    if (!Files.exists(file)) {
      vectors.save(file);
    }
  }

  /// How the base is trained.
  TrainingJob pretraining() throws IOException {
    return new TrainingJob(
        folder.resolve(BASE),
        new Start.Fresh(settings.encoder(), seed),
        settings.pretrainingTasks().stream().map(ImageTasks::named).toList(),
        ClassVectors.load(folder.resolve(PRETRAINING_HEADS)),
        seed,
        settings.pretrainingImages(),
        settings.pretraining().settings(seed));
  }

  /// How the others are trained, once there is the base.
  List<TrainingJob> fineTuning() throws IOException {
    List<TrainingJob> jobs = new ArrayList<>();
    for (String task : settings.tasks()) {
      jobs.add(
          new TrainingJob(
              folder.resolve(family().tuned(task)),
              new Start.From(folder.resolve(BASE)),
              List.of(ImageTasks.named(task)),
              ClassVectors.load(heads()),
              seed,
              settings.fineTuningImages(),
              settings.fineTuning().settings(seed)));
    }
    return jobs;
  }
}
