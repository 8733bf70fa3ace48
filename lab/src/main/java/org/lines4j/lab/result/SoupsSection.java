package org.lines4j.lab.result;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.Soups;
import org.lines4j.lab.experiment.Soups.OfTask;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Experiment 4.
final class SoupsSection {
  private record Row(String title, ToDoubleFunction<OfTask> figure) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("single models, mean", OfTask::mean),
          new Row("single model, best on validation data", OfTask::best),
          new Row("uniform soup", OfTask::uniform),
          new Row("uniform soup + LiNeS", task -> task.uniformLines().accuracy()),
          new Row("greedy soup", OfTask::greedy),
          new Row("greedy soup + LiNeS", task -> task.greedyLines().accuracy()));

  private SoupsSection() {}

  static Section of(LabResults results) {
    return new Section(
        "Soups",
        List.of(
            new Text(
                "%d models for each of %s, which differ in learning rate, length, weight decay, label"
                        .formatted(
                            results.settings().soup().models(),
                            String.join(", ", results.settings().soup().tasks()))
                    + " smoothing and seed, averaged. LiNeS: α = 1, β from 0 … 1 on validation"
                    + " data (0 is the plain soup)."),
            summary(results),
            chosen(results)));
  }

  private static Table chosen(LabResults results) {
    List<List<String>> rows =
        results.seeds().stream()
            .flatMap(
                seed ->
                    seed.soups().tasks().stream()
                        .map(
                            task ->
                                List.of(
                                    "%s, seed %d".formatted(task.task(), seed.seed()),
                                    String.valueOf(task.uniformLines().beta()),
                                    String.valueOf(task.greedyLines().beta()),
                                    String.valueOf(task.greedyModels()))))
            .toList();
    return new Table(
        "What was chosen",
        List.of("", "β of the uniform soup", "β of the greedy soup", "models in the greedy soup"),
        rows);
  }

  static Table summary(LabResults results) {
    return new Table(
        "Accuracy on test data in percent, mean over the tasks",
        List.of("", "accuracy"),
        ROWS.stream()
            .map(
                row ->
                    List.of(
                        row.title(),
                        Cells.percent(results, seed -> mean(seed.soups(), row.figure()))))
            .toList());
  }

  private static double mean(Soups soups, ToDoubleFunction<OfTask> figure) {
    return soups.tasks().stream().mapToDouble(figure).average().orElseThrow();
  }
}
