package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Point;
import org.lines4j.lab.experiment.Editing.Trace;
import org.lines4j.lab.experiment.Frontier;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.ScaledMerges.Row;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.experiment.Score;
import org.lines4j.report.Document.Table;

/// Tables in which LiNeS stands beside uniform scaling of the same update, tuned with as many
/// evaluations. Each takes one entry for each seed.
final class FairTables {
  private static final List<Double> LEVELS = List.of(0.99, 0.98, 0.95);
  private static final String LINES = "LiNeS";
  private static final String UNIFORM = "uniform scaling";

  /// What marks a choice at the end of its grid.
  private static final String AT_END = " †";

  private FairTables() {}

  /// What is left of the control tasks at equal target accuracy.
  static Table kept(List<Editing> seeds) {
    List<List<String>> rows = new ArrayList<>();
    for (double level : LEVELS) {
      Paired difference =
          Paired.of(
              byTask(
                  seeds,
                  task -> controlAt(task.lines(), level) - controlAt(task.uniform(), level)));
      rows.add(
          List.of(
              Cells.percent(level),
              Cells.percent(along(seeds, OfTask::lines, level)),
              Cells.percent(along(seeds, OfTask::uniform, level)),
              difference.points(),
              difference.winner(LINES, UNIFORM)));
    }
    return new Table(
        "Editing: control accuracy (percent of the base's) where so much of the target's is kept,"
            + " along the mean paths, mean ± standard deviation over seeds; the difference over"
            + " seeds × tasks, ± its standard error",
        List.of("target kept", LINES, UNIFORM, "difference", "better"),
        rows);
  }

  private static List<Double> along(
      List<Editing> seeds, Function<OfTask, Trace> path, double level) {
    return seeds.stream()
        .map(seed -> Frontier.controlAt(Frontier.mean(seed.tasks(), path), level))
        .toList();
  }

  private static double controlAt(Trace path, double level) {
    return Frontier.controlAt(path.points().stream().map(Point::test).toList(), level);
  }

  private static List<Double> byTask(List<Editing> seeds, ToDoubleFunction<OfTask> figure) {
    return seeds.stream()
        .flatMap(seed -> seed.tasks().stream())
        .map(figure::applyAsDouble)
        .toList();
  }

  /// The paper's rule: the point with the best 2 · target + control.
  static Table byRule(List<Editing> seeds) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(ruled("base", seeds, OfTask::base));
    rows.add(ruled("fine-tuned", seeds, OfTask::tuned));
    rows.add(ruled(LINES, seeds, task -> task.lines().chosen().test()));
    rows.add(ruled(UNIFORM, seeds, task -> task.uniform().chosen().test()));
    Paired difference =
        Paired.of(
            byTask(
                seeds,
                task ->
                    task.lines().chosen().test().objective()
                        - task.uniform().chosen().test().objective()));
    rows.add(List.of(LINES + " − " + UNIFORM, "", "", "", "", difference.points()));
    return new Table(
        "Editing by the paper's rule: the point of each path with the best 2 · target + control,"
            + " both normalised, on validation data; reported on test data",
        List.of("", "target", "control", "target, normalised", "control, normalised", "2t + c"),
        rows);
  }

  private static List<String> ruled(
      String title, List<Editing> seeds, Function<OfTask, Score> score) {
    Function<Function<Score, Double>, String> cell =
        figure ->
            Cells.percent(
                seeds.stream()
                    .map(seed -> Score.mean(seed.tasks().stream().map(score).toList()))
                    .map(figure)
                    .toList());
    return List.of(
        title,
        cell.apply(Score::target),
        cell.apply(Score::control),
        cell.apply(Score::targetNormalised),
        cell.apply(Score::controlNormalised),
        cell.apply(Score::objective));
  }

  /// What a part of the blocks' update gives alone: the half and the quarter probes.
  ///
  /// @param groups what the blocks were cut into, one after the other
  static Table probes(List<Editing> seeds, List<Integer> groups) {
    List<List<String>> rows = new ArrayList<>();
    int at = 0;
    for (int count : groups) {
      for (int i = 0; i < count; i++, at++) {
        int place = at;
        rows.add(
            List.of(
                "%d of %d".formatted(i + 1, count),
                Cells.percent(of(seeds, task -> share(task, place))),
                Cells.percent(of(seeds, task -> task.blocks().get(place).controlNormalised()))));
      }
    }
    rows.add(
        List.of(
            "all", "100.0", Cells.percent(of(seeds, task -> task.tuned().controlNormalised()))));
    return new Table(
        "Which blocks learnt, and which forget: only one part of the blocks is updated",
        List.of("part", "share of the target's gain", "control left"),
        rows);
  }

  private static double share(OfTask task, int place) {
    double base = task.base().target();
    return (task.blocks().get(place).target() - base) / (task.tuned().target() - base);
  }

  /// The mean over the tasks, for each seed.
  private static List<Double> of(List<Editing> seeds, ToDoubleFunction<OfTask> figure) {
    return seeds.stream()
        .map(seed -> seed.tasks().stream().mapToDouble(figure).average().orElse(Double.NaN))
        .toList();
  }

  /// Many tasks in one model.
  static Table merges(List<ScaledMerges> seeds) {
    List<String> methods = seeds.getFirst().rows().stream().map(Row::method).distinct().toList();
    List<Way> ways = seeds.getFirst().rows().stream().map(Row::way).distinct().toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(reference("base", seeds, ScaledMerges::base, ways));
    rows.add(reference("fine-tuned, one model for each task", seeds, ScaledMerges::tuned, ways));
    for (String method : methods) {
      List<String> row = new ArrayList<>(List.of("`" + method + "`"));
      row.add(cell(seeds, method, Way.UNIFORM));
      for (Way way : ways.subList(1, ways.size())) {
        Paired difference = Paired.of(gains(seeds, method, way));
        row.add(cell(seeds, method, way));
        row.add(difference.points());
        row.add(difference.winner(LINES, UNIFORM));
      }
      rows.add(row);
    }
    List<String> header = new ArrayList<>(List.of("", UNIFORM));
    for (Way way : ways.subList(1, ways.size())) {
      header.add(title(way));
      header.add("difference");
      header.add("better");
    }
    return new Table(
        "Merging %d tasks: mean accuracy in percent, mean ± standard deviation over seeds;"
                .formatted(seeds.getFirst().base().size())
            + " differences over seeds × tasks, ± their standard error; † chosen at an end of the"
            + " grid by at least one seed",
        header,
        rows);
  }

  private static String title(Way way) {
    return switch (way) {
      case UNIFORM -> UNIFORM;
      case LINES -> LINES;
      case LINES_DEPTH -> LINES + ", outside by depth";
    };
  }

  private static List<String> reference(
      String title,
      List<ScaledMerges> seeds,
      Function<ScaledMerges, Map<String, Double>> accuracy,
      List<Way> ways) {
    List<String> row = new ArrayList<>(List.of(title));
    row.add(Cells.percent(seeds.stream().map(seed -> mean(accuracy.apply(seed))).toList()));
    for (int i = 0; i < 3 * (ways.size() - 1); i++) {
      row.add("");
    }
    return row;
  }

  private static double mean(Map<String, Double> accuracy) {
    return accuracy.values().stream().mapToDouble(x -> x).average().orElse(Double.NaN);
  }

  private static Row row(ScaledMerges seed, String method, Way way) {
    return seed.rows().stream()
        .filter(row -> row.method().equals(method) && row.way() == way)
        .findFirst()
        .orElseThrow();
  }

  private static String cell(List<ScaledMerges> seeds, String method, Way way) {
    List<Row> rows = seeds.stream().map(seed -> row(seed, method, way)).toList();
    return Cells.percent(rows.stream().map(Row::mean).toList())
        + (rows.stream().anyMatch(Row::atEnd) ? AT_END : "");
  }

  /// Over seeds and tasks, LiNeS less uniform scaling.
  private static List<Double> gains(List<ScaledMerges> seeds, String method, Way way) {
    List<Double> gains = new ArrayList<>();
    for (ScaledMerges seed : seeds) {
      Map<String, Double> uniform = row(seed, method, Way.UNIFORM).accuracy();
      row(seed, method, way)
          .accuracy()
          .forEach((task, value) -> gains.add(value - uniform.getOrDefault(task, Double.NaN)));
    }
    return gains;
  }

  /// What was chosen, seed by seed.
  static Table choices(List<Long> numbers, List<ScaledMerges> seeds) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      int seed = i;
      seeds.get(i).rows().stream()
          .map(
              row ->
                  List.of(
                      String.valueOf(numbers.get(seed)),
                      "`" + row.method() + "`",
                      title(row.way()),
                      "%.2f".formatted(row.scale()) + (row.atEnd() ? AT_END : ""),
                      row.way() == Way.UNIFORM
                          ? "λ %.3f".formatted(row.beta())
                          : "α %.3f, β %.3f".formatted(row.alpha(), row.beta()),
                      Cells.percent(row.mean())))
          .forEach(rows::add);
    }
    return new Table(
        "What was chosen on validation data",
        List.of("seed", "method", "way", "place in the grid", "chosen", "accuracy"),
        rows);
  }

  /// Every γ and λ, means over tasks and seeds.
  static String pareto(List<Editing> seeds, double least) {
    return Charts.lines(
        "What is kept of the target, what is won back of the control tasks",
        "control accuracy, normalised",
        "target accuracy, normalised",
        List.of(
            series("LiNeS, γ 1 … 0", seeds, OfTask::lines, 0),
            series("uniform, λ 1 … " + least, seeds, OfTask::uniform, least)));
  }

  /// Uniform scaling ends in the base, whose target accuracy would squeeze everything else.
  private static Charts.Series series(
      String name, List<Editing> seeds, Function<OfTask, Trace> path, double least) {
    List<Point> points = path.apply(seeds.getFirst().tasks().getFirst()).points();
    List<List<Score>> means =
        seeds.stream().map(seed -> Frontier.mean(seed.tasks(), path)).toList();
    List<Score> chosen =
        seeds.stream()
            .flatMap(seed -> seed.tasks().stream())
            .map(task -> path.apply(task).chosen().test())
            .toList();
    return new Charts.Series(
        name,
        IntStream.range(0, points.size())
            .filter(i -> points.get(i).at() >= least - 1e-9)
            .mapToObj(i -> Score.mean(means.stream().map(seed -> seed.get(i)).toList()))
            .map(FairTables::point)
            .toList(),
        Optional.of(point(Score.mean(chosen))));
  }

  static Charts.Point point(Score score) {
    return new Charts.Point(score.controlNormalised(), score.targetNormalised());
  }
}
