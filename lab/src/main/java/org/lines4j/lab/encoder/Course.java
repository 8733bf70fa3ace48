package org.lines4j.lab.encoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The steps of one training, and how it went.
final class Course {
  /// Steps between reports.
  private static final int REPORT = 25;

  private final Job job;
  private final Consumer<TrainingEvent> listener;
  private final List<Map<String, Double>> reports = new ArrayList<>();
  private final long start = System.nanoTime();
  private double lossSum;
  private int lossCount;
  private long lastReport;

  Course(Job job, Consumer<TrainingEvent> listener) {
    this.job = job;
    this.listener = listener;
  }

  /// Makes all steps.
  ///
  /// @throws InterruptedException if the thread is interrupted
  void run(Model model, Batch.Source batches) throws TrainingException, InterruptedException {
    lastReport = System.nanoTime();
    int steps = job.settings().steps();
    for (int step = 0; step < steps; step++) {
      if (Thread.interrupted()) {
        throw new InterruptedException(job.out() + ": stopped at step " + step);
      }
      float loss = model.step(batches, job.settings().rateAt(step));
      if (!Float.isFinite(loss)) {
        throw new TrainingException(
            "the loss is %s at step %d; train at a lower rate than %s"
                .formatted(loss, step, job.settings().learningRate()));
      }
      lossSum += loss;
      lossCount++;
      if ((step + 1) % REPORT == 0 || step + 1 == steps) {
        report(step + 1);
      }
    }
  }

  private void report(int step) {
    long now = System.nanoTime();
    double loss = lossSum / lossCount;
    double inputs = (double) lossCount * job.settings().batch();
    double rate = inputs / ((now - lastReport) / 1e9);
    reports.add(Map.of("step", (double) step, "loss", loss));
    listener.accept(new TrainingEvent.Advanced(job, step, loss, rate));
    lossSum = 0;
    lossCount = 0;
    lastReport = now;
  }

  /// The loss at times.
  List<Map<String, Double>> reports() {
    return List.copyOf(reports);
  }

  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  /// Tells that the folder is in place.
  void finished(double seconds) {
    double loss = reports.getLast().getOrDefault("loss", Double.NaN);
    listener.accept(new TrainingEvent.Finished(job, loss, seconds));
  }
}
