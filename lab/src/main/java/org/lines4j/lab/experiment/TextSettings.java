package org.lines4j.lab.experiment;

import java.util.List;
import java.util.stream.Stream;
import org.lines4j.lab.encoder.TrainingSettings;

/// What the text lab trains and measures. One value decides everything but the seed.
///
/// @param tasks that are fine-tuned on and measured
/// @param rates the highest learning rates: each fine-tunes on every task
/// @param steps of one batch each
/// @param batch texts in a step
/// @param tokens of a text at most; the others are left out
/// @param trainingTexts of each task at most
/// @param validationTexts of each task, which choices are made on
/// @param testTexts of each task, which results are reported on
/// @param methods of merging
/// @param scales the grid of λ and β, in units of each method (see [ScaledMerges])
/// @param editingTasks how many of the tasks' models are edited; all tasks are their controls
/// @param editingSteps of a path: 5 for 1, 0.8 … 0
public record TextSettings(
    List<String> tasks,
    List<Double> rates,
    int steps,
    int batch,
    int tokens,
    int trainingTexts,
    int validationTexts,
    int testTexts,
    List<String> methods,
    List<Double> scales,
    int editingTasks,
    int editingSteps)
    implements FairSettings {
  private static final double LOGIT_SCALE = 25;
  private static final int WARMUP = 10;

  /// Copies the lists.
  public TextSettings {
    tasks = List.copyOf(tasks);
    rates = List.copyOf(rates);
    methods = List.copyOf(methods);
    scales = List.copyOf(scales);
  }

  /// What the evidence is made with.
  public static TextSettings full() {
    return new TextSettings(
        List.of("people", "topics", "artifacts", "languages", "emoji", "foods", "animals", "nouns"),
        List.of(4e-4, 1e-4),
        100,
        16,
        20,
        1500,
        40,
        100,
        METHODS,
        SCALES,
        4,
        4);
  }

  /// A few minutes' worth: everything runs, nothing is evidence.
  public static TextSettings quick() {
    return new TextSettings(
        List.of("people", "topics", "languages"),
        List.of(4e-4),
        30,
        16,
        16,
        600,
        20,
        40,
        List.of("task_arithmetic", "ties", "iso_c"),
        List.of(0.3, 0.8, 2.0),
        2,
        4);
  }

  @Override
  public List<String> everyTask() {
    return Stream.concat(full().tasks().stream(), Stream.of("verbs")).toList();
  }

  @Override
  public TextSettings only(
      List<String> someTasks, List<Double> someRates, List<String> someMethods) {
    return new TextSettings(
        someTasks,
        someRates,
        steps,
        batch,
        tokens,
        trainingTexts,
        validationTexts,
        testTexts,
        someMethods,
        scales,
        Math.min(editingTasks, someTasks.size()),
        editingSteps);
  }

  /// AdamW without weight decay: rows of tokens that no text uses stay as they are.
  TrainingSettings training(double rate, long seed) {
    return new TrainingSettings(
        steps, batch, rate, Math.max(1, steps / WARMUP), 0, 0, LOGIT_SCALE, seed);
  }
}
