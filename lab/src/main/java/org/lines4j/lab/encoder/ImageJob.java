package org.lines4j.lab.encoder;

import java.nio.file.Path;
import org.lines4j.lab.image.Images;

/// An image encoder fine-tuned on one task's images, which are at hand.
///
/// The same job gives the same weights on the same kind of machine, whatever runs beside it.
///
/// @param out the folder that the trained encoder is saved in
/// @param base the encoder to start from
/// @param task that it learns, by name
/// @param classVectors holds vectors for the task
/// @param images to learn from; used again, in another order, when all have been seen
public record ImageJob(
    Path out,
    Path base,
    String task,
    ClassVectors classVectors,
    Images images,
    TrainingSettings settings)
    implements Job {
  /// @throws IllegalArgumentException if there are no images, or a label has no class vector
  public ImageJob {
    if (images.count() == 0) {
      throw new IllegalArgumentException(out + ": nothing to train on");
    }
    Job.checkLabels(task, images.labels(), classVectors);
  }
}
