package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Candidate.Merged;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;

/// Experiment 4, soups (arXiv 2410.17146, section 5.3): models of one task that differ in their
/// hyper-parameters, averaged (arXiv 2203.05482), with and without LiNeS (α = 1, β chosen on
/// validation data; β = 0, the plain soup, is among the choices).
public record Soups(List<OfTask> tasks) {
  /// Copies the list.
  public Soups {
    tasks = List.copyOf(tasks);
  }

  /// One task, accuracies on test data.
  ///
  /// @param mean of the single models
  /// @param best the single model that does best on validation data
  /// @param uniform the average of all
  /// @param greedy the average of those that, taken from the best on, do not harm it on validation
  ///   data
  public record OfTask(
      String task,
      double mean,
      double best,
      double uniform,
      Scaled uniformLines,
      double greedy,
      Scaled greedyLines,
      int greedyModels) {}

  /// A soup with LiNeS.
  public record Scaled(double beta, double accuracy) {}

  static Soups measure(Workbench bench, Family family, LabSettings.Soup settings)
      throws IOException {
    List<OfTask> tasks = new ArrayList<>();
    for (String task : settings.tasks()) {
      List<String> models =
          IntStream.range(0, settings.models()).mapToObj(i -> SeedModels.soup(task, i)).toList();
      tasks.add(new Cook(bench, family, task).cook(models));
    }
    return new Soups(tasks);
  }

  private record Cook(Workbench bench, Family family, String task) {
    OfTask cook(List<String> models) throws IOException {
      List<Candidate> single = models.stream().<Candidate>map(Candidate.Trained::new).toList();
      List<Double> validation = accuracy(single, Split.VALIDATION);
      List<Double> test = accuracy(single, Split.TEST);
      List<Integer> order =
          IntStream.range(0, models.size())
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -validation.get(i)))
              .toList();
      List<String> greedy = greedy(order.stream().map(models::get).toList());
      return new OfTask(
          task,
          test.stream().mapToDouble(x -> x).average().orElseThrow(),
          test.get(order.getFirst()),
          accuracy(soup(models, 0), Split.TEST),
          scaled(models),
          accuracy(soup(greedy, 0), Split.TEST),
          scaled(greedy),
          greedy.size());
    }

    private List<String> greedy(List<String> bestFirst) throws IOException {
      List<String> taken = new ArrayList<>(List.of(bestFirst.getFirst()));
      double best = accuracy(soup(taken, 0), Split.VALIDATION);
      for (String model : bestFirst.subList(1, bestFirst.size())) {
        taken.add(model);
        double with = accuracy(soup(taken, 0), Split.VALIDATION);
        if (with >= best) {
          best = with;
        } else {
          taken.removeLast();
        }
      }
      return taken;
    }

    /// β on a grid of tenths, of equals the smallest.
    private Scaled scaled(List<String> models) throws IOException {
      List<Candidate> soups =
          IntStream.rangeClosed(0, 10).mapToObj(i -> soup(models, i / 10.0)).toList();
      List<Double> validation = accuracy(soups, Split.VALIDATION);
      int best = 0;
      for (int i = 1; i < soups.size(); i++) {
        if (validation.get(i) > validation.get(best)) {
          best = i;
        }
      }
      return new Scaled(best / 10.0, accuracy(soups.get(best), Split.TEST));
    }

    private Candidate soup(List<String> models, double beta) {
      Recipe recipe =
          Recipe.of("lab", "linear", models.stream().map(m -> ModelUse.of(m, Map.of())).toList())
              .withBase(family.base());
      return new Merged(recipe.withLines(new Lines(Optional.of(1.0), beta, Outside.ALPHA)));
    }

    private double accuracy(Candidate model, Split split) throws IOException {
      return accuracy(List.of(model), split).getFirst();
    }

    private List<Double> accuracy(List<Candidate> models, Split split) throws IOException {
      Probe probe = Probe.of(task, split);
      return bench
          .ask(models.stream().map(m -> new Question(m, family.heads(), List.of(probe))).toList())
          .stream()
          .map(answer -> answer.on(probe))
          .toList();
    }
  }
}
