package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.lab.experiment.Candidate.Edited;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;

/// Experiment 3, out of distribution (arXiv 2410.17146, section 5.1): accuracy on shifted test
/// images along the line from the base to the fine-tuned model (WiSE-FT, arXiv 2109.01903) and to
/// its LiNeS edit with α = β = 0.5. No search; means over all tasks.
///
/// @param wise w from 0 (base) to 1 (fine-tuned)
/// @param lines w from 0 (base) to 1 (edited)
public record Robustness(List<Point> wise, List<Point> lines) {
  private static final List<Shift> SHIFTS =
      Stream.of(Shift.values()).filter(shift -> shift != Shift.NONE).toList();
  private static final int STEPS = 10;

  /// Copies the lists.
  public Robustness {
    wise = List.copyOf(wise);
    lines = List.copyOf(lines);
  }

  /// A model on a line.
  ///
  /// @param validation accuracy on images like those of training, not the test ones
  /// @param unshifted accuracy on test images like those of training
  /// @param shifted accuracy on test images under each shift
  /// @param mean over the shifts
  public record Point(
      double w, double validation, double unshifted, Map<Shift, Double> shifted, double mean) {
    /// Accuracy under one shift.
    public double under(Shift shift) {
      return shifted.getOrDefault(shift, Double.NaN);
    }
  }

  static Robustness measure(Workbench bench, Family family) throws IOException {
    List<Question> questions = new ArrayList<>();
    for (boolean edited : List.of(false, true)) {
      for (int i = 0; i <= STEPS; i++) {
        for (String task : family.tasks()) {
          LayerScaling scaling = scaling(i / (double) STEPS, edited);
          questions.add(
              new Question(
                  new Edited(family.base(), family.tuned(task), scaling),
                  family.heads(),
                  probes(task)));
        }
      }
    }
    Iterator<Answers> answers = bench.ask(questions).iterator();
    return new Robustness(line(answers, family), line(answers, family));
  }

  /// Along the line, λ of the model at its end times w.
  private static LayerScaling scaling(double w, boolean edited) {
    return edited ? LayerScaling.lines(0.5 * w, 0.5 * w, Outside.ALPHA) : LayerScaling.uniform(w);
  }

  private static List<Probe> probes(String task) {
    return Stream.concat(
            Stream.of(Probe.of(task, Split.VALIDATION), Probe.of(task, Split.TEST)),
            SHIFTS.stream().map(shift -> new Probe(task, Split.TEST, shift)))
        .toList();
  }

  private static List<Point> line(Iterator<Answers> answers, Family family) {
    return IntStream.rangeClosed(0, STEPS)
        .mapToObj(
            i -> {
              List<Answers> tasks = family.tasks().stream().map(_ -> answers.next()).toList();
              return point(i / (double) STEPS, tasks);
            })
        .toList();
  }

  private static Point point(double w, List<Answers> tasks) {
    Map<Shift, Double> shifted = new EnumMap<>(Shift.class);
    SHIFTS.forEach(shift -> shifted.put(shift, mean(tasks, Split.TEST, shift)));
    return new Point(
        w,
        mean(tasks, Split.VALIDATION, Shift.NONE),
        mean(tasks, Split.TEST, Shift.NONE),
        shifted,
        shifted.values().stream().mapToDouble(x -> x).average().orElseThrow());
  }

  private static double mean(List<Answers> tasks, Split split, Shift shift) {
    return tasks.stream()
        .flatMapToDouble(
            answers ->
                answers.probes().stream()
                    .filter(probe -> probe.split() == split && probe.shift() == shift)
                    .mapToDouble(answers::on))
        .average()
        .orElseThrow();
  }
}
