package org.lines4j.lab.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All that one seed gave.
///
/// @param pretrained accuracy of the base on each task through the class vectors of pre-training,
///   on test data: whether it has converged
/// @param merging over several numbers of tasks
public record SeedResults(
    long seed,
    Map<String, Double> pretrained,
    Editing editing,
    List<Merging> merging,
    Robustness robustness,
    Soups soups,
    Study study) {
  /// Copies its collections.
  ///
  /// @throws IllegalArgumentException if a task that was edited was not pre-trained
  public SeedResults {
    for (Editing.OfTask task : editing.tasks()) {
      if (!pretrained.containsKey(task.task())) {
        throw new IllegalArgumentException(
            "seed %d has no pre-trained accuracy of the task %s".formatted(seed, task.task()));
      }
    }
    pretrained = Collections.unmodifiableMap(new LinkedHashMap<>(pretrained));
    merging = List.copyOf(merging);
  }
}
