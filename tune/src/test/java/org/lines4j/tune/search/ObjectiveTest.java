package org.lines4j.tune.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.RequestException;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Objective;

class ObjectiveTest {
  private static final Map<String, Double> BASE = Map.of("acc", 0.2, "old", 0.8, "loss", 2.0);
  private static final Map<String, Double> TUNED = Map.of("acc", 0.9, "old", 0.5, "loss", 1.0);
  private static final Map<String, Double> MODEL = Map.of("acc", 0.45, "old", 0.6, "loss", 4.0);

  private static double score(String objective) {
    Goals goals =
        new Goals(
            Metric.parseAll("acc"), Metric.parseAll("old, loss:min"), Objective.parse(objective));
    return Scale.of(goals, BASE, List.of(TUNED)).score(MODEL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "paper                       | 2 * 0.5 + (0.75 + 0.5) / 2 | 1.625",
        "paper:3                     | 3 * 0.5 + (0.75 + 0.5) / 2 | 2.125",
        "mean                        | (0.5 + 0.75 + 0.5) / 3     | 0.5833333333333334",
        "minimum                     | worst of the three         | 0.5",
        "acc                         | as it is                   | 0.45",
        "2*acc + old - 0.1*loss      | as they are                | 1.1",
        "-.5 * loss + norm(acc)      | one normalised             | -1.5",
        "1e-1*norm(loss)             | one normalised             | 0.05"
      })
  void objectivesAreWhatTheySay(String objective, String why, double wanted) {
    assertEquals(wanted, score(objective), 1e-12, why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loss",
        "eval_loss",
        "wikitext/word_perplexity",
        "WER",
        "top-1_rmse",
        "evalLoss",
        "brier",
        "forgetting"
      })
  void aLossOfWhichNothingWasSaidIsNoted(String name) {
    assertEquals(
        List.of(
            "higher is taken to be better for %s; %s:min says that lower is".formatted(name, name)),
        goals(name).notices());
    for (String said : List.of(name + ":min", name + ":max", name + "less", "acc")) {
      assertEquals(List.of(), goals(said).notices());
    }
  }

  @Test
  void aLossThatOnlyTheObjectiveNamesIsNotedToo() {
    List<Metric> acc = Metric.parseAll("acc");
    String note =
        "higher is taken to be better for loss, which the objective adds; among the targets or"
            + " controls, loss:min says that lower is";
    for (String doubtful : List.of("loss", "acc + 2*loss")) {
      assertEquals(
          List.of(note), new Goals(acc, List.of(), Objective.parse(doubtful)).notices(), doubtful);
    }
    for (String clear : List.of("acc - loss", "-loss", "other")) {
      assertEquals(List.of(), new Goals(acc, List.of(), Objective.parse(clear)).notices(), clear);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"loss:min", "loss:MIN", "loss: min", "loss : min"})
  void aDirectionIsReadHoweverItIsWritten(String text) {
    assertEquals(new Metric("loss", Metric.Better.LOWER), Metric.parse(text));
  }

  private static Goals goals(String target) {
    return Goals.usual(Metric.parseAll(target), List.of(), 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2*",
        "acc +",
        "acc old",
        "2*(acc)",
        "paper:x",
        "paper:-1",
        "paper:NaN",
        "acc * 2",
        "norm()",
        "+ + acc"
      })
  void whatIsNoObjectiveIsRefused(String objective) {
    assertThrows(RequestException.class, () -> Objective.parse(objective));
  }

  @Test
  void namesMayHoldSlashesAndMinuses() {
    assertEquals(
        new Objective.Weighted(
            List.of(
                new Objective.Term(1, "gsm8k/exact_match/strict-match", false),
                new Objective.Term(-2, "wiki-2/word_perplexity", false))),
        Objective.parse("gsm8k/exact_match/strict-match - 2*wiki-2/word_perplexity"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"paper", "paper:3.0", "mean", "minimum", "-a + 2*norm(b)", "acc - 0.001*loss"})
  void anObjectiveIsReadAsItIsWritten(String text) {
    assertEquals(text, Objective.parse(text).text());
  }

  @Test
  void ofSeveralTunedModelsTheBestIsTheReference() {
    Goals goals = Goals.usual(Metric.parseAll("acc,loss:min"), List.of(), 2);
    Scale scale =
        Scale.of(
            goals, BASE, List.of(Map.of("acc", 0.4, "loss", 3.0), Map.of("acc", 0.8, "loss", 5.0)));
    assertEquals(Map.of("acc", 0.8, "loss", 3.0), scale.references());
    assertEquals(new Objective.Mean(), goals.objective());
  }

  @Test
  void nothingCanBeAPartOfZero() {
    Goals goals = Goals.usual(Metric.parseAll("acc"), Metric.parseAll("old"), 1);
    Scale scale = Scale.of(goals, Map.of("old", 0.0), List.of(Map.of("acc", 0.5)));
    String message =
        String.valueOf(assertThrows(RequestException.class, scale::check).getMessage());
    assertTrue(message.contains("old is 0.0 for the base"), message);
  }

  @Test
  void aMetricAloneIsMadeAsGoodAsItGets() {
    Goals goals =
        new Goals(Metric.parseAll("loss:min"), Metric.parseAll("old"), Objective.parse("loss"));
    Scale scale = Scale.of(goals, BASE, List.of(TUNED));
    assertEquals(-2, scale.score(BASE));
    assertEquals(-1, scale.score(TUNED));
    assertEquals("-loss", goals.objective().text());
    assertEquals(goals, new Goals(goals.targets(), goals.controls(), goals.objective()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acc + 0.1*loss   | lower is better for loss",
        "acc - old        | higher is better for old",
        "-acc             | higher is better for acc",
        "acc - norm(old)  | norm(old) is larger where old is better",
        "-norm(loss)      | norm(loss) is larger where loss is better",
        "acc - loss:min   | write just loss here"
      })
  void anObjectiveThatGoesAgainstADirectionIsRefused(String objective, String wanted) {
    String message =
        String.valueOf(assertThrows(RequestException.class, () -> score(objective)).getMessage());
    assertTrue(message.contains(wanted), message);
  }

  /// An evaluator may say which way its metrics are better; not all need be targets or controls.
  @Test
  void whatAnEvaluatorKnowsCountsToo() {
    Map<String, Metric.Better> known = Map.of("perplexity", Metric.Better.LOWER);
    List<Metric> acc = Metric.parseAll("acc");
    Goals added = new Goals(acc, List.of(), Objective.parse("acc + perplexity"));
    assertThrows(RequestException.class, () -> added.withKnown(known));
    Goals alone = new Goals(acc, List.of(), Objective.parse("perplexity")).withKnown(known);
    assertEquals(Objective.parse("-1*perplexity"), alone.objective());
    Goals right = new Goals(acc, List.of(), Objective.parse("acc - perplexity"));
    assertEquals(right, right.withKnown(known));
    Goals declared =
        new Goals(Metric.parseAll("perplexity:max"), List.of(), Objective.parse("perplexity"));
    assertEquals(declared, declared.withKnown(known));
  }

  @Test
  void theAdviceForAReferenceOfZeroIsAnObjectiveThatLowersIt() {
    Goals goals = Goals.usual(Metric.parseAll("wer:min"), List.of(), 1);
    Scale scale = Scale.of(goals, Map.of("wer", 0.5), List.of(Map.of("wer", 0.0)));
    String message =
        String.valueOf(assertThrows(RequestException.class, scale::check).getMessage());
    String advice = message.replaceAll(".*such as objective \"(.*)\".*", "$1");
    Goals advised = new Goals(goals.targets(), List.of(), Objective.parse(advice));
    Scale then = Scale.of(advised, Map.of("wer", 0.5), List.of(Map.of("wer", 0.0)));
    then.check();
    assertTrue(then.score(Map.of("wer", 0.0)) > then.score(Map.of("wer", 0.5)));
  }

  @Test
  void whatIsTooGoodToDivideByIsNotTakenForTheWorst() {
    Goals goals = Goals.usual(Metric.parseAll("acc"), Metric.parseAll("loss:min"), 1);
    Scale scale = Scale.of(goals, BASE, List.of(TUNED));
    Map<String, Double> perfect = Map.of("acc", 1.0, "loss", 0.0);
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> scale.score(perfect)).getMessage());
    assertTrue(message.contains("loss is 0.0"), message);
  }

  @Test
  void nothingIsAPartOfANegativeReference() {
    Goals goals =
        new Goals(
            Metric.parseAll("likelihood"), Metric.parseAll("acc"), Objective.parse("likelihood"));
    Scale scale = Scale.of(goals, Map.of("acc", 1.0), List.of(Map.of("likelihood", -2.0)));
    assertTrue(!scale.canNormalise(goals.metrics()));
  }

  @Test
  void goalsThatContradictThemselvesAreRefused() {
    List<Metric> acc = Metric.parseAll("acc");
    assertThrows(RequestException.class, () -> new Goals(acc, List.of(), Objective.parse("paper")));
    assertThrows(RequestException.class, () -> new Goals(acc, acc, Objective.parse("mean")));
    assertThrows(RequestException.class, () -> new Goals(List.of(), acc, Objective.parse("mean")));
    assertThrows(
        RequestException.class, () -> new Goals(acc, List.of(), Objective.parse("norm(old)")));
    assertThrows(RequestException.class, () -> Metric.parseAll("acc,,old"));
  }
}
