package org.lines4j.lab.encoder;

/// What happens while jobs run.
public sealed interface TrainingEvent {
  /// The job that it happens to.
  Job job();

  /// The job was done before.
  record Skipped(Job job) implements TrainingEvent {}

  /// The job goes on.
  ///
  /// @param step how many of the steps are done
  /// @param loss the mean of those since the last such event
  /// @param imagesPerSecond over the same time
  record Advanced(Job job, int step, double loss, double imagesPerSecond)
      implements TrainingEvent {}

  /// The job is done and its folder is in place.
  ///
  /// @param loss as in the last [Advanced]
  record Finished(Job job, double loss, double seconds) implements TrainingEvent {}

  /// The job failed; others go on.
  record Failed(Job job, Exception reason) implements TrainingEvent {}
}
