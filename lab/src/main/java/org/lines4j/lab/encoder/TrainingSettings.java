package org.lines4j.lab.encoder;

/// How to train: AdamW (β 0.9 and 0.999) with a rate that rises linearly over the warm-up and falls
/// to 0 along a cosine, gradients clipped to a norm of 1, cross-entropy over scaled cosines.
///
/// @param steps how many updates
/// @param batch images per update
/// @param learningRate the highest
/// @param warmupSteps until it is reached
/// @param weightDecay of the matrices; norms, biases and positions have none
/// @param labelSmoothing the part of a label that is spread over all classes of its task
/// @param logitScale what cosines are multiplied by
/// @param seed of the order of the images
public record TrainingSettings(
    int steps,
    int batch,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    double labelSmoothing,
    double logitScale,
    long seed) {
  /// @throws IllegalArgumentException if a value is out of range
  public TrainingSettings {
    check(steps >= 1, "steps", steps, "at least 1");
    check(batch >= 1, "batch", batch, "at least 1");
    check(learningRate > 0, "learningRate", learningRate, "more than 0");
    check(warmupSteps >= 0 && warmupSteps <= steps, "warmupSteps", warmupSteps, "0 … steps");
    check(weightDecay >= 0, "weightDecay", weightDecay, "at least 0");
    check(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", labelSmoothing, "0 … 1");
    check(logitScale > 0, "logitScale", logitScale, "more than 0");
  }

  /// The usual values: batches of 64, a warm-up over a twentieth of the steps, weight decay 0.05,
  /// label smoothing 0.1, a logit scale of 20.
  public static TrainingSettings of(int steps, double learningRate, long seed) {
    return new TrainingSettings(steps, 64, learningRate, steps / 20, 0.05, 0.1, 20, seed);
  }

  /// The same with other batches.
  public TrainingSettings withBatch(int images) {
    return new TrainingSettings(
        steps, images, learningRate, warmupSteps, weightDecay, labelSmoothing, logitScale, seed);
  }

  /// The same with another warm-up.
  public TrainingSettings withWarmupSteps(int warmup) {
    return new TrainingSettings(
        steps, batch, learningRate, warmup, weightDecay, labelSmoothing, logitScale, seed);
  }

  /// The same with another logit scale.
  public TrainingSettings withLogitScale(double scale) {
    return new TrainingSettings(
        steps, batch, learningRate, warmupSteps, weightDecay, labelSmoothing, scale, seed);
  }

  /// The rate of the update number `step`, the first being 0.
  double rateAt(int step) {
    if (step < warmupSteps) {
      return learningRate * (step + 1) / warmupSteps;
    }
    double done = (double) (step - warmupSteps) / (steps - warmupSteps);
    return learningRate * 0.5 * (1 + StrictMath.cos(Math.PI * done));
  }

  private static void check(boolean fits, String name, Number found, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(name, expected, found));
    }
  }
}
