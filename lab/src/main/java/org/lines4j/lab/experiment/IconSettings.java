package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.lab.encoder.TrainingSettings;

/// What the lab of icons trains and measures. One value decides everything but the seed.
///
/// @param tasks that are fine-tuned on and measured
/// @param rates the highest learning rates: each fine-tunes on every task
/// @param steps of one batch each
/// @param batch images in a step
/// @param trainingImages of each task at most
/// @param validationImages of each task at most, which choices are made on
/// @param testImages of each task at most, which results are reported on
/// @param methods of merging
/// @param scales the grid of λ and β, in units of each method (see [ScaledMerges])
/// @param editingTasks how many of the tasks' models are edited; all tasks are their controls
/// @param editingSteps of a path: 5 for 1, 0.8 … 0
public record IconSettings(
    List<String> tasks,
    List<Double> rates,
    int steps,
    int batch,
    int trainingImages,
    int validationImages,
    int testImages,
    List<String> methods,
    List<Double> scales,
    int editingTasks,
    int editingSteps)
    implements FairSettings {
  /// About what the base was trained with.
  private static final double LOGIT_SCALE = 45;

  private static final int WARMUP = 10;

  /// Copies the lists.
  public IconSettings {
    tasks = List.copyOf(tasks);
    rates = List.copyOf(rates);
    methods = List.copyOf(methods);
    scales = List.copyOf(scales);
  }

  /// What the evidence is made with.
  public static IconSettings full() {
    return new IconSettings(
        List.of(
            "emoji-group",
            "emoji-subgroup",
            "letters",
            "scripts",
            "iconpark",
            "mdi",
            "health",
            "numerals"),
        List.of(6e-4, 2e-3),
        200,
        64,
        3500,
        120,
        300,
        METHODS,
        SCALES,
        4,
        5);
  }

  /// A few minutes' worth: everything runs, nothing is evidence.
  public static IconSettings quick() {
    return new IconSettings(
        List.of("letters", "scripts", "numerals"),
        List.of(2e-3),
        30,
        32,
        600,
        40,
        80,
        List.of("task_arithmetic", "ties", "iso_c"),
        List.of(0.3, 0.8, 2.0),
        2,
        4);
  }

  @Override
  public List<String> everyTask() {
    return full().tasks();
  }

  @Override
  public IconSettings only(
      List<String> someTasks, List<Double> someRates, List<String> someMethods) {
    return new IconSettings(
        someTasks,
        someRates,
        steps,
        batch,
        trainingImages,
        validationImages,
        testImages,
        someMethods,
        scales,
        Math.min(editingTasks, someTasks.size()),
        editingSteps);
  }

  /// AdamW without weight decay.
  TrainingSettings training(double rate, long seed) {
    return new TrainingSettings(
        steps, batch, rate, Math.max(1, steps / WARMUP), 0, 0, LOGIT_SCALE, seed);
  }
}
