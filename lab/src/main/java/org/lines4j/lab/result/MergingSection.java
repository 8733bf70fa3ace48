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
            "Many tasks in one model. λ of each method, and β of LiNeS with α measured, are chosen"
                + " on the method's own grid by mean normalised accuracy on validation data"
                + " (consensus: the threshold of its masks, too); reported on test data."));
    int sizes = results.seeds().getFirst().merging().size();
    for (int i = 0; i < sizes; i++) {
      blocks.add(summary(results, i));
    }
    for (SeedResults seed : results.seeds()) {
      seed.merging().forEach(merging -> blocks.add(chosen(seed.seed(), merging)));
    }
    return new Section("Merging", blocks);
  }

  /// @param size which of the numbers of tasks
  static Table summary(LabResults results, int size) {
    List<Result> first = results.seeds().getFirst().merging().get(size).results();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      if (first.get(i).lines()) {
        continue;
      }
      boolean paired = i + 1 < first.size() && first.get(i + 1).lines();
      rows.add(
          List.of(
              first.get(i).method(),
              cell(results, size, i, Result::accuracy),
              paired ? cell(results, size, i + 1, Result::accuracy) : "",
              paired ? gain(results, size, i) : "",
              cell(results, size, i, Result::normalised),
              paired ? cell(results, size, i + 1, Result::normalised) : ""));
    }
    return new Table(
        "%d tasks in one model: mean accuracy in percent"
            .formatted(results.seeds().getFirst().merging().get(size).tasks()),
        List.of("", "plain", "with LiNeS", "gain", "plain, normalised", "with LiNeS, normalised"),
        rows);
  }

  private static String cell(
      LabResults results, int size, int row, ToDoubleFunction<Result> figure) {
    return Cells.percent(
        results, seed -> figure.applyAsDouble(seed.merging().get(size).results().get(row)));
  }

  private static String gain(LabResults results, int size, int plain) {
    return Cells.points(
        results.seeds().stream()
            .map(seed -> seed.merging().get(size).results())
            .map(rows -> rows.get(plain + 1).accuracy() - rows.get(plain).accuracy())
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
