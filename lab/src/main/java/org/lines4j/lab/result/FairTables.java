package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.lab.experiment.BlockGroup;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Point;
import org.lines4j.lab.experiment.Editing.Trace;
import org.lines4j.lab.experiment.Frontier;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.ScaledMerges.Row;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.experiment.Score;
import org.lines4j.lab.experiment.Soups;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// Tables in which LiNeS stands beside uniform scaling of the same update, tuned with as many
/// evaluations. Each takes one entry for each seed.
final class FairTables {
  private static final List<Double> LEVELS = List.of(0.99, 0.98, 0.95);
  private static final String LINES = "LiNeS";
  private static final String UNIFORM = "uniform scaling";

  private static final Set<String> OLDEST = Set.of("task_arithmetic", "ties");

  /// What marks a choice at the end of its grid.
  private static final String AT_END = " †";

  private FairTables() {}

  /// What is left of the control tasks at equal target accuracy.
  static Table kept(List<Editing> seeds) {
    List<Way> ways = ways(seeds);
    List<List<String>> rows = new ArrayList<>();
    for (double level : LEVELS) {
      List<String> row = new ArrayList<>(List.of(Cells.percent(level)));
      row.add(Cells.percent(along(seeds, Way.UNIFORM, level)));
      for (Way way : ways) {
        row.add(Cells.percent(along(seeds, way, level)));
        add(row, difference(seeds, way, path -> controlAt(path, level)));
      }
      rows.add(row);
    }
    return new Table(
        "Editing: control accuracy (percent of the base's) where so much of the target's is kept,"
            + " along the mean paths, mean ± standard deviation over seeds; the difference over"
            + " seeds × tasks, ± its standard error",
        besideUniform(List.of("target kept"), ways),
        rows);
  }

  /// How the target's accuracy holds under shifts, at equal accuracy without.
  static Table shifted(List<Editing> seeds) {
    List<Way> ways = ways(seeds);
    List<List<String>> rows = new ArrayList<>();
    for (String shift : shifts(seeds)) {
      for (double level : List.of(LEVELS.getFirst(), LEVELS.getLast())) {
        List<String> row = new ArrayList<>(List.of(shift));
        row.add(Cells.percent(under(seeds, shift, task -> task.uniform().points().getLast())));
        row.add(Cells.percent(under(seeds, shift, task -> task.uniform().points().getFirst())));
        row.add(Cells.percent(level));
        row.add(Cells.percent(shiftedAt(seeds, Way.UNIFORM, shift, level)));
        for (Way way : ways) {
          row.add(Cells.percent(shiftedAt(seeds, way, shift, level)));
          add(row, difference(seeds, way, path -> Frontier.shiftedAt(path, shift, level)));
        }
        rows.add(row);
      }
    }
    return new Table(
        "Editing under shifts: accuracy on the target's test images, drawn by others or disturbed,"
            + " where so much of its unshifted accuracy is kept; mean ± standard deviation over"
            + " seeds of the mean over the tasks that have the shift; the difference over seeds ×"
            + " tasks, ± its standard error",
        besideUniform(List.of("shift", "base", "fine-tuned", "target kept"), ways),
        rows);
  }

  /// The shifts that were measured, by name.
  static List<String> shifts(List<Editing> seeds) {
    return seeds.stream()
        .flatMap(seed -> seed.tasks().stream())
        .flatMap(task -> task.uniform().points().getFirst().shifted().keySet().stream())
        .distinct()
        .toList();
  }

  private static List<Double> under(
      List<Editing> seeds, String shift, Function<OfTask, Point> point) {
    return meanOverTasks(
        seeds, task -> point.apply(task).shifted().getOrDefault(shift, Double.NaN));
  }

  private static List<Double> shiftedAt(List<Editing> seeds, Way way, String shift, double level) {
    return meanOverTasks(seeds, task -> Frontier.shiftedAt(path(task, way), shift, level));
  }

  /// The ways of LiNeS that were measured.
  private static List<Way> ways(List<Editing> seeds) {
    return Stream.of(Way.LINES, Way.LINES_DEPTH)
        .filter(way -> seeds.getFirst().tasks().getFirst().path(way).isPresent())
        .toList();
  }

  private static Trace path(OfTask task, Way way) {
    return task.path(way).orElseThrow();
  }

  /// A way less uniform scaling, over seeds and tasks.
  private static Paired difference(List<Editing> seeds, Way way, ToDoubleFunction<Trace> figure) {
    return Paired.of(
        byTask(
            seeds,
            task -> figure.applyAsDouble(path(task, way)) - figure.applyAsDouble(task.uniform())));
  }

  private static void add(List<String> row, Paired difference) {
    row.add(difference.points());
    row.add(difference.winner(LINES, UNIFORM));
  }

  /// A header: what comes first, uniform scaling, and each way beside it.
  private static List<String> besideUniform(List<String> first, List<Way> ways) {
    List<String> header = new ArrayList<>(first);
    header.add(UNIFORM);
    for (Way way : ways) {
      header.addAll(List.of(title(way), "difference", "better"));
    }
    return header;
  }

  private static List<Double> along(List<Editing> seeds, Way way, double level) {
    return seeds.stream()
        .map(
            seed -> Frontier.controlAt(Frontier.mean(seed.tasks(), task -> path(task, way)), level))
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
    rows.add(ruled(UNIFORM, seeds, task -> task.uniform().chosen().test()));
    for (Way way : ways(seeds)) {
      rows.add(ruled(title(way), seeds, task -> path(task, way).chosen().test()));
      Paired difference = difference(seeds, way, path -> path.chosen().test().objective());
      rows.add(List.of(title(way) + " − " + UNIFORM, "", "", "", "", difference.points()));
    }
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
  static Table probes(List<Editing> seeds) {
    List<List<String>> rows = new ArrayList<>();
    int at = 0;
    for (int count : BlockGroup.PROBES) {
      for (int i = 0; i < count; i++, at++) {
        int place = at;
        rows.add(
            List.of(
                "%d of %d".formatted(i + 1, count),
                Cells.percent(meanOverTasks(seeds, task -> share(task, place))),
                Cells.percent(
                    meanOverTasks(seeds, task -> task.blocks().get(place).controlNormalised()))));
      }
    }
    rows.add(
        List.of(
            "all",
            "100.0",
            Cells.percent(meanOverTasks(seeds, task -> task.tuned().controlNormalised()))));
    return new Table(
        "Which blocks learnt, and which forget: only one half or quarter of the blocks, as equal as"
            + " they can be, is updated",
        List.of("part", "share of the target's gain", "control left"),
        rows);
  }

  private static double share(OfTask task, int place) {
    double base = task.base().target();
    return (task.blocks().get(place).target() - base) / (task.tuned().target() - base);
  }

  /// The mean over the tasks that have the figure, for each seed.
  private static List<Double> meanOverTasks(List<Editing> seeds, ToDoubleFunction<OfTask> figure) {
    return seeds.stream()
        .map(
            seed ->
                seed.tasks().stream()
                    .mapToDouble(figure)
                    .filter(value -> !Double.isNaN(value))
                    .average()
                    .orElse(Double.NaN))
        .toList();
  }

  /// A sentence on the methods' parameters that are not the usual ones, with a space before it;
  /// nothing where all are.
  static String parameters(List<ScaledMerges> seeds) {
    String others =
        methods(seeds).stream()
            .filter(method -> !ScaledMerges.parameters(method).isEmpty())
            .map(method -> "`%s` (%s)".formatted(method, inWords(ScaledMerges.parameters(method))))
            .collect(Collectors.joining(", "));
    return others.isEmpty() ? "" : " Parameters are the usual ones, but for " + others + ".";
  }

  private static String inWords(Map<String, Object> parameters) {
    return parameters.entrySet().stream()
        .map(parameter -> "%s %s".formatted(parameter.getKey(), parameter.getValue()))
        .collect(Collectors.joining(", "));
  }

  /// Many tasks in one model, and how they came there.
  static List<Block> merging(List<ScaledMerges> seeds) {
    return List.of(
        new Text(
            "Merging: each method's update is scaled uniformly and by LiNeS (α as the paper"
                + " measures it, β from the grid), with as many evaluations. The grid is the same"
                + " for all methods: multiples of the fine-tuned models' mean update that the"
                + " scaled update is as long as."
                + parameters(seeds)),
        merges(seeds));
  }

  /// Many tasks in one model.
  static Table merges(List<ScaledMerges> seeds) {
    return merges(seeds, methods(seeds));
  }

  /// The same of the oldest methods, and of that which is best without LiNeS.
  static Table fewMerges(List<ScaledMerges> seeds) {
    String best =
        methods(seeds).stream()
            .max(
                Comparator.comparingDouble(
                    method ->
                        seeds.stream()
                            .mapToDouble(seed -> row(seed, method, Way.UNIFORM).mean())
                            .sum()))
            .orElseThrow();
    return merges(
        seeds,
        methods(seeds).stream()
            .filter(method -> OLDEST.contains(method) || method.equals(best))
            .toList());
  }

  private static List<String> methods(List<ScaledMerges> seeds) {
    return seeds.getFirst().rows().stream().map(Row::method).distinct().toList();
  }

  private static Table merges(List<ScaledMerges> seeds, List<String> methods) {
    List<Way> ways = seeds.getFirst().rows().stream().map(Row::way).distinct().toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(reference("base", seeds, ScaledMerges::base, ways));
    rows.add(reference("fine-tuned, one model for each task", seeds, ScaledMerges::tuned, ways));
    for (String method : methods) {
      List<String> row = new ArrayList<>(List.of("`" + method + "`"));
      row.add(cell(seeds, method, Way.UNIFORM));
      for (Way way : ways.subList(1, ways.size())) {
        row.add(cell(seeds, method, way));
        add(row, Paired.of(gains(seeds, method, way)));
      }
      rows.add(row);
    }
    return new Table(
        "Merging %d tasks: mean accuracy in percent, mean ± standard deviation over seeds;"
                .formatted(seeds.getFirst().base().size())
            + " differences over seeds × tasks, ± their standard error; † chosen at an end of the"
            + " grid by at least one seed",
        besideUniform(List.of(""), ways.subList(1, ways.size())),
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

  /// What averaging gives over single models, and scaling over averaging.
  static Table soups(Soups soups) {
    List<OfSoup> kinds =
        List.of(
            new OfSoup("all averaged", Soups.OfTask::all),
            new OfSoup("greedy", Soups.OfTask::greedy));
    List<Way> ways = waysOf(soups);
    List<List<String>> rows = new ArrayList<>();
    for (OfSoup kind : kinds) {
      List<String> row = new ArrayList<>(List.of(kind.name()));
      row.add(mean(soups, Soups.OfTask::mean));
      row.add(mean(soups, Soups.OfTask::best));
      row.add(mean(soups, task -> kind.of(task).plain()));
      row.add(mean(soups, task -> scaled(kind.of(task), Way.UNIFORM)));
      for (Way way : ways) {
        row.add(mean(soups, task -> scaled(kind.of(task), way)));
        add(
            row,
            Paired.of(
                soups.tasks().stream()
                    .map(task -> scaled(kind.of(task), way) - scaled(kind.of(task), Way.UNIFORM))
                    .toList()));
      }
      rows.add(row);
    }
    return new Table(
        "Soups of %d models: mean accuracy over %d tasks in percent; differences over tasks, ± their"
                .formatted(soups.tasks().getFirst().all().models(), soups.tasks().size())
            + " standard error",
        besideUniform(List.of("", "single, mean", "single, best", "soup"), ways),
        rows);
  }

  /// A kind of soup.
  private record OfSoup(String name, Function<Soups.OfTask, Soups.Soup> soup) {
    Soups.Soup of(Soups.OfTask task) {
      return soup.apply(task);
    }
  }

  private static List<Way> waysOf(Soups soups) {
    return soups.tasks().getFirst().all().scaled().stream()
        .map(Soups.Scaled::way)
        .filter(way -> way != Way.UNIFORM)
        .toList();
  }

  private static double scaled(Soups.Soup soup, Way way) {
    return soup.scaled().stream()
        .filter(scaled -> scaled.way() == way)
        .findFirst()
        .orElseThrow()
        .accuracy();
  }

  private static String mean(Soups soups, ToDoubleFunction<Soups.OfTask> figure) {
    return Cells.percent(soups.tasks().stream().mapToDouble(figure).average().orElse(Double.NaN));
  }

  /// The same, task by task, and what was chosen.
  static Table soupsByTask(Soups soups) {
    List<List<String>> rows = new ArrayList<>();
    for (Soups.OfTask task : soups.tasks()) {
      rows.add(
          List.of(
              task.task(),
              Cells.percent(task.mean()),
              Cells.percent(task.best()),
              Cells.percent(task.all().plain()),
              choices(task.all()),
              Cells.percent(task.greedy().plain()),
              String.valueOf(task.greedy().models()),
              choices(task.greedy())));
    }
    return new Table(
        "Soups, task by task: accuracy in percent",
        List.of(
            "task",
            "single, mean",
            "single, best",
            "all averaged",
            "scaled",
            "greedy",
            "of models",
            "scaled"),
        rows);
  }

  private static String choices(Soups.Soup soup) {
    return soup.scaled().stream()
        .map(
            scaled ->
                (scaled.way() == Way.UNIFORM
                        ? "λ %.1f".formatted(1 + scaled.more())
                        : "%s β %.1f".formatted(title(scaled.way()), scaled.more()))
                    + ": "
                    + Cells.percent(scaled.accuracy()))
        .collect(Collectors.joining("; "));
  }

  /// Every γ and λ, means over tasks and seeds.
  static String pareto(List<Editing> seeds, double least) {
    List<Charts.Series> paths = new ArrayList<>();
    for (Way way : ways(seeds)) {
      paths.add(series(title(way) + ", γ 1 … 0", seeds, task -> path(task, way), 0));
    }
    paths.add(series("uniform, λ 1 … " + least, seeds, OfTask::uniform, least));
    return Charts.lines(
        "What is kept of the target, what is won back of the control tasks",
        "control accuracy, normalised",
        "target accuracy, normalised",
        paths);
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
