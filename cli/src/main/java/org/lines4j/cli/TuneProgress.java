package org.lines4j.cli;

import org.lines4j.tune.Trial;
import org.lines4j.tune.TuneListener;

/// A line for each trial, with the time that is left.
final class TuneProgress implements TuneListener {
  private final RunMixin run;

  TuneProgress(RunMixin run) {
    this.run = run;
  }

  @Override
  public void note(String message) {
    run.say("note: " + message);
  }

  @Override
  public void finished(String label, Trial trial, Progress progress) {
    String left =
        progress.secondsLeft().isPresent() && progress.done() < progress.total()
            ? ", about %s left".formatted(time(progress.secondsLeft().getAsDouble()))
            : "";
    run.say(
        "[%d/%d] %s%s (%s%s)"
            .formatted(
                progress.done(),
                progress.total(),
                label,
                trial.failure().isPresent()
                    ? " failed: " + trial.failure().get().reason()
                    : ": " + metrics(trial),
                time(trial.seconds()),
                left));
  }

  private static String metrics(Trial trial) {
    return trial.metrics().entrySet().stream()
        .map(metric -> "%s %.5g".formatted(metric.getKey(), metric.getValue()))
        .reduce((a, b) -> a + ", " + b)
        .orElse("");
  }

  private static String time(double seconds) {
    if (seconds < 100) {
      return "%.1f s".formatted(seconds);
    }
    return seconds < 6000 ? "%.0f min".formatted(seconds / 60) : "%.1f h".formatted(seconds / 3600);
  }
}
