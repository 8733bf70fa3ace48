package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.tune.Results.Point;

class UnreliableEvaluatorTest {
  @TempDir private Path folder;
  private final Synthetic sound = new Synthetic(false);

  /// What happens to a measurement before it is made.
  @FunctionalInterface
  private interface Trouble {
    void strike(List<Double> lambdas) throws EvaluationException, InterruptedException, IOException;
  }

  private Evaluator troubled(Trouble trouble) {
    return new Evaluator() {
      @Override
      public Map<String, Double> evaluate(Path model, Path scratch)
          throws EvaluationException, IOException, InterruptedException {
        trouble.strike(Models.lambdas(model, 0));
        return sound.evaluate(model, scratch);
      }

      @Override
      public String identity() {
        return sound.identity();
      }
    };
  }

  private Tuning tuning(Evaluator evaluator, int retries) throws IOException {
    Tuning tuning = new Searches(folder).edit(evaluator);
    return Searches.with(tuning, tuning.conduct().withRetries(retries));
  }

  private Results run(Tuning tuning, String dir) throws IOException, InterruptedException {
    return tuning.run(folder.resolve(dir), TuneListener.SILENT);
  }

  private static Point at(Results results, double gamma) {
    return results.of(DepthProfile.LINES).orElseThrow().points().stream()
        .filter(point -> point.candidate().orElseThrow().numbers().getFirst() == gamma)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anEvaluatorThatFailsOnceForEachModelIsSurvived() throws IOException, InterruptedException {
    Set<List<Double>> struck = ConcurrentHashMap.newKeySet();
    Evaluator flaky =
        troubled(
            lambdas -> {
              if (struck.add(lambdas)) {
                throw new EvaluationException("out of luck", "");
              }
            });
    run(tuning(flaky, 1), "flaky");
    run(tuning(sound, 0), "sound");

    assertEquals(
        Files.readString(folder.resolve("sound/results.json")),
        Files.readString(folder.resolve("flaky/results.json")));
    assertTrue(Files.readString(folder.resolve("flaky/trials.jsonl")).contains("\"attempts\":2"));
  }

  @Test
  void aCandidateThatCannotBeMeasuredDoesNotEndTheSearch()
      throws IOException, InterruptedException {
    Evaluator failing =
        troubled(
            lambdas -> {
              if (Math.abs(lambdas.getFirst() - 0.4) < 1e-6 && lambdas.getLast() == 1) {
                throw new EvaluationException("exit code 7", "the end of what it said");
              }
            });
    Results results = run(tuning(failing, 0), "out");

    assertEquals("exit code 7", at(results, 0.4).error().orElseThrow());
    assertTrue(at(results, 0.5).error().isEmpty());
    assertTrue(
        Files.readString(folder.resolve("out/trials.jsonl")).contains("the end of what it said"));
    assertTrue(
        String.join(" ", results.verdict().sentences()).contains("1 candidate failed"),
        results.verdict().sentences().toString());
  }

  @Test
  void whatFailedIsMeasuredAgainOnlyWhenAsked() throws IOException, InterruptedException {
    Evaluator failing =
        troubled(
            lambdas -> {
              if (lambdas.getFirst() == 0.5) {
                throw new EvaluationException("no", "");
              }
            });
    run(tuning(failing, 0), "out");
    int calls = sound.calls();
    Results same = run(tuning(sound, 0), "out");
    assertEquals(calls, sound.calls());
    assertEquals("no", at(same, 0.5).error().orElseThrow());

    Tuning again = tuning(sound, 0);
    run(Searches.with(again, again.conduct().withRetryFailed()), "out");
    run(tuning(sound, 0), "sound");
    assertEquals(
        Files.readString(folder.resolve("sound/results.json")),
        Files.readString(folder.resolve("out/results.json")));
  }

  @Test
  void anEvaluatorThatHangsIsGivenUp() throws IOException, InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Evaluator hanging =
        troubled(
            lambdas -> {
              if (lambdas.getFirst() == 0 && lambdas.getLast() == 1) {
                never.await();
              }
            });
    Tuning tuning = tuning(hanging, 0);
    Results results =
        run(Searches.with(tuning, tuning.conduct().withTimeout(Duration.ofMillis(1500))), "out");

    assertEquals("no result within 1.5 s", at(results, 0).error().orElseThrow());
    assertTrue(at(results, 0.1).error().isEmpty());
  }

  @Test
  void aMisnamedMetricIsFoundByTheFirstMeasurement() throws IOException, InterruptedException {
    Synthetic counting = new Synthetic(false);
    Tuning sound = tuning(counting, 1);
    Goals misnamed = Goals.usual(Metric.parseAll("taget"), Metric.parseAll("control,speed"), 1);
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> run(Searches.with(sound, misnamed), "out"))
                .getMessage());
    assertEquals(1, counting.calls());
    assertTrue(message.contains("no metric 'taget', 'speed'; it gave control"), message);
    assertTrue(message.contains("it gave control, loss, other, target"), message);
    assertTrue(message.endsWith("; did you mean 'target'?"), message);

    Results results = run(sound, "out");
    int kept = counting.calls();
    assertEquals(results.winner(), run(sound, "another").winner());
    assertEquals(2 * kept, counting.calls(), "the base's measurement was kept");
  }

  /// Knows after its first measurement that the loss should be small.
  private final class Harness implements Evaluator {
    private boolean hasMeasured;

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws EvaluationException, IOException, InterruptedException {
      hasMeasured = true;
      return sound.evaluate(model, scratch);
    }

    @Override
    public Map<String, Metric.Better> metrics() {
      return hasMeasured ? Map.of("loss", Metric.Better.LOWER) : Map.of();
    }

    @Override
    public String identity() {
      return sound.identity();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "target; loss; paper; declare it as loss:min, or as loss:max if it is to grow",
        "target; control; loss; name it among the targets or controls, as loss:min",
        "target; control; target + loss; the objective adds it"
      })
  void aLossThatNobodyDeclaredEndsTheSearchAtOnce(
      String target, String control, String objective, String remedy) throws IOException {
    Goals goals =
        new Goals(Metric.parseAll(target), Metric.parseAll(control), Objective.parse(objective));
    Tuning tuning = Searches.with(tuning(new Harness(), 0), goals);
    String message =
        String.valueOf(assertThrows(RequestException.class, () -> run(tuning, "out")).getMessage());
    assertTrue(message.startsWith("lower is better for loss"), message);
    assertTrue(message.contains(remedy), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loss:min", "loss:max"})
  void whatWasDeclaredCounts(String control) throws IOException, InterruptedException {
    Goals goals = Goals.usual(Metric.parseAll("target"), Metric.parseAll(control), 1);
    run(Searches.with(tuning(new Harness(), 0), goals), "out");
  }

  /// Of a search that goes on and finds everything measured.
  @Test
  void whatWasSaidInAnEarlierRunCounts() throws IOException, InterruptedException {
    Goals declared = Goals.usual(Metric.parseAll("target"), Metric.parseAll("loss:min"), 1);
    run(Searches.with(tuning(new Harness(), 0), declared), "out");

    Goals forgotten = Goals.usual(Metric.parseAll("target"), Metric.parseAll("loss"), 1);
    Tuning again = Searches.with(tuning(new Harness(), 0), forgotten);
    String message =
        String.valueOf(assertThrows(RequestException.class, () -> run(again, "out")).getMessage());
    assertTrue(message.startsWith("lower is better for loss"), message);
  }

  @Test
  void metricsThatAreNotFiniteOrNotThereAreFailures() throws IOException, InterruptedException {
    Evaluator broken =
        new Evaluator() {
          @Override
          public Map<String, Double> evaluate(Path model, Path scratch)
              throws EvaluationException, IOException, InterruptedException {
            Map<String, Double> metrics = new HashMap<>(sound.evaluate(model, scratch));
            double first = Models.lambdas(model, 0).getFirst();
            if (first == 0.5) {
              metrics.put("control", Double.NaN);
            } else if (first == 0.25) {
              metrics.remove("target");
            } else {
              metrics.put("other", Double.POSITIVE_INFINITY);
            }
            return metrics;
          }

          @Override
          public String identity() {
            return "broken";
          }
        };
    Tuning tuning = tuning(broken, 0);
    SearchPlan plan = tuning.plan().withEffort(new Effort.Grid(List.of(1.0, 0.5, 0.25)));
    Results results = run(Searches.with(tuning, plan), "out");

    assertEquals("the metric 'control' is NaN", at(results, 0.5).error().orElseThrow());
    assertTrue(at(results, 0.25).error().orElseThrow().startsWith("there is no metric 'target'"));
    assertEquals(
        Set.of("target", "control", "loss"), at(results, 1).metrics().keySet(), "not needed");
  }

  @Test
  void aBaseThatCannotBeMeasuredEndsTheSearchAndIsTriedAgain()
      throws IOException, InterruptedException {
    Evaluator failing =
        troubled(
            _ -> {
              throw new EvaluationException("exit code 1", "no module named torch");
            });
    String message =
        String.valueOf(
            assertThrows(IOException.class, () -> run(tuning(failing, 0), "out")).getMessage());
    assertTrue(message.contains("the model base"), message);
    assertTrue(message.contains("exit code 1\n  no module named torch"), message);

    run(tuning(sound, 0), "out");
  }

  @Test
  void noCandidateAtAllIsAnError() throws IOException {
    Evaluator failing =
        troubled(
            lambdas -> {
              if (!Set.of(0.0, 1.0).containsAll(lambdas)) {
                throw new EvaluationException("exit code 9", "");
              }
            });
    Tuning tuning = tuning(failing, 0);
    SearchPlan plan = tuning.plan().withEffort(new Effort.Grid(List.of(0.5)));
    String message =
        String.valueOf(
            assertThrows(IOException.class, () -> run(Searches.with(tuning, plan), "out"))
                .getMessage());
    assertTrue(message.contains("no candidate could be measured: exit code 9"), message);
  }

  @Test
  void twoSearchesInOneFolderAreRefused() throws IOException, InterruptedException {
    Tuning[] second = new Tuning[1];
    Evaluator nested =
        troubled(
            _ -> {
              String message =
                  String.valueOf(
                      assertThrows(RequestException.class, () -> run(second[0], "out"))
                          .getMessage());
              assertTrue(message.contains("another search is working in this folder"), message);
            });
    second[0] = tuning(sound, 0);
    run(tuning(nested, 0), "out");
  }
}
