package org.lines4j.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Trace;

/// What can be had of the control tasks where so much of the target's accuracy is to be kept: the
/// way to compare two paths at equal target accuracy.
public final class Frontier {
  private Frontier() {}

  /// The path of means over all tasks, on test data.
  public static List<Score> mean(
      List<OfTask> tasks, java.util.function.Function<OfTask, Trace> path) {
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
    List<Double> controls = new ArrayList<>();
    for (int i = 0; i < path.size(); i++) {
      Score here = path.get(i);
      if (here.targetNormalised() >= target) {
        controls.add(here.controlNormalised());
      }
      if (i > 0) {
        crossing(path.get(i - 1), here, target, controls);
      }
    }
    return controls.stream().mapToDouble(x -> x).max().orElse(Double.NaN);
  }

  private static void crossing(Score from, Score to, double target, List<Double> controls) {
    double a = from.targetNormalised() - target;
    double b = to.targetNormalised() - target;
    if (a * b < 0) {
      double part = a / (a - b);
      controls.add(
          from.controlNormalised() + part * (to.controlNormalised() - from.controlNormalised()));
    }
  }
}
