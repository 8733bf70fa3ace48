package org.lines4j.lab.encoder;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.lab.image.ImageTask;

/// One training: of one task, or of many at once, each image choosing among its own task's classes.
///
/// The same job gives the same weights on the same kind of machine, whatever runs beside it.
///
/// @param out the folder that the trained encoder is saved in; beside its weights lies
///   `training.json` (the job, the loss over the steps, the time)
/// @param start what to start from
/// @param tasks what to learn, each as often as the others
/// @param classVectors holds vectors for each of the tasks
/// @param imageSeed of the training images
/// @param imagesPerTask how many training images each task has; they are used again, in another
///   order, when all have been seen
/// @param settings how
public record TrainingJob(
    Path out,
    Start start,
    List<ImageTask> tasks,
    ClassVectors classVectors,
    long imageSeed,
    int imagesPerTask,
    TrainingSettings settings)
    implements Job {
  /// @throws IllegalArgumentException if there are no tasks or images, or class vectors of a task
  ///   are missing or too few
  public TrainingJob {
    tasks = List.copyOf(tasks);
    if (tasks.isEmpty() || imagesPerTask < 1) {
      throw new IllegalArgumentException(out + ": nothing to train on");
    }
    for (ImageTask task : tasks) {
      int vectors = classVectors.of(task.name()).length;
      if (vectors != task.classes().size()) {
        throw new IllegalArgumentException(
            "task %s: expected class vectors for %d classes, found %d"
                .formatted(task.name(), task.classes().size(), vectors));
      }
    }
  }
}
