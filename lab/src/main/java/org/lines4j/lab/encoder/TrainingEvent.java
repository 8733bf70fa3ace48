package org.lines4j.lab.encoder;

/// What happens while jobs run.
public sealed interface TrainingEvent {
  /// The job that it happens to.
  TrainingJob job();

  /// The job was done before.
  record Skipped(TrainingJob job) implements TrainingEvent {}

  /// The job goes on.
  ///
  /// @param step how many of the steps are done
  /// @param loss the mean of those since the last such event
  /// @param imagesPerSecond over the same time
  record Advanced(TrainingJob job, int step, double loss, double imagesPerSecond)
      implements TrainingEvent {}

  /// The job is done and its folder is in place.
  ///
  /// @param loss as in the last [Advanced]
  record Finished(TrainingJob job, double loss, double seconds) implements TrainingEvent {}

  /// The job failed; others go on.
  record Failed(TrainingJob job, Exception reason) implements TrainingEvent {}
}
