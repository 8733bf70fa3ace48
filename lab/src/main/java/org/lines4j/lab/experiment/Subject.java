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

  /// Makes what the seeds will need.
  void prepare(List<Long> seeds) throws IOException;

  /// The models of a seed and a rate.
  FairModels models(long seed, double rate);
}
