package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.Robustness;
import org.lines4j.lab.experiment.Robustness.Point;
import org.lines4j.lab.experiment.SeedResults;
import org.lines4j.lab.image.Shift;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Experiment 3.
final class RobustnessSection {
  private record Row(String title, Function<Robustness, Point> point) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("base", result -> result.wise().getFirst()),
          new Row("fine-tuned", result -> result.wise().getLast()),
          new Row("LiNeS (α = β = 0.5)", result -> result.lines().getLast()),
          new Row("WiSE-FT, w by validation", result -> byValidation(result.wise())),
          new Row("LiNeS + WiSE-FT, w by validation", result -> byValidation(result.lines())),
          new Row("WiSE-FT, best w of all", result -> best(result.wise())),
          new Row("LiNeS + WiSE-FT, best w of all", result -> best(result.lines())));

  private RobustnessSection() {}

  static Section of(LabResults results) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            "Each task's fine-tuned model on shifted images of its own task, along the line from"
                + " the base (w = 0) to it, and to its LiNeS edit. α = β = 0.5 is not searched; w"
                + " is either chosen on unshifted validation data, or the best of the line, which"
                + " nobody can know beforehand."));
    blocks.add(summary(results));
    blocks.add(
        new Figure(
            "shifts",
            "Every w, means over tasks, shifts and seeds: up and to the right is better. A ring: w"
                + " by validation.",
            figure(results)));
    return new Section("Out of distribution", blocks);
  }

  static Table summary(LabResults results) {
    List<Shift> shifts =
        results.seeds().getFirst().robustness().wise().getFirst().shifted().keySet().stream()
            .sorted()
            .toList();
    List<String> header = new ArrayList<>(List.of("", "unshifted"));
    shifts.forEach(shift -> header.add(shift.name().toLowerCase(Locale.ROOT)));
    header.add("mean of shifts");
    List<List<String>> rows = new ArrayList<>();
    for (Row row : ROWS) {
      Function<Function<Point, Double>, String> cell =
          figure -> Cells.percent(results, s -> figure.apply(row.point().apply(s.robustness())));
      List<String> cells = new ArrayList<>(List.of(row.title(), cell.apply(Point::unshifted)));
      shifts.forEach(shift -> cells.add(cell.apply(point -> point.under(shift))));
      cells.add(cell.apply(Point::mean));
      rows.add(cells);
    }
    return new Table("Accuracy in percent, mean over the tasks", header, rows);
  }

  /// Of equals the one nearest to the fine-tuned model.
  private static Point byValidation(List<Point> line) {
    Point best = line.getLast();
    for (Point point : line.reversed()) {
      if (point.validation() > best.validation()) {
        best = point;
      }
    }
    return best;
  }

  private static Point best(List<Point> line) {
    return line.stream().max(Comparator.comparingDouble(Point::mean)).orElseThrow();
  }

  private static String figure(LabResults results) {
    return Charts.lines(
        "Along the line from the base to the model",
        "accuracy on unshifted images",
        "mean accuracy under five shifts",
        List.of(
            line("LiNeS + WiSE-FT", results, Robustness::lines),
            line("WiSE-FT", results, Robustness::wise)));
  }

  /// From w = 0.3 on: before, everything is near the base.
  private static Charts.Series line(
      String name, LabResults results, Function<Robustness, List<Point>> line) {
    List<List<Point>> seeds =
        results.seeds().stream().map(SeedResults::robustness).map(line).toList();
    return new Charts.Series(
        name,
        IntStream.range(3, seeds.getFirst().size())
            .mapToObj(i -> mean(seeds.stream().map(seed -> seed.get(i)).toList()))
            .toList(),
        Optional.of(mean(seeds.stream().map(RobustnessSection::byValidation).toList())));
  }

  private static Charts.Point mean(List<Point> points) {
    return new Charts.Point(
        points.stream().mapToDouble(Point::unshifted).average().orElseThrow(),
        points.stream().mapToDouble(Point::mean).average().orElseThrow());
  }
}
