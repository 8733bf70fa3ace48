package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.List;
import org.lines4j.lab.experiment.ScaledMerges.Way;

/// A base with tasks: what all seeds and rates of a lab share.
interface Subject {
  /// What is to be told of the tasks.
  List<FairResults.Task> tasks();

  /// How updates are scaled.
  List<Way> ways();

  /// How a task's test inputs can differ from those of training, by name.
  List<String> shifts(String task);

  /// Whether a part has the same inputs for all seeds, so that what one seed trained on cannot be
  /// what another tests on.
  boolean isSplitOnce();

  /// Makes what the seeds will need.
  void prepare(List<Long> seeds) throws IOException;

  /// The models of a seed and a rate.
  FairModels models(long seed, double rate);
}
