package org.lines4j.lab.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Candidate.Merged;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;

/// Experiment 2, merging (arXiv 2410.17146, section 5.2): many tasks in one model, by several
/// methods, with and without LiNeS. λ of a method, and β of LiNeS with α measured (`auto`), are
/// chosen on the method's own grid by mean normalised accuracy on validation data.
///
/// @param tasks how many models were merged
public record Merging(int tasks, List<Result> results) {
  /// Copies the list.
  public Merging {
    results = List.copyOf(results);
  }

  /// What came of one method.
  ///
  /// @param parameters those that were chosen
  /// @param accuracy mean over the tasks, on test data
  /// @param normalised mean over the tasks of accuracy by the fine-tuned model's
  public record Result(
      String method, boolean lines, String parameters, double accuracy, double normalised) {
    /// Whether nothing was chosen: it stands beside what was.
    @JsonIgnore
    public boolean isReference() {
      return parameters.isEmpty() || (method.equals(PLAIN_AVERAGE) && !lines);
    }

    /// Whether λ or β is the least or the largest of its grid, so that a better one may lie beyond.
    @JsonIgnore
    public boolean isAtEnd() {
      Matcher number = Pattern.compile("[λβ] ([0-9.]+)").matcher(parameters);
      if (isReference() || !number.find()) {
        return false;
      }
      double chosen = Double.parseDouble(number.group(1));
      return chosen == LEAST || chosen == (method.equals(TIES) ? MOST_OF_TIES : MOST) / 10.0;
    }
  }

  private static final double LEAST = 0.1;
  private static final int MOST = 10;
  private static final int MOST_OF_TIES = 15;

  /// Reported beside the methods: not merged, each task by a model of its own.
  static final String BASE = "base";

  static final String SINGLE = "fine-tuned, one model for each task";

  /// Of which nothing is chosen unless LiNeS scales it.
  public static final String PLAIN_AVERAGE = "plain average";

  /// Whose update is the average's, larger.
  public static final String TASK_ARITHMETIC = "task arithmetic";

  private static final String TIES = "TIES";

  private static final List<Double> TALL_LAMBDAS = List.of(0.2, 0.3, 0.4, 0.5, 0.6);

  /// A way to merge.
  ///
  /// @param note what tells it from others of the same title
  /// @param grid the values of λ or β
  private record Method(
      String title,
      String note,
      String method,
      Map<String, Setting> parameters,
      List<Double> grid) {}

  private record Choice(String parameters, Recipe recipe) {}

  private static List<Method> methods(int models) {
    List<Method> methods = new ArrayList<>();
    methods.add(new Method(TASK_ARITHMETIC, "", "task_arithmetic", Map.of(), tenths(MOST)));
    methods.add(
        new Method(
            TIES,
            "",
            "ties",
            Map.of("trim_scope", Setting.of("model"), "density", Setting.of(0.2)),
            tenths(MOST_OF_TIES)));
    for (double tall : TALL_LAMBDAS) {
      methods.add(
          new Method(
              "consensus",
              ", tall_lambda " + tall,
              "consensus",
              Map.of("tall_lambda", Setting.of(tall)),
              tenths(MOST)));
    }
    methods.add(
        new Method(
            PLAIN_AVERAGE,
            "",
            "task_arithmetic",
            Map.of("weight", Setting.of(1.0 / models)),
            tenths(MOST)));
    return methods;
  }

  private static List<Double> tenths(int most) {
    return IntStream.rangeClosed(1, most).mapToObj(i -> i / 10.0).toList();
  }

  /// Merges the first `count` models of a family in all ways.
  static Merging measure(Workbench bench, Family family, int count) throws IOException {
    return new Merger(bench, family, family.tasks().subList(0, count)).all(methods(count));
  }

  /// Task arithmetic only.
  static Merging taskArithmetic(Workbench bench, Family family) throws IOException {
    int count = family.tasks().size();
    return new Merger(bench, family, family.tasks()).all(methods(count).subList(0, 1));
  }

  /// The tasks of one merge, and what is known of their own models.
  private record Merger(Workbench bench, Family family, List<String> tasks) {
    Merging all(List<Method> methods) throws IOException {
      List<Result> results = new ArrayList<>(references());
      Map<String, List<Method>> byTitle = new LinkedHashMap<>();
      methods.forEach(m -> byTitle.computeIfAbsent(m.title(), _ -> new ArrayList<>()).add(m));
      for (Map.Entry<String, List<Method>> variants : byTitle.entrySet()) {
        for (boolean lines : List.of(false, true)) {
          List<Choice> choices =
              variants.getValue().stream().flatMap(m -> choices(m, lines).stream()).toList();
          results.add(best(variants.getKey(), lines, choices));
        }
      }
      return new Merging(tasks.size(), results);
    }

    private List<Choice> choices(Method method, boolean lines) {
      boolean fixed = method.title().equals(PLAIN_AVERAGE) && !lines;
      return (fixed ? List.of(1.0) : method.grid())
          .stream().map(value -> choice(method, value, lines)).toList();
    }

    private Choice choice(Method method, double value, boolean lines) {
      Map<String, Setting> parameters = new TreeMap<>(method.parameters());
      List<ModelUse> models =
          tasks.stream().map(t -> ModelUse.of(family.tuned(t), Map.of())).toList();
      if (!lines) {
        parameters.put("lambda", Setting.of(value));
      }
      Recipe recipe =
          Recipe.of("lab", method.method(), models)
              .withBase(family.base())
              .withParameters(parameters);
      return lines
          ? new Choice(
              "α auto, β " + value + method.note(),
              recipe.withLines(new Lines(Optional.empty(), value, Outside.ALPHA)))
          : new Choice("λ " + value + method.note(), recipe);
    }

    private Result best(String title, boolean lines, List<Choice> choices) throws IOException {
      List<Question> questions = choices.stream().map(c -> question(c, Split.VALIDATION)).toList();
      List<Answers> answers = bench.ask(questions);
      Answers single = single(Split.VALIDATION);
      int best = 0;
      for (int i = 1; i < choices.size(); i++) {
        if (answers.get(i).meanBy(single) > answers.get(best).meanBy(single)) {
          best = i;
        }
      }
      Choice chosen = choices.get(best);
      Answers test = bench.ask(List.of(question(chosen, Split.TEST))).getFirst();
      return new Result(
          title, lines, chosen.parameters(), test.mean(), test.meanBy(single(Split.TEST)));
    }

    private Question question(Choice choice, Split split) {
      return new Question(new Merged(choice.recipe()), family.heads(), probes(split));
    }

    private List<Probe> probes(Split split) {
      return tasks.stream().map(task -> Probe.of(task, split)).toList();
    }

    /// Each task by its own fine-tuned model.
    private Answers single(Split split) throws IOException {
      List<Question> questions =
          probes(split).stream()
              .map(probe -> family.tunedOn(probe.task(), List.of(probe)))
              .toList();
      return Answers.all(bench.ask(questions));
    }

    private List<Result> references() throws IOException {
      Answers single = single(Split.TEST);
      Answers base = bench.ask(List.of(family.baseOn(probes(Split.TEST)))).getFirst();
      return List.of(
          new Result(BASE, false, "", base.mean(), base.meanBy(single)),
          new Result(SINGLE, false, "", single.mean(), 1));
    }
  }
}
