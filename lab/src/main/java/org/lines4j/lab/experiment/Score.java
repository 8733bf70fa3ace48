package org.lines4j.lab.experiment;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// How a model does on the task that it was made for, and on those that its base could do.
///
/// @param target accuracy on the task
/// @param control mean accuracy on the control tasks
/// @param targetNormalised `target` by the fine-tuned model's
/// @param controlNormalised the mean over control tasks of accuracy by the base's
public record Score(
    double target, double control, double targetNormalised, double controlNormalised) {
  /// What the paper chooses γ by: 2 · target + control, both normalised.
  public double objective() {
    return 2 * targetNormalised + controlNormalised;
  }

  /// The mean of several, figure by figure.
  public static Score mean(List<Score> scores) {
    return new Score(
        mean(scores, Score::target),
        mean(scores, Score::control),
        mean(scores, Score::targetNormalised),
        mean(scores, Score::controlNormalised));
  }

  private static double mean(List<Score> scores, ToDoubleFunction<Score> figure) {
    return scores.stream().mapToDouble(figure).average().orElseThrow();
  }
}
