package org.lines4j.lab.encoder;

import java.nio.file.Path;

/// One training, which ends in a folder.
public sealed interface Job permits TrainingJob, ImageJob, TextJob {
  /// The folder that the trained encoder is saved in.
  Path out();

  /// How it is trained.
  TrainingSettings settings();

  /// Checks labels.
  ///
  /// @throws IllegalArgumentException if a label has no class vector
  static void checkLabels(String task, int[] labels, ClassVectors classVectors) {
    int classes = classVectors.of(task).length;
    for (int label : labels) {
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "task %s: label %d of %d class vectors".formatted(task, label, classes));
      }
    }
  }
}
