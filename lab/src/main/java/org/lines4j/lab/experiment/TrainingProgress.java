package org.lines4j.lab.experiment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lines4j.lab.encoder.Job;
import org.lines4j.lab.encoder.TrainingEvent;
import org.lines4j.plan.Progress;

/// Adds up the steps of many trainings. Those that were done before come first and do not count, so
/// that the time left is right.
final class TrainingProgress implements Consumer<TrainingEvent> {
  private final String phase;
  private final Progress progress;
  private final Map<Job, Integer> steps = new HashMap<>();
  private long total;
  private boolean started;

  TrainingProgress(String phase, List<? extends Job> jobs, Progress progress) {
    this.phase = phase;
    this.progress = progress;
    this.total = jobs.stream().mapToLong(job -> job.settings().steps()).sum();
  }

  @Override
  public void accept(TrainingEvent event) {
    switch (event) {
      case TrainingEvent.Skipped(Job job) -> total -= job.settings().steps();
      case TrainingEvent.Advanced(Job job, int step, double _, double _) -> advance(job, step);
      case TrainingEvent.Finished(Job job, double _, double _) ->
          advance(job, job.settings().steps());
      case TrainingEvent.Failed(Job job, Exception _) -> advance(job, job.settings().steps());
    }
  }

  private void advance(Job job, int step) {
    if (!started) {
      started = true;
      progress.start(phase, total);
    }
    Integer before = steps.put(job, step);
    progress.advance(step - (before == null ? 0 : before));
  }
}
