package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Trace;
import org.lines4j.lab.experiment.Frontier;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.Score;
import org.lines4j.lab.experiment.SeedResults;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Experiment 1.
final class EditingSection {
  private static final List<String> HEADER =
      List.of("", "target", "control", "target, normalised", "control, normalised", "2t + c");

  private EditingSection() {}

  static Section of(LabResults results) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            "Each task's fine-tuned model, edited: γ of LiNeS (α = γ, β = 1 − γ) and λ of uniform"
                + " scaling chosen from 1, 0.9 … 0 by 2 · target + control on validation data,"
                + " reported on test data. Control: the other tasks. Normalised: target by the"
                + " fine-tuned model's accuracy, control by the base's. Means over the tasks."));
    blocks.add(summary(results));
    blocks.add(frontier(results));
    blocks.add(
        new Figure(
            "pareto",
            "Every γ and λ, means over tasks and seeds: up and to the right is better. A ring: the"
                + " mean of what was chosen for each task.",
            pareto(results)));
    blocks.add(blockGroups(results));
    for (SeedResults seed : results.seeds()) {
      blocks.add(byTask(seed));
    }
    return new Section("Editing", blocks);
  }

  /// A row of the summary, as a score of one seed.
  private record Row(String title, Function<Editing, Score> score) {}

  static Table summary(LabResults results) {
    List<Row> rows =
        List.of(
            new Row("base", editing -> mean(editing, OfTask::base)),
            new Row("fine-tuned", editing -> mean(editing, OfTask::tuned)),
            new Row("LiNeS", editing -> mean(editing, task -> task.lines().chosen().test())),
            new Row(
                "uniform scaling",
                editing -> mean(editing, task -> task.uniform().chosen().test())));
    return new Table(
        "Accuracy in percent, " + Cells.seeds(results),
        HEADER,
        rows.stream().map(row -> cells(results, row)).toList());
  }

  private static List<String> cells(LabResults results, Row row) {
    Function<Function<Score, Double>, String> cell =
        figure -> Cells.percent(results, seed -> figure.apply(row.score().apply(seed.editing())));
    return List.of(
        row.title(),
        cell.apply(Score::target),
        cell.apply(Score::control),
        cell.apply(Score::targetNormalised),
        cell.apply(Score::controlNormalised),
        cell.apply(Score::objective));
  }

  private static Score mean(Editing editing, Function<OfTask, Score> figure) {
    return Score.mean(editing.tasks().stream().map(figure).toList());
  }

  /// What is left of the control tasks at equal target accuracy.
  private static Table frontier(LabResults results) {
    List<List<String>> rows = new ArrayList<>();
    for (double level : List.of(0.995, 0.99, 0.98, 0.95, 0.9)) {
      List<Double> lines = controls(results, OfTask::lines, level);
      List<Double> uniform = controls(results, OfTask::uniform, level);
      rows.add(
          List.of(
              Cells.percent(level),
              Cells.percent(lines),
              Cells.percent(uniform),
              Cells.points(
                  IntStream.range(0, lines.size())
                      .mapToObj(i -> lines.get(i) - uniform.get(i))
                      .toList())));
    }
    return new Table(
        "Control accuracy (normalised) that is left where so much of the target's is kept, along"
            + " the mean paths",
        List.of("target kept", "LiNeS", "uniform scaling", "difference"),
        rows);
  }

  private static List<Double> controls(
      LabResults results, Function<OfTask, Trace> path, double level) {
    return results.seeds().stream()
        .map(seed -> Frontier.controlAt(Frontier.mean(seed.editing().tasks(), path), level))
        .toList();
  }

  private static String pareto(LabResults results) {
    return Charts.lines(
        "What is kept of the target, what is won back of the control tasks",
        "control accuracy, normalised",
        "target accuracy, normalised",
        List.of(
            path("LiNeS, γ 1 … 0", results, OfTask::lines),
            path("uniform, λ 1 … 0.3", results, task -> upTo(task.uniform(), 0.3))));
  }

  /// Uniform scaling ends in the base, whose target accuracy would squeeze everything else.
  private static Trace upTo(Trace trace, double least) {
    return new Trace(trace.points().stream().filter(point -> point.at() >= least - 1e-9).toList());
  }

  private static Charts.Series path(String name, LabResults results, Function<OfTask, Trace> path) {
    List<List<Score>> seeds =
        results.seeds().stream().map(s -> Frontier.mean(s.editing().tasks(), path)).toList();
    return new Charts.Series(
        name,
        IntStream.range(0, seeds.getFirst().size())
            .mapToObj(i -> Score.mean(seeds.stream().map(seed -> seed.get(i)).toList()))
            .map(FairTables::point)
            .toList(),
        Optional.of(
            FairTables.point(
                Score.mean(
                    results.seeds().stream()
                        .map(s -> mean(s.editing(), task -> path.apply(task).chosen().test()))
                        .toList()))));
  }

  private static Table blockGroups(LabResults results) {
    int groups = results.seeds().getFirst().editing().tasks().getFirst().blocks().size();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      int group = i;
      Row row = new Row("", editing -> mean(editing, task -> task.blocks().get(group)));
      List<String> cells = cells(results, row).subList(1, 5);
      String title = "group %d of %d".formatted(i + 1, groups);
      rows.add(
          java.util.stream.Stream.concat(java.util.stream.Stream.of(title), cells.stream())
              .toList());
    }
    return new Table(
        "Which blocks' updates matter: only one group of blocks is updated, the rest is the base",
        HEADER.subList(0, 5),
        rows);
  }

  private static Table byTask(SeedResults seed) {
    List<List<String>> rows =
        seed.editing().tasks().stream()
            .map(
                task ->
                    List.of(
                        task.task(),
                        Cells.percent(task.base().target()),
                        Cells.percent(task.tuned().target()),
                        "%.1f".formatted(task.lines().chosen().at()),
                        pair(task.lines().chosen().test()),
                        "%.1f".formatted(task.uniform().chosen().at()),
                        pair(task.uniform().chosen().test()),
                        Cells.percent(task.tuned().controlNormalised())))
            .collect(Collectors.toList());
    return new Table(
        "Seed %d, task by task (target / control, normalised)".formatted(seed.seed()),
        List.of(
            "task",
            "base",
            "fine-tuned",
            "γ",
            "LiNeS",
            "λ",
            "uniform scaling",
            "control, fine-tuned"),
        rows);
  }

  private static String pair(Score score) {
    return Cells.percent(score.targetNormalised())
        + " / "
        + Cells.percent(score.controlNormalised());
  }
}
