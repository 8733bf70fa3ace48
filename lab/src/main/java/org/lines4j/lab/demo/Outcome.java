package org.lines4j.lab.demo;

import java.util.Collection;
import java.util.Map;

/// What a model answers.
///
/// @param model what it is called
/// @param setting the λ or γ that it was made with
/// @param answers by task: the class of each text, by number
/// @param accuracy by task
public record Outcome(
    String model, double setting, Map<String, int[]> answers, Map<String, Double> accuracy) {
  /// Copies the maps.
  public Outcome {
    answers = Map.copyOf(answers);
    accuracy = Map.copyOf(accuracy);
  }

  /// Accuracy on one task.
  public double on(String task) {
    return accuracy.getOrDefault(task, Double.NaN);
  }

  /// Mean accuracy on some tasks.
  public double mean(Collection<String> tasks) {
    return tasks.stream().mapToDouble(this::on).average().orElseThrow();
  }

  /// The same, called otherwise.
  Outcome named(String other) {
    return new Outcome(other, setting, answers, accuracy);
  }
}
