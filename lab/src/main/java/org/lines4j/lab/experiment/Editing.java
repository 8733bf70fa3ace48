package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.lab.experiment.Candidate.Edited;
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
  /// @param blocks with only the first, second … group of blocks' update, on test data
  public record OfTask(
      String task, Score base, Score tuned, Trace lines, Trace uniform, List<Score> blocks) {
    /// Copies the list.
    public OfTask {
      blocks = List.copyOf(blocks);
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
  public record Point(double at, Score validation, Score test) {}

  /// What is to be measured.
  ///
  /// @param controls tasks whose accuracy is to be won back, the target left out
  /// @param steps of each path: 10 for 1, 0.9 … 0
  /// @param groups that the blocks are cut into, one after the other: 4 for quarters
  /// @param chosenOn which images a point is chosen by; the test ones where nothing is chosen
  public record Scope(List<String> controls, int steps, List<Integer> groups, Split chosenOn) {
    /// Copies the lists.
    public Scope {
      controls = List.copyOf(controls);
      groups = List.copyOf(groups);
    }
  }

  /// LiNeS with γ.
  static LayerScaling lines(double gamma) {
    return LayerScaling.lines(gamma, 1 - gamma, Outside.ALPHA);
  }

  /// Measures all models of a family.
  static Editing measure(Workbench bench, Family family, Scope scope) throws IOException {
    List<Question> questions = new ArrayList<>();
    questions.add(family.baseOn(probes(scope, family.tasks())));
    for (String task : family.tasks()) {
      candidates(family, task, scope)
          .forEach(
              model ->
                  questions.add(new Question(model, family.heads(), probes(scope, List.of(task)))));
    }
    Iterator<Answers> answers = bench.ask(questions).iterator();
    Answers base = answers.next();
    List<OfTask> tasks = new ArrayList<>();
    for (String task : family.tasks()) {
      List<Answers> own = new ArrayList<>();
      candidates(family, task, scope).forEach(_ -> own.add(answers.next()));
      tasks.add(new Reading(task, scope, base, own).all());
    }
    return new Editing(tasks);
  }

  /// LiNeS over γ, uniform over λ, then the groups of blocks. Both paths begin with the fine-tuned
  /// model itself.
  private static List<Candidate> candidates(Family family, String task, Scope scope) {
    List<Candidate> models = new ArrayList<>();
    for (DoubleFunction<LayerScaling> profile :
        List.<DoubleFunction<LayerScaling>>of(Editing::lines, LayerScaling::uniform)) {
      for (int i = 0; i <= scope.steps(); i++) {
        models.add(edited(family, task, profile.apply(at(i, scope))));
      }
    }
    for (int groups : scope.groups()) {
      for (int i = 0; i < groups; i++) {
        models.add(edited(family, task, new BlockGroup(i, groups)));
      }
    }
    return models;
  }

  /// The fine-tuned model and the base are there, and each is measured once.
  private static Candidate edited(Family family, String task, LayerScaling scaling) {
    if (scaling.equals(LayerScaling.uniform(1)) || scaling.equals(lines(1))) {
      return new Candidate.Trained(family.tuned(task));
    }
    if (scaling.equals(LayerScaling.uniform(0))) {
      return new Candidate.Trained(family.base());
    }
    return new Edited(family.base(), family.tuned(task), scaling);
  }

  private static double at(int step, Scope scope) {
    return (scope.steps() - step) / (double) scope.steps();
  }

  private static List<Probe> probes(Scope scope, List<String> targets) {
    return Stream.concat(targets.stream(), scope.controls().stream())
        .distinct()
        .flatMap(
            name ->
                Stream.of(scope.chosenOn(), Split.TEST)
                    .distinct()
                    .map(split -> Probe.of(name, split)))
        .toList();
  }

  /// Turns answers into scores.
  ///
  /// @param answers in the order of the candidates
  private record Reading(String task, Scope scope, Answers base, List<Answers> answers) {
    OfTask all() {
      int length = scope.steps() + 1;
      return new OfTask(
          task,
          score(base, Split.TEST),
          score(answers.getFirst(), Split.TEST),
          trace(answers.subList(0, length)),
          trace(answers.subList(length, 2 * length)),
          answers.subList(2 * length, answers.size()).stream()
              .map(answer -> score(answer, Split.TEST))
              .toList());
    }

    private Trace trace(List<Answers> path) {
      return new Trace(
          IntStream.range(0, path.size())
              .mapToObj(
                  i ->
                      new Point(
                          at(i, scope),
                          score(path.get(i), scope.chosenOn()),
                          score(path.get(i), Split.TEST)))
              .toList());
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
          model.on(target) / answers.getFirst().on(target),
          controls.stream().mapToDouble(p -> model.on(p) / base.on(p)).average().orElseThrow());
    }
  }
}
