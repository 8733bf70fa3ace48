package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.Merging;
import org.lines4j.lab.experiment.Merging.Result;
import org.lines4j.lab.experiment.SeedResults;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Experiment 2.
final class MergingSection {
  private MergingSection() {}

  static Section of(LabResults results) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            "Many tasks in one model. λ of each method, which scales its update uniformly, and β of"
                + " LiNeS with α measured, are chosen on the same grid by mean normalised accuracy"
                + " on validation data (consensus: the threshold of its masks, too); reported on"
                + " test data."));
    int sizes = results.seeds().getFirst().merging().size();
    for (int i = 0; i < sizes; i++) {
      blocks.add(summary(results, i));
    }
    for (SeedResults seed : results.seeds()) {
      seed.merging().forEach(merging -> blocks.add(chosen(seed.seed(), merging)));
    }
    return new Section("Merging", blocks);
  }

  /// LiNeS beside uniform scaling of the same update that was tuned with as many evaluations. The
  /// average's update is task arithmetic's, scaled.
  ///
  /// @param size which of the numbers of tasks
  static Table summary(LabResults results, int size) {
    List<Result> first = results.seeds().getFirst().merging().get(size).results();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Result result = first.get(i);
      if (result.lines()) {
        rows.add(paired(results, size, i));
      } else if (result.isReference()) {
        rows.add(
            List.of(
                result.method().equals(Merging.PLAIN_AVERAGE)
                    ? Merging.PLAIN_AVERAGE + ", not tuned"
                    : result.method(),
                cell(results, size, i, Result::accuracy),
                "",
                "",
                cell(results, size, i, Result::normalised),
                ""));
      }
    }
    return new Table(
        ("%d tasks in one model: mean accuracy in percent; † chosen at an end of the grid by at"
                + " least one seed")
            .formatted(results.seeds().getFirst().merging().get(size).tasks()),
        List.of(
            "",
            "uniform scaling, tuned",
            "with LiNeS",
            "difference",
            "uniform, normalised",
            "LiNeS, normalised"),
        rows);
  }

  private static List<String> paired(LabResults results, int size, int lines) {
    List<Result> first = results.seeds().getFirst().merging().get(size).results();
    String title = first.get(lines).method();
    int uniform = uniform(first, title);
    return List.of(
        title,
        cell(results, size, uniform, Result::accuracy) + mark(results, size, uniform),
        cell(results, size, lines, Result::accuracy) + mark(results, size, lines),
        difference(results, size, lines, uniform),
        cell(results, size, uniform, Result::normalised),
        cell(results, size, lines, Result::normalised));
  }

  /// The row with the same update, whose λ was tuned.
  private static int uniform(List<Result> results, String title) {
    String tuned = title.equals(Merging.PLAIN_AVERAGE) ? Merging.TASK_ARITHMETIC : title;
    return IntStream.range(0, results.size())
        .filter(i -> results.get(i).method().equals(tuned) && !results.get(i).lines())
        .findFirst()
        .orElseThrow();
  }

  private static String mark(LabResults results, int size, int row) {
    return results.seeds().stream()
            .anyMatch(seed -> seed.merging().get(size).results().get(row).isAtEnd())
        ? " †"
        : "";
  }

  private static String cell(
      LabResults results, int size, int row, ToDoubleFunction<Result> figure) {
    return Cells.percent(
        results, seed -> figure.applyAsDouble(seed.merging().get(size).results().get(row)));
  }

  private static String difference(LabResults results, int size, int lines, int uniform) {
    return Cells.points(
        results.seeds().stream()
            .map(seed -> seed.merging().get(size).results())
            .map(rows -> rows.get(lines).accuracy() - rows.get(uniform).accuracy())
            .toList());
  }

  private static Table chosen(long seed, Merging merging) {
    List<List<String>> rows =
        IntStream.range(0, merging.results().size())
            .mapToObj(merging.results()::get)
            .map(
                result ->
                    List.of(
                        result.method() + (result.lines() ? " + LiNeS" : ""),
                        result.parameters(),
                        Cells.percent(result.accuracy()),
                        Cells.percent(result.normalised())))
            .toList();
    return new Table(
        "Seed %d, %d tasks".formatted(seed, merging.tasks()),
        List.of("", "chosen", "accuracy", "normalised"),
        rows);
  }
}
