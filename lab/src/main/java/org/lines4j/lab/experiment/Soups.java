package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Candidate.Merged;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;

/// Soups (arXiv 2203.05482; with LiNeS: 2410.17146, section 5.3): a task's models of all seeds and
/// rates, averaged, and the average's update scaled further. LiNeS has α = 1 and β = 0, 0.1 … 1;
/// uniform scaling λ = 1, 1.1 … 2; each takes the best on validation data. The soup as it is comes
/// first in both.
public record Soups(List<OfTask> tasks) {
  /// Copies the list.
  public Soups {
    tasks = List.copyOf(tasks);
  }

  /// One task, accuracies on test data.
  ///
  /// @param mean of the single models
  /// @param best the single model that does best on validation data
  /// @param all the average of all models
  /// @param greedy the average of those that, taken from the best on, do not harm it on validation
  ///   data
  public record OfTask(String task, double mean, double best, Soup all, Soup greedy) {}

  /// An average.
  ///
  /// @param models how many it is of
  /// @param plain as it is
  /// @param scaled in each way
  public record Soup(int models, double plain, List<Scaled> scaled) {
    /// Copies the list.
    public Soup {
      scaled = List.copyOf(scaled);
    }
  }

  /// The best of a soup in one way.
  ///
  /// @param more λ − 1 of uniform scaling, β of LiNeS
  public record Scaled(Way way, double more, double accuracy) {}

  private static final int STEPS = 10;

  /// @param base of all models, relative to the bench's folder
  /// @param models of each task, relative to the bench's folder
  static Soups measure(
      Workbench bench, String base, String heads, Map<String, List<String>> models, List<Way> ways)
      throws IOException {
    List<OfTask> tasks = new ArrayList<>();
    for (Map.Entry<String, List<String>> task : models.entrySet()) {
      tasks.add(new Cook(bench, base, heads, task.getKey(), ways).cook(task.getValue()));
    }
    return new Soups(tasks);
  }

  private record Cook(Workbench bench, String base, String heads, String task, List<Way> ways) {
    OfTask cook(List<String> models) throws IOException {
      List<Candidate> single = models.stream().<Candidate>map(Candidate.Trained::new).toList();
      List<Double> validation = accuracy(single, Split.VALIDATION);
      List<Double> test = accuracy(single, Split.TEST);
      List<Integer> order =
          IntStream.range(0, models.size())
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -validation.get(i)))
              .toList();
      return new OfTask(
          task,
          test.stream().mapToDouble(x -> x).average().orElseThrow(),
          test.get(order.getFirst()),
          soup(models),
          soup(greedy(order.stream().map(models::get).toList())));
    }

    private List<String> greedy(List<String> bestFirst) throws IOException {
      List<String> taken = new ArrayList<>(List.of(bestFirst.getFirst()));
      double best = accuracy(plain(taken), Split.VALIDATION);
      for (String model : bestFirst.subList(1, bestFirst.size())) {
        taken.add(model);
        double with = accuracy(plain(taken), Split.VALIDATION);
        if (with >= best) {
          best = with;
        } else {
          taken.removeLast();
        }
      }
      return taken;
    }

    private Soup soup(List<String> models) throws IOException {
      List<Scaled> scaled = new ArrayList<>();
      for (Way way : ways) {
        scaled.add(scaled(models, way));
      }
      return new Soup(models.size(), accuracy(plain(models), Split.TEST), scaled);
    }

    /// Of equals the one that is scaled least.
    private Scaled scaled(List<String> models, Way way) throws IOException {
      List<Candidate> soups =
          IntStream.rangeClosed(0, STEPS).mapToObj(i -> scaled(models, way, more(i))).toList();
      List<Double> validation = accuracy(soups, Split.VALIDATION);
      int best =
          validation.indexOf(validation.stream().max(Comparator.naturalOrder()).orElseThrow());
      return new Scaled(way, more(best), accuracy(soups.get(best), Split.TEST));
    }

    private static double more(int step) {
      return step / (double) STEPS;
    }

    private Candidate plain(List<String> models) {
      return scaled(models, Way.UNIFORM, 0);
    }

    private Candidate scaled(List<String> models, Way way, double more) {
      Recipe recipe =
          Recipe.of("lab", "linear", models.stream().map(m -> ModelUse.of(m, Map.of())).toList())
              .withBase(base);
      return new Merged(
          recipe.withLines(
              switch (way) {
                case UNIFORM -> new Lines(Optional.of(1 + more), 0, Outside.ALPHA);
                case LINES -> new Lines(Optional.of(1.0), more, Outside.ALPHA);
                case LINES_DEPTH -> new Lines(Optional.of(1.0), more, Outside.DEPTH);
              }));
    }

    private double accuracy(Candidate model, Split split) throws IOException {
      return accuracy(List.of(model), split).getFirst();
    }

    private List<Double> accuracy(List<Candidate> models, Split split) throws IOException {
      Probe probe = Probe.of(task, split);
      return bench
          .ask("soups", models.stream().map(m -> new Question(m, heads, List.of(probe))).toList())
          .stream()
          .map(answer -> answer.on(probe))
          .toList();
    }
  }
}
