package org.lines4j.lab.experiment;

import java.util.List;

/// Models that belong together: a base, and what it became on each of several tasks.
///
/// @param folder of the models, relative to the seed's
/// @param base relative to the seed's folder
/// @param heads the file of the class vectors that all of them are read through
/// @param tasks that there is a fine-tuned model of
public record Family(String folder, String base, String heads, List<String> tasks) {
  /// Copies the list.
  public Family {
    tasks = List.copyOf(tasks);
  }

  /// The same with other tasks.
  Family with(List<String> others) {
    return new Family(folder, base, heads, others);
  }

  /// The model that was fine-tuned on a task.
  public String tuned(String task) {
    return folder + "/" + task;
  }

  /// The base, to be measured.
  public Question baseOn(List<Probe> probes) {
    return new Question(new Candidate.Trained(base), heads, probes);
  }

  /// A fine-tuned model, to be measured.
  public Question tunedOn(String task, List<Probe> probes) {
    return new Question(new Candidate.Trained(tuned(task)), heads, probes);
  }
}
