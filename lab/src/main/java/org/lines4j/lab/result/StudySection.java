package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.Study;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Experiment 5.
final class StudySection {
  private StudySection() {}

  static Section of(LabResults results) {
    return new Section(
        "When it does not pay",
        List.of(
            new Text(
                "One thing differs at a time; each variant is fine-tuned on %s. Control: normalised"
                        .formatted(String.join(", ", results.settings().study().tasks()))
                    + " accuracy on the others of them that is left where 99 % (95 %) of the target"
                    + " accuracy is kept, the better the higher; LiNeS − uniform: positive where"
                    + " grading by depth pays. Task arithmetic: normalised accuracy of one model"
                    + " for these tasks."),
            table(results),
            blocks(results)));
  }

  static Table table(LabResults results) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < first(results).rows().size(); i++) {
      int row = i;
      Study.Row variant = first(results).rows().get(i);
      rows.add(
          List.of(
              title(variant),
              percent(results, row, Study.Row::base),
              percent(results, row, Study.Row::tuned),
              percent(results, row, Study.Row::control),
              percent(results, row, Study.Row::linesStrict),
              points(results, row, r -> r.linesStrict() - r.uniformStrict()),
              points(results, row, r -> r.linesLoose() - r.uniformLoose()),
              percent(results, row, Study.Row::arithmetic),
              points(results, row, r -> r.arithmeticLines() - r.arithmetic())));
    }
    return new Table(
        "Percent and points, " + Cells.seeds(results),
        List.of(
            "variant",
            "base",
            "fine-tuned",
            "control, fine-tuned",
            "control at 99 %, LiNeS",
            "LiNeS − uniform at 99 %",
            "LiNeS − uniform at 95 %",
            "task arithmetic",
            "gain by LiNeS"),
        rows);
  }

  private static Table blocks(LabResults results) {
    int groups = first(results).rows().getFirst().blocks().size();
    List<String> header = new ArrayList<>(List.of("variant"));
    IntStream.rangeClosed(1, groups).forEach(i -> header.add("quarter " + i));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < first(results).rows().size(); i++) {
      int row = i;
      List<String> cells =
          IntStream.range(0, groups)
              .mapToObj(group -> percent(results, row, r -> r.blocks().get(group)))
              .collect(Collectors.toCollection(ArrayList::new));
      cells.addFirst(title(first(results).rows().get(i)));
      rows.add(cells);
    }
    return new Table(
        "Share of the gain on the target that one quarter of the blocks gives alone, first to last",
        header,
        rows);
  }

  private static Study first(LabResults results) {
    return results.seeds().getFirst().study();
  }

  private static String title(Study.Row row) {
    return row.value().isEmpty() ? row.axis() : row.axis() + " " + row.value();
  }

  private static List<Double> figures(
      LabResults results, int row, ToDoubleFunction<Study.Row> figure) {
    return results.seeds().stream()
        .map(seed -> figure.applyAsDouble(seed.study().rows().get(row)))
        .toList();
  }

  private static String percent(LabResults results, int row, ToDoubleFunction<Study.Row> figure) {
    return Cells.percent(figures(results, row, figure));
  }

  private static String points(LabResults results, int row, ToDoubleFunction<Study.Row> figure) {
    return Cells.points(figures(results, row, figure));
  }
}
