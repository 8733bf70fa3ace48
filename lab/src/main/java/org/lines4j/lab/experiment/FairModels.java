package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.lab.encoder.Job;

/// The models of one seed and one rate: which there are, where they lie, and what they learn from.
///
/// ```
/// base/                          what all start from
/// heads.safetensors              class vectors, which all are read through
/// seed-11/rate-0.0004/tuned/emoji/
/// ```
abstract class FairModels {
  static final String BASE = "base";
  static final String HEADS = "heads.safetensors";

  /// From a folder of models to what all seeds and rates share.
  private static final String UP = "../../";

  private final Path root;
  private final List<String> tasks;
  private final long seed;
  private final double rate;

  /// @param root the lab's folder
  /// @param tasks by name
  FairModels(Path root, List<String> tasks, long seed, double rate) {
    this.root = root;
    this.tasks = List.copyOf(tasks);
    this.seed = seed;
    this.rate = rate;
  }

  final long seed() {
    return seed;
  }

  final double rate() {
    return rate;
  }

  /// What they are called in messages.
  final String title() {
    return "seed %d, rate %s".formatted(seed, rate);
  }

  /// That the family's models are named relative to.
  final Path folder() {
    return root.resolve("seed-" + seed).resolve("rate-" + rate);
  }

  /// The fine-tuned models and their base.
  Family family() {
    return new Family("tuned", UP + BASE, UP + HEADS, tasks);
  }

  /// Where the base is.
  final Path base() {
    return folder().resolve(family().base()).normalize();
  }

  /// Where a task's fine-tuned model is.
  final Path tuned(String task) {
    return folder().resolve(family().tuned(task));
  }

  /// One for each task.
  abstract List<? extends Job> fineTuning() throws IOException;

  /// What they are measured by.
  abstract Measuring measuring();
}
