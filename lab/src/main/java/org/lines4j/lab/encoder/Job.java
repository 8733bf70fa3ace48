package org.lines4j.lab.encoder;

import java.nio.file.Path;

/// One training, which ends in a folder.
public sealed interface Job permits TrainingJob, TextJob {
  /// The folder that the trained encoder is saved in.
  Path out();

  /// How it is trained.
  TrainingSettings settings();
}
