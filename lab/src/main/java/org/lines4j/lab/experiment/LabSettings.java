package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.encoder.TrainingSettings;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.ImageTasks;

/// What `lines lab train` trains. One value decides everything but the seed.
///
/// @param encoder of all models
/// @param pretraining of the base
/// @param pretrainingTasks that it learns at once; those below among them
/// @param pretrainingImages of each task
/// @param fineTuning on one task
/// @param fineTuningImages of the task
/// @param mismatch how far tasks' class vectors are from those of pre-training: the length of a
///   random direction that is added to each, in units of its own
/// @param tasks that are fine-tuned on
public record LabSettings(
    EncoderConfig encoder,
    Schedule pretraining,
    List<String> pretrainingTasks,
    int pretrainingImages,
    Schedule fineTuning,
    int fineTuningImages,
    double mismatch,
    List<String> tasks) {
  /// Copies the lists.
  public LabSettings {
    pretrainingTasks = List.copyOf(pretrainingTasks);
    tasks = List.copyOf(tasks);
  }

  /// Half an hour's worth: what `lab eval` can read well.
  public static LabSettings full() {
    return new LabSettings(
        new EncoderConfig(8, 48, 3, 96, 6, 64),
        new Schedule(6000, 64, 2e-3),
        ALL,
        5000,
        new Schedule(250, 64, 6e-4),
        2000,
        2,
        TASKS);
  }

  /// A minute's worth.
  public static LabSettings quick() {
    return new LabSettings(
        EncoderConfig.of(8, 32),
        new Schedule(800, 32, 3e-3),
        TASKS,
        1000,
        new Schedule(60, 32, 1e-3),
        500,
        2,
        TASKS);
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
  }
}
