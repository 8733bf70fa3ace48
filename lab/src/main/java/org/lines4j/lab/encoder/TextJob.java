package org.lines4j.lab.encoder;

import java.nio.file.Path;

/// A sentence encoder fine-tuned on one task's texts. Rows of the table of tokens that no text uses
/// stay as they are.
///
/// The same job gives the same weights on the same kind of machine, whatever runs beside it.
///
/// @param out the folder that the trained encoder is saved in
/// @param base the encoder to start from
/// @param task that it learns, by name
/// @param classVectors holds vectors for the task
/// @param texts to learn from; used again, in another order, when all have been seen
public record TextJob(
    Path out,
    Path base,
    TextConfig config,
    String task,
    ClassVectors classVectors,
    TokenTexts texts,
    TrainingSettings settings)
    implements Job {
  /// @throws IllegalArgumentException if a label has no class vector, or weights should decay,
  ///   which rows that no text uses would have to do, too
  public TextJob {
    Job.checkLabels(task, texts.labels(), classVectors);
    if (settings.weightDecay() != 0) {
      throw new IllegalArgumentException("weightDecay: expected 0");
    }
  }
}
