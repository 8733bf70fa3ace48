package org.lines4j.tune.program;

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
import org.lines4j.tune.Metric;

/// What users give as commands, and programs as metrics.
class TextsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "python eval.py {model}      | python;eval.py;{model}",
        "a  'b c'  \"d e\"           | a;b c;d e",
        "a\\ b c\"d\"'e'             | a b;cde",
        "C:\\tools\\run.exe '\\x' \"\\\"\" | C:\\tools\\run.exe;\\x;\"",
        "sh -c 'e \"$1\" && t' sh {model} | sh;-c;e \"$1\" && t;sh;{model}",
        "a '' b                      | a;;b"
      })
  void commandsAreSplitAtSpacesOutsideQuotes(String command, String words) {
    assertEquals(List.of(words.split(";", -1)), CommandWords.split(command));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a 'b", "a \"b"})
  void commandsThatAreNoneAreRefused(String command) {
    assertThrows(RequestException.class, () -> CommandWords.split(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "python eval.py {model} | tail -n 1       ! has | outside quotes",
        "python eval.py {model}|tail              ! has | outside quotes",
        "make {model} && python eval.py {model}   ! has && outside quotes",
        "make {model} || true                     ! has || outside quotes",
        "python eval.py {model} > {result}        ! has > outside quotes",
        "python eval.py {model} 2>&1              ! has > outside quotes",
        "python eval.py < {model}                 ! has < outside quotes",
        "cd there; python eval.py {model}         ! has ; outside quotes",
        "python eval.py {model} &                 ! has & outside quotes",
        "python $HOME/eval.py {model}             ! has $ outside quotes",
        "python eval.py {model} --n $(nproc)      ! has $ outside quotes",
        "python eval.py {model} --n `nproc`       ! has ` outside quotes"
      })
  void whatTakesAShellIsNotPassedOnInSilence(String command, String why) {
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> CommandEvaluator.of(command)).getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.contains("give sh -c '" + command + "'"), message);
    CommandEvaluator.of(
        "sh -c '" + command + "'" + (command.contains("{model}") ? "" : " {model}"));
  }

  @Test
  void whatIsQuotedIsPassedOnAsItIs() {
    assertEquals(
        List.of("e", "a|b", "x > y; $HOME", "5$", "{model}"),
        CommandWords.split("e 'a|b' \"x > y; $HOME\" 5$ {model}"));
  }

  @Test
  void aBackslashAtTheEndOfALineJoinsTheNext() {
    assertEquals(
        List.of("lm_eval", "--tasks", "a", "{model}"),
        CommandWords.split("lm_eval --tasks a \\\n  {model}"));
  }

  @Test
  void theCommandSaysWhereTheModelGoes() {
    assertThrows(RequestException.class, () -> CommandEvaluator.of("python eval.py"));
  }

  @Test
  void metricsAreTheNumbersOfAnObject() {
    assertEquals(
        Map.of("a", 0.5, "b", 3.0), MetricsText.parse("{\"a\": 0.5, \"b\": 3, \"c\": \"x\"}"));
    assertTrue(MetricsText.parse("{\"a\": NaN}").getOrDefault("a", 0.0).isNaN());
  }

  @Test
  void theHarnesssFileIsUnderstoodAsItIs() {
    String file =
        """
        {"results": {"arc_easy": {"alias": "arc_easy", "acc,none": 0.5, "acc_stderr,none": 0.01,
            "acc_norm,none": 0.25, "acc_norm_stderr,none": "N/A"},
          "gsm8k": {"alias": "gsm8k", "exact_match,strict-match": 0.125,
            "exact_match_stderr,strict-match": 0.01, "exact_match,flexible-extract": 0.375}},
         "n-shot": {"arc_easy": 0}, "config": {"model": "hf"}}
        """;
    assertEquals(
        Map.of(
            "arc_easy/acc", 0.5,
            "arc_easy/acc_norm", 0.25,
            "gsm8k/exact_match/strict-match", 0.125,
            "gsm8k/exact_match/flexible-extract", 0.375),
        MetricsText.parse(file));
    assertEquals(Map.of(), MetricsText.directions(file, MetricsText.parse(file).keySet()));
  }

  @Test
  void theHarnesssFileSaysWhichWayIsBetter() {
    String file =
        """
        {"results": {"wikitext": {"word_perplexity,none": 9.5, "other,none": 1.5},
          "gsm8k": {"exact_match,strict-match": 0.125}, "arc": {"acc,none": 0.5}},
         "higher_is_better": {"wikitext": {"word_perplexity": false, "other": null},
          "gsm8k": {"exact_match": true}, "absent": {"acc": true}}}
        """;
    assertEquals(
        Map.of(
            "wikitext/word_perplexity", Metric.Better.LOWER,
            "gsm8k/exact_match/strict-match", Metric.Better.HIGHER),
        MetricsText.directions(file, MetricsText.parse(file).keySet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "done",
        "[1]",
        "{}",
        "{\"a\": \"x\"}",
        "{\"a\": 1",
        "{\"a\": 1} x",
        "{\"a\":1,\"a\":2}"
      })
  void whatHoldsNoMetricsIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> MetricsText.parse(text));
  }
}
