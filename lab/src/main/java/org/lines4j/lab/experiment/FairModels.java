package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.lab.encoder.Job;

/// The models of one seed and one rate: which there are, where they lie, and what they learn from.
interface FairModels {
  long seed();

  double rate();

  /// What they are called in messages.
  default String title() {
    return "seed %d, rate %s".formatted(seed(), rate());
  }

  /// That the family's models are named relative to.
  Path folder();

  /// The fine-tuned models and their base.
  Family family();

  /// One for each task.
  List<? extends Job> fineTuning() throws IOException;

  /// What they are measured by.
  Measuring measuring();
}
