package org.lines4j.lab.experiment;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Trace;

/// What can be had where so much of the target's accuracy is to be kept: the way to compare two
/// paths at equal target accuracy.
public final class Frontier {
  private Frontier() {}

  /// The path of means over all tasks, on test data.
  public static List<Score> mean(List<OfTask> tasks, Function<OfTask, Trace> path) {
    int length = path.apply(tasks.getFirst()).points().size();
    return IntStream.range(0, length)
        .mapToObj(
            i ->
                Score.mean(
                    tasks.stream().map(task -> path.apply(task).points().get(i).test()).toList()))
        .toList();
  }

  /// The highest normalised control accuracy on the line through the path's points where the
  /// normalised target accuracy is at least `target`; NaN where it never is.
  public static double controlAt(List<Score> path, double target) {
    return best(path, Score::targetNormalised, target, Score::controlNormalised);
  }

  /// The highest accuracy under a shift on the line through the path's points where the normalised
  /// target accuracy is at least `target`; NaN where it never is.
  public static double shiftedAt(Trace path, String shift, double target) {
    return best(
        path.points(),
        point -> point.test().targetNormalised(),
        target,
        point -> point.shifted().getOrDefault(shift, Double.NaN));
  }

  private static <P> double best(
      List<P> path, ToDoubleFunction<P> kept, double least, ToDoubleFunction<P> figure) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < path.size(); i++) {
      P here = path.get(i);
      double spare = kept.applyAsDouble(here) - least;
      if (spare >= 0) {
        best = Math.max(best, figure.applyAsDouble(here));
      }
      if (i > 0) {
        P last = path.get(i - 1);
        double lastSpare = kept.applyAsDouble(last) - least;
        if (lastSpare * spare < 0) {
          double part = lastSpare / (lastSpare - spare);
          double from = figure.applyAsDouble(last);
          best = Math.max(best, from + part * (figure.applyAsDouble(here) - from));
        }
      }
    }
    return best == Double.NEGATIVE_INFINITY ? Double.NaN : best;
  }
}
