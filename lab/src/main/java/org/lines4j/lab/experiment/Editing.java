package org.lines4j.lab.experiment;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.lab.experiment.Candidate.Edited;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;

/// Experiment 1, editing (arXiv 2410.17146, section 5.1): what a fine-tuned model keeps of its task
/// and wins back of the others, over γ (α = γ, β = 1 − γ) and over uniform scaling by the same
/// numbers.
///
/// @param tasks one entry for each fine-tuned model
public record Editing(List<OfTask> tasks) {
  /// Copies the list.
  public Editing {
    tasks = List.copyOf(tasks);
  }

  /// One fine-tuned model.
  ///
  /// @param base before, and
  /// @param tuned after fine-tuning, on test data
  /// @param lines over γ, from 1 (fine-tuned) down to 0
  /// @param uniform over λ, from 1 (fine-tuned) down to 0 (base)
  /// @param linesDepth over γ, what lies behind the blocks scaled by α + β; empty where that
  ///   decides nothing or was not measured
  /// @param blocks with only the first, second … group of blocks' update, on test data
  public record OfTask(
      String task,
      Score base,
      Score tuned,
      Trace lines,
      Trace uniform,
      Optional<Trace> linesDepth,
      List<Score> blocks) {
    /// Copies the list.
    public OfTask {
      blocks = List.copyOf(blocks);
    }

    /// The path of a way, if it was measured.
    public Optional<Trace> path(Way way) {
      return switch (way) {
        case UNIFORM -> Optional.of(uniform);
        case LINES -> Optional.of(lines);
        case LINES_DEPTH -> linesDepth;
      };
    }
  }

  /// A path through model space.
  public record Trace(List<Point> points) {
    /// Copies the list.
    public Trace {
      points = List.copyOf(points);
    }

    /// The point with the best objective on validation data, of equals the one nearest to the
    /// fine-tuned model.
    public Point chosen() {
      Point best = points.getFirst();
      for (Point point : points) {
        if (point.validation().objective() > best.validation().objective()) {
          best = point;
        }
      }
      return best;
    }
  }

  /// A model on a path.
  ///
  /// @param at γ or λ
  /// @param shifted accuracy on the target's test data under each shift, by name
  public record Point(
      double at,
      Score validation,
      Score test,
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Double> shifted) {
    /// Copies the map.
    public Point {
      shifted = Collections.unmodifiableMap(new LinkedHashMap<>(shifted));
    }
  }

  /// What is to be measured.
  ///
  /// @param controls tasks whose accuracy is to be won back, the target left out
  /// @param steps of each path: 10 for 1, 0.9 … 0
  /// @param chosenOn which inputs a point is chosen by; the test ones where nothing is chosen
  /// @param ways of the paths, UNIFORM and LINES among them
  /// @param shifts that there are of a task's test data, by name
  public record Scope(
      List<String> controls,
      int steps,
      Split chosenOn,
      List<Way> ways,
      Function<String, List<String>> shifts) {
    /// Copies the lists.
    public Scope {
      controls = List.copyOf(controls);
      ways = List.copyOf(ways);
    }

    private double at(int step) {
      return (steps - step) / (double) steps;
    }
  }

  /// A point of a path.
  ///
  /// @param at γ of LiNeS (α = γ, β = 1 − γ), λ of uniform scaling
  static LayerScaling scaling(Way way, double at) {
    return switch (way) {
      case UNIFORM -> LayerScaling.uniform(at);
      case LINES -> LayerScaling.lines(at, 1 - at, Outside.ALPHA);
      case LINES_DEPTH -> LayerScaling.lines(at, 1 - at, Outside.DEPTH);
    };
  }

  /// Measures all models of a family.
  static Editing measure(Workbench bench, Family family, Scope scope) throws IOException {
    List<Question> questions = new ArrayList<>();
    List<Split> splits = Stream.of(scope.chosenOn(), Split.TEST).distinct().toList();
    questions.add(family.baseOn(probes(scope, family.tasks(), splits)));
    for (String task : family.tasks()) {
      List<Probe> whole =
          Stream.concat(probes(scope, List.of(task), splits).stream(), shifted(scope, task))
              .toList();
      paths(family, task, scope)
          .forEach(model -> questions.add(new Question(model, family.heads(), whole)));
      List<Probe> tests = probes(scope, List.of(task), List.of(Split.TEST));
      parts(family, task)
          .forEach(model -> questions.add(new Question(model, family.heads(), tests)));
    }
    List<Answers> answers = bench.ask("edited models", questions);
    Answers base = answers.getFirst();
    int onPaths = scope.ways().size() * (scope.steps() + 1);
    int each = (answers.size() - 1) / family.tasks().size();
    List<OfTask> tasks = new ArrayList<>();
    for (String task : family.tasks()) {
      int from = 1 + tasks.size() * each;
      List<Answers> paths = answers.subList(from, from + onPaths);
      List<Answers> parts = answers.subList(from + onPaths, from + each);
      tasks.add(new Reading(task, scope, base, paths, parts).all());
    }
    return new Editing(tasks);
  }

  /// One path after the other. All begin with the fine-tuned model itself.
  private static List<Candidate> paths(Family family, String task, Scope scope) {
    List<Candidate> models = new ArrayList<>();
    for (Way way : scope.ways()) {
      for (int i = 0; i <= scope.steps(); i++) {
        models.add(edited(family, task, way, scope.at(i)));
      }
    }
    return models;
  }

  /// The fine-tuned model and the base are there, and each is measured once.
  private static Candidate edited(Family family, String task, Way way, double at) {
    if (at == 1) {
      return new Candidate.Trained(family.tuned(task));
    }
    if (at == 0 && way == Way.UNIFORM) {
      return new Candidate.Trained(family.base());
    }
    return new Edited(family.base(), family.tuned(task), scaling(way, at));
  }

  /// The groups of blocks, each updated alone.
  private static List<Candidate> parts(Family family, String task) {
    List<Candidate> models = new ArrayList<>();
    for (int groups : BlockGroup.PROBES) {
      for (int i = 0; i < groups; i++) {
        models.add(new Edited(family.base(), family.tuned(task), new BlockGroup(i, groups)));
      }
    }
    return models;
  }

  private static List<Probe> probes(Scope scope, List<String> targets, List<Split> splits) {
    return Stream.concat(targets.stream(), scope.controls().stream())
        .distinct()
        .flatMap(name -> splits.stream().map(split -> Probe.of(name, split)))
        .toList();
  }

  private static Stream<Probe> shifted(Scope scope, String task) {
    return scope.shifts().apply(task).stream().map(shift -> new Probe(task, Split.TEST, shift));
  }

  /// Turns answers into scores.
  ///
  /// @param paths one after the other
  /// @param parts the groups of blocks
  private record Reading(
      String task, Scope scope, Answers base, List<Answers> paths, List<Answers> parts) {
    OfTask all() {
      return new OfTask(
          task,
          score(base, Split.TEST),
          score(paths.getFirst(), Split.TEST),
          trace(Way.LINES).orElseThrow(),
          trace(Way.UNIFORM).orElseThrow(),
          trace(Way.LINES_DEPTH),
          parts.stream().map(answer -> score(answer, Split.TEST)).toList());
    }

    private Optional<Trace> trace(Way way) {
      int from = scope.ways().indexOf(way) * (scope.steps() + 1);
      if (from < 0) {
        return Optional.empty();
      }
      return Optional.of(
          new Trace(
              IntStream.rangeClosed(0, scope.steps())
                  .mapToObj(i -> point(scope.at(i), paths.get(from + i)))
                  .toList()));
    }

    private Point point(double at, Answers model) {
      Map<String, Double> shifted = new LinkedHashMap<>();
      shifted(scope, task).forEach(probe -> shifted.put(probe.shift(), model.on(probe)));
      return new Point(at, score(model, scope.chosenOn()), score(model, Split.TEST), shifted);
    }

    private Score score(Answers model, Split split) {
      List<Probe> controls =
          scope.controls().stream()
              .filter(name -> !name.equals(task))
              .map(name -> Probe.of(name, split))
              .toList();
      Probe target = Probe.of(task, split);
      return new Score(
          model.on(target),
          controls.stream().mapToDouble(model::on).average().orElseThrow(),
          model.on(target) / paths.getFirst().on(target),
          controls.stream().mapToDouble(p -> model.on(p) / base.on(p)).average().orElseThrow());
    }
  }
}
