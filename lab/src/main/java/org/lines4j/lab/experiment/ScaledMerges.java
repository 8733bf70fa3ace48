package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.lines4j.lab.experiment.Candidate.Edited;
import org.lines4j.lab.experiment.MergedUpdates.Size;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;

/// Many tasks in one model, fairly: each method's update is scaled uniformly, and by LiNeS, with as
/// many evaluations, and the best by validation data is reported on test data.
///
/// The grid is set beforehand and the same for all: a scale s stands for an s-fold of the mean
/// update of the fine-tuned models, ‖λΔ‖ = s · mean ‖τᵢ‖. Uniform scaling takes λ from it, LiNeS
/// its β, with α as the paper measures it.
///
/// @param base accuracy of the base by task, on test data
/// @param tuned accuracy of each task's own fine-tuned model
/// @param rows one for each method and way
public record ScaledMerges(Map<String, Double> base, Map<String, Double> tuned, List<Row> rows) {
  /// Copies the collections.
  public ScaledMerges {
    base = new LinkedHashMap<>(base);
    tuned = new LinkedHashMap<>(tuned);
    rows = List.copyOf(rows);
  }

  /// How an update is scaled.
  public enum Way {
    /// By one λ.
    UNIFORM,
    /// From α to α + β, what lies outside the blocks by α.
    LINES,
    /// The same, what lies behind the blocks by α + β.
    LINES_DEPTH
  }

  /// The best of a method in one way.
  ///
  /// @param alpha 0 for uniform scaling
  /// @param beta λ of uniform scaling
  /// @param scale the place in the grid
  /// @param atEnd whether it is the grid's first or last, so that a better one may lie beyond
  /// @param evaluations that it was chosen by
  /// @param accuracy by task, on test data
  public record Row(
      String method,
      Way way,
      double alpha,
      double beta,
      double scale,
      boolean atEnd,
      int evaluations,
      Map<String, Double> accuracy) {
    /// Copies the map.
    public Row {
      accuracy = new LinkedHashMap<>(accuracy);
    }

    /// The mean over the tasks.
    public double mean() {
      return accuracy.values().stream().mapToDouble(x -> x).average().orElseThrow();
    }

    LayerScaling scaling() {
      return switch (way) {
        case UNIFORM -> LayerScaling.uniform(beta);
        case LINES -> LayerScaling.lines(alpha, beta, Outside.ALPHA);
        case LINES_DEPTH -> LayerScaling.lines(alpha, beta, Outside.DEPTH);
      };
    }
  }

  /// The method whose update is the sum of all.
  private static final String SUM = "task_arithmetic";

  /// What a method is measured with, by name in order, other than its usual parameters.
  public static Map<String, Object> parameters(String method) {
    return new TreeMap<>(MergedUpdates.PARAMETERS.getOrDefault(method, Map.of()));
  }

  /// @param scales the grid, rising
  static ScaledMerges measure(
      Workbench bench, Family family, List<String> methods, List<Way> ways, List<Double> scales)
      throws IOException {
    return new Merger(bench, family, new MergedUpdates(bench.folder(), family), ways, scales)
        .all(methods);
  }

  private record Merger(
      Workbench bench, Family family, MergedUpdates updates, List<Way> ways, List<Double> scales) {
    ScaledMerges all(List<String> methods) throws IOException {
      double unit = meanNorm();
      double sum = updates.size(SUM).absolute();
      List<Row> rows = new ArrayList<>();
      for (String method : methods) {
        for (Way way : ways) {
          rows.add(best(candidates(method, way, unit, sum)));
        }
        updates.remove(method);
      }
      updates.remove(SUM);
      return new ScaledMerges(base(), tuned(Split.TEST), rows);
    }

    private double meanNorm() throws IOException {
      double sum = 0;
      for (String task : family.tasks()) {
        sum += updates.sizeOf(family.tuned(task)).norm();
      }
      return sum / family.tasks().size();
    }

    /// One row for each place of the grid, without accuracies.
    private List<Row> candidates(String method, Way way, double unit, double sum)
        throws IOException {
      Size size = updates.size(method);
      double alpha = way == Way.UNIFORM ? 0 : sum / family.tasks().size() / size.absolute();
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < scales.size(); i++) {
        double beta = scales.get(i) * unit / size.norm();
        boolean atEnd = i == 0 || i == scales.size() - 1;
        rows.add(new Row(method, way, alpha, beta, scales.get(i), atEnd, scales.size(), Map.of()));
      }
      return rows;
    }

    private Row best(List<Row> candidates) throws IOException {
      List<Question> questions =
          candidates.stream().map(c -> question(c, Split.VALIDATION)).toList();
      List<Answers> answers = ask(candidates.getFirst().method(), questions);
      Map<String, Double> tuned = tuned(Split.VALIDATION);
      int best =
          IntStream.range(0, answers.size())
              .boxed()
              .max(java.util.Comparator.comparingDouble(i -> normalised(answers.get(i), tuned)))
              .orElseThrow();
      Row chosen = candidates.get(best);
      Answers test = ask(chosen.method(), List.of(question(chosen, Split.TEST))).getFirst();
      return new Row(
          chosen.method(),
          chosen.way(),
          chosen.alpha(),
          chosen.beta(),
          chosen.scale(),
          chosen.atEnd(),
          chosen.evaluations(),
          byTask(test));
    }

    /// The merged model is made only where something is to be measured.
    private List<Answers> ask(String method, List<Question> questions) throws IOException {
      if (!questions.stream().allMatch(bench::knows)) {
        updates.make(method);
      }
      return bench.ask("merges by " + method, questions);
    }

    private Question question(Row row, Split split) {
      Edited model = new Edited(family.base(), updates.model(row.method()), row.scaling());
      return new Question(model, family.heads(), probes(split));
    }

    private List<Probe> probes(Split split) {
      return family.tasks().stream().map(task -> Probe.of(task, split)).toList();
    }

    private Map<String, Double> base() throws IOException {
      return byTask(bench.ask("the base", List.of(family.baseOn(probes(Split.TEST)))).getFirst());
    }

    /// Each task by its own fine-tuned model.
    private Map<String, Double> tuned(Split split) throws IOException {
      List<Question> questions =
          probes(split).stream().map(p -> family.tunedOn(p.task(), List.of(p))).toList();
      return byTask(Answers.all(bench.ask("fine-tuned models", questions)));
    }

    private static Map<String, Double> byTask(Answers answers) {
      Map<String, Double> accuracy = new LinkedHashMap<>();
      answers.accuracy().forEach((probe, value) -> accuracy.put(probe.task(), value));
      return accuracy;
    }

    private static double normalised(Answers answers, Map<String, Double> tuned) {
      return answers.accuracy().entrySet().stream()
          .mapToDouble(e -> e.getValue() / tuned.getOrDefault(e.getKey().task(), Double.NaN))
          .average()
          .orElseThrow();
    }
  }
}
