package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.encoder.TrainingSettings;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.ImageTasks;

/// What the lab trains and measures. One value decides everything but the seed.
///
/// @param encoder of all models but those of other depths
/// @param pretraining of the base
/// @param pretrainingTasks that it learns at once; those below among them
/// @param pretrainingImages of each task
/// @param fineTuning on one task
/// @param fineTuningImages of the task
/// @param mismatch how far tasks' class vectors are from those of pre-training: the length of a
///   random direction that is added to each, in units of its own
/// @param tasks that are fine-tuned on and measured
/// @param validationImages of each task, which choices are made on
/// @param testImages of each task, which results are reported on
/// @param soup what is averaged
/// @param study of what decides whether LiNeS pays
public record LabSettings(
    EncoderConfig encoder,
    Schedule pretraining,
    List<String> pretrainingTasks,
    int pretrainingImages,
    Schedule fineTuning,
    int fineTuningImages,
    double mismatch,
    List<String> tasks,
    int validationImages,
    int testImages,
    Soup soup,
    Study study) {
  /// Copies the lists.
  public LabSettings {
    pretrainingTasks = List.copyOf(pretrainingTasks);
    tasks = List.copyOf(tasks);
  }

  /// What the evidence is made with.
  public static LabSettings full() {
    return new LabSettings(
        new EncoderConfig(8, 48, 3, 96, 6, 64),
        new Schedule(6000, 64, 2e-3),
        ALL,
        5000,
        new Schedule(250, 64, 6e-4),
        2000,
        2,
        TASKS,
        200,
        300,
        new Soup(List.of("kanji", "shapes"), 5),
        new Study(
            TASKS.subList(0, 3),
            List.of(8, 12, 16),
            new Schedule(2000, 48, 1.5e-3),
            List.of(0.4, 2.5),
            List.of(0.33, 3.0),
            List.of(0.2, 0.5),
            List.of(0.0, 1.0, 4.0)));
  }

  /// A few minutes' worth: everything runs, nothing is evidence.
  public static LabSettings quick() {
    return new LabSettings(
        EncoderConfig.of(8, 32),
        new Schedule(800, 32, 3e-3),
        TASKS,
        1000,
        new Schedule(60, 32, 1e-3),
        500,
        2,
        TASKS,
        60,
        100,
        new Soup(List.of("kanji"), 3),
        new Study(
            TASKS.subList(0, 2),
            List.of(8),
            new Schedule(100, 32, 3e-3),
            List.of(),
            List.of(),
            List.of(0.25),
            List.of(0.0)));
  }

  private static final List<String> ALL = ImageTasks.all().stream().map(ImageTask::name).toList();

  private static final List<String> TASKS =
      List.of("kanji", "shapes", "greek", "symbols", "upper", "textures", "digits", "counting");

  /// How long and how fast a model learns (AdamW, linear warm-up, cosine decay).
  ///
  /// @param steps of one batch each
  /// @param batch images in a step
  /// @param rate the highest learning rate
  public record Schedule(int steps, int batch, double rate) {
    /// Everything else as usual.
    TrainingSettings settings(long seed) {
      return TrainingSettings.of(steps, rate, seed).withBatch(batch);
    }

    /// The same with steps and rate multiplied.
    public Schedule scaled(double length, double speed) {
      return new Schedule((int) Math.round(steps * length), batch, rate * speed);
    }
  }

  /// Models of one task that differ in their hyper-parameters.
  ///
  /// @param models for each task
  public record Soup(List<String> tasks, int models) {
    /// Copies the list.
    public Soup {
      tasks = List.copyOf(tasks);
    }
  }

  /// A study of what decides whether LiNeS pays.
  ///
  /// @param tasks that each variant is fine-tuned on
  /// @param depths of encoders, in blocks
  /// @param depthPretraining of the bases of the depths
  /// @param lengths of fine-tuning, as multiples
  /// @param rates of fine-tuning, as multiples
  /// @param convergence of the base: fractions of the steps of pre-training, below 1
  /// @param mismatches of class vectors
  public record Study(
      List<String> tasks,
      List<Integer> depths,
      Schedule depthPretraining,
      List<Double> lengths,
      List<Double> rates,
      List<Double> convergence,
      List<Double> mismatches) {
    /// Copies the lists.
    public Study {
      tasks = List.copyOf(tasks);
      depths = List.copyOf(depths);
      lengths = List.copyOf(lengths);
      rates = List.copyOf(rates);
      convergence = List.copyOf(convergence);
      mismatches = List.copyOf(mismatches);
    }
  }
}
