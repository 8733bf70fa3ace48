package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Candidate.Merged;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.ResolvedMerge.Lines;
import org.lines4j.merge.Setting;

/// Experiment 2, merging (arXiv 2410.17146, section 5.2): many tasks in one model, by several methods, with and
/// without LiNeS. λ of a method, and β of LiNeS with α measured (`auto`), are chosen on the method's own
/// grid by mean normalised accuracy on validation data.
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
      String method, boolean lines, String parameters, double accuracy, double normalised) {}

  /// Reported beside the methods: not merged, each task by a model of its own.
  static final String BASE = "base";

  static final String SINGLE = "fine-tuned, one model for each task";

  private static final List<Double> TALL_LAMBDAS = List.of(0.2, 0.3, 0.4, 0.5, 0.6);

  /// A way to merge.
  ///
  /// @param grid the values of λ or β
  private record Method(
      String title, String method, Map<String, Setting> parameters, List<Double> grid) {}

  private record Choice(String parameters, Recipe recipe) {}

  private static List<Method> methods(int models) {
    List<Method> methods = new ArrayList<>();
    methods.add(new Method("task arithmetic", "task_arithmetic", Map.of(), tenths(10)));
    methods.add(
        new Method(
            "TIES",
            "ties",
            Map.of("trim_scope", Setting.of("model"), "density", Setting.of(0.2)),
            tenths(15)));
    for (double tall : TALL_LAMBDAS) {
      methods.add(
          new Method(
              "consensus", "consensus", Map.of("tall_lambda", Setting.of(tall)), tenths(10)));
    }
    methods.add(
        new Method(
            "plain average",
            "task_arithmetic",
            Map.of("weight", Setting.of(1.0 / models)),
            tenths(10)));
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
      Map<Boolean, Map<String, List<Choice>>> choices = new HashMap<>();
      for (boolean lines : List.of(false, true)) {
        Map<String, List<Choice>> byTitle = new LinkedHashMap<>();
        methods.forEach(
            m ->
                byTitle
                    .computeIfAbsent(m.title(), _ -> new ArrayList<>())
                    .addAll(choices(m, lines)));
        choices.put(lines, byTitle);
      }
      for (String title : choices.get(false).keySet()) {
        for (boolean lines : List.of(false, true)) {
          results.add(best(title, lines, choices.get(lines).get(title)));
        }
      }
      return new Merging(tasks.size(), results);
    }

    private List<Choice> choices(Method method, boolean lines) {
      boolean fixed = method.title().equals("plain average") && !lines;
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
      String tall =
          method.parameters().containsKey("tall_lambda")
              ? ", tall λ " + method.parameters().get("tall_lambda").cases().getFirst().values().getFirst()
              : "";
      return lines
          ? new Choice(
              "α auto, β " + value + tall,
              recipe.withLines(new Lines(Optional.empty(), value, Outside.ALPHA)))
          : new Choice("λ " + value + tall, recipe);
    }

    private Result best(String title, boolean lines, List<Choice> choices) throws IOException {
      List<Question> questions =
          choices.stream().map(c -> question(c, Split.VALIDATION)).toList();
      List<Map<Probe, Double>> answers = bench.ask(questions);
      Map<Probe, Double> single = single(Split.VALIDATION);
      int best = 0;
      for (int i = 1; i < choices.size(); i++) {
        if (normalised(answers.get(i), single) > normalised(answers.get(best), single)) {
          best = i;
        }
      }
      Choice chosen = choices.get(best);
      Map<Probe, Double> test = bench.ask(List.of(question(chosen, Split.TEST))).getFirst();
      return new Result(
          title, lines, chosen.parameters(), mean(test), normalised(test, single(Split.TEST)));
    }

    private Question question(Choice choice, Split split) {
      return new Question(new Merged(choice.recipe()), family.heads(), probes(split));
    }

    private List<Probe> probes(Split split) {
      return tasks.stream().map(task -> Probe.of(task, split)).toList();
    }

    /// Each task by its own fine-tuned model.
    private Map<Probe, Double> single(Split split) throws IOException {
      List<Question> questions =
          probes(split).stream()
              .map(probe -> family.tunedOn(probe.task(), List.of(probe)))
              .toList();
      Map<Probe, Double> accuracy = new LinkedHashMap<>();
      bench.ask(questions).forEach(accuracy::putAll);
      return accuracy;
    }

    private List<Result> references() throws IOException {
      Map<Probe, Double> single = single(Split.TEST);
      Map<Probe, Double> base =
          bench.ask(List.of(family.baseOn(probes(Split.TEST)))).getFirst();
      return List.of(
          new Result(BASE, false, "", mean(base), normalised(base, single)),
          new Result(SINGLE, false, "", mean(single), 1));
    }

    private static double mean(Map<Probe, Double> accuracy) {
      return accuracy.values().stream().mapToDouble(x -> x).average().orElseThrow();
    }

    private static double normalised(Map<Probe, Double> accuracy, Map<Probe, Double> single) {
      return accuracy.entrySet().stream()
          .mapToDouble(entry -> entry.getValue() / single.get(entry.getKey()))
          .average()
          .orElseThrow();
    }
  }
}
