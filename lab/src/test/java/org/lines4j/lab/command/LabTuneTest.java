package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Encoder;
import org.lines4j.lab.image.ImageTasks;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.tune.Conduct;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.SearchPlan;
import org.lines4j.tune.Subject;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.UsualSearch;
import org.lines4j.tune.program.CommandEvaluator;

/// `lines tune` on a pair that the lab trained, measured by the lab.
class LabTuneTest {
  private static final String TARGET = "kanji";
  private static final List<String> CONTROLS = List.of("upper", "symbols");
  private static final int IMAGES = 60;
  private static final long SEED = 3;

  @TempDir private Path folder;
  private TrainedPair models = new TrainedPair(Path.of(""));

  @BeforeEach
  void unpack() throws IOException {
    models = TrainedPair.unpack(folder.resolve("pair"));
  }

  private Map<String, Double> measure(Path model) throws IOException {
    ClassVectors heads = ClassVectors.load(models.heads());
    Map<String, Double> accuracy = new TreeMap<>();
    try (Encoder encoder = Encoder.load(model)) {
      for (String task : List.of(TARGET, CONTROLS.getFirst(), CONTROLS.getLast())) {
        accuracy.put(
            task,
            Accuracy.of(
                encoder,
                ImageTasks.named(task).render(SEED, Split.VALIDATION, Shift.NONE, 0, IMAGES),
                heads.of(task)));
      }
    }
    return accuracy;
  }

  private final class InProcess implements Evaluator {
    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) throws IOException {
      return measure(model);
    }

    @Override
    public String identity() {
      return "the lab's";
    }
  }

  private Results tune(Evaluator evaluator, List<Double> gammas, String dir)
      throws IOException, InterruptedException {
    Subject subject = Subject.edit(models.base(), models.tuned(), Optional.empty());
    SearchPlan plan = UsualSearch.of(subject).withEffort(new Effort.Grid(gammas));
    Goals goals =
        Goals.usual(Metric.parseAll(TARGET), Metric.parseAll(String.join(",", CONTROLS)), 1);
    return new Tuning(subject, evaluator, goals, plan, Conduct.defaults())
        .run(folder.resolve(dir), TuneListener.SILENT);
  }

  private static Point best(Results results) {
    return results.of(DepthProfile.LINES).orElseThrow().bestPoint().orElseThrow();
  }

  /// Every γ from 1 down, 2 · target + control, both normalised; ties keep the larger.
  private double exhaustive(List<Double> gammas) throws IOException {
    Map<String, Double> base = measure(models.base());
    Map<String, Double> tuned = measure(models.tuned());
    double best = Double.NEGATIVE_INFINITY;
    double choice = Double.NaN;
    for (double gamma : gammas) {
      Path out = folder.resolve("by-hand-" + gamma);
      try (Checkpoint from = Checkpoint.open(models.base());
          Checkpoint to = Checkpoint.open(models.tuned())) {
        Edit.of(from, to)
            .withScaling(LayerScaling.lines(gamma, 1 - gamma, Outside.ALPHA))
            .plan(out)
            .run();
      }
      Map<String, Double> edited = measure(out);
      double control =
          CONTROLS.stream().mapToDouble(c -> by(edited, base, c)).average().orElseThrow();
      double score = 2 * by(edited, tuned, TARGET) + control;
      if (score > best) {
        best = score;
        choice = gamma;
      }
    }
    return choice;
  }

  private static double by(Map<String, Double> one, Map<String, Double> other, String task) {
    return one.getOrDefault(task, Double.NaN) / other.getOrDefault(task, Double.NaN);
  }

  @Test
  void thePapersProtocolChoosesAsAnExhaustiveLoop() throws IOException, InterruptedException {
    List<Double> gammas = List.of(1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0);
    Results results = tune(new InProcess(), gammas, "in-process");
    assertEquals(exhaustive(gammas), best(results).candidate().orElseThrow().numbers().getFirst());
  }

  @Test
  void theLabsEvaluatorAsACommandSaysTheSame() throws IOException, InterruptedException {
    List<Double> gammas = List.of(1.0, 0.4);
    String command =
        "'%s/bin/java' -XX:+UseSerialGC -cp '%s' org.lines4j.cli.Main lab eval {model} --heads '%s'"
                .formatted(
                    System.getProperty("java.home"),
                    System.getProperty("java.class.path"),
                    models.heads())
            + " --tasks %s,%s --images %d --seed %d --split validation --json"
                .formatted(TARGET, String.join(",", CONTROLS), IMAGES, SEED);
    Results byCommand = tune(CommandEvaluator.of(command), gammas, "command");
    Results inProcess = tune(new InProcess(), gammas, "in-process");
    assertEquals(best(inProcess).label(), best(byCommand).label());
    assertEquals(best(inProcess).metrics(), best(byCommand).metrics());
  }
}
