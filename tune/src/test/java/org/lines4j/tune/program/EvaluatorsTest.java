package org.lines4j.tune.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.EvaluatorType;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;

class EvaluatorsTest {
  @TempDir private Path folder;

  private static Evaluator evaluator(String... texts) throws java.io.IOException {
    return Evaluators.of(List.of(texts), List.of(new LengthType()));
  }

  /// Gives the length of its argument, by its name.
  private static final class LengthType implements EvaluatorType {
    @Override
    public String name() {
      return "length";
    }

    @Override
    public Evaluator open(String argument) {
      return new Length(argument);
    }
  }

  private record Length(String argument) implements Evaluator {
    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) {
      assertTrue(Files.isDirectory(scratch), "each has an empty folder");
      return Map.of(argument, (double) argument.length());
    }

    @Override
    public String identity() {
      return "length of " + argument;
    }

    @Override
    public Map<String, Metric.Better> metrics() {
      return Map.of(argument, Metric.Better.LOWER);
    }

    @Override
    public boolean mayGiveOthers() {
      return false;
    }

    @Override
    public boolean opensModels() {
      return true;
    }
  }

  @Test
  void namesBeforeAColonAreEvaluatorsOfJars() throws Exception {
    Evaluator evaluator = evaluator("length:a:b, c");
    assertEquals(Map.of("a:b, c", 6.0), evaluator.evaluate(Path.of("m"), folder));
  }

  @Test
  void severalGiveTheMetricsOfAll() throws Exception {
    Evaluator both = evaluator("length:one", "length:three");
    assertEquals(
        Map.of("one", 3.0, "three", 5.0), both.evaluate(Location.parse("m"), folder, Sample.WHOLE));
    assertTrue(both.opensModels() && !both.mayGiveOthers() && !both.takesFraction());
    assertEquals("length of one\nlength of three", both.identity());
    Evaluator mixed = evaluator("length:one", "measure {model} {fraction}");
    assertTrue(!mixed.opensModels() && mixed.mayGiveOthers() && !mixed.takesFraction());
  }

  @Test
  void whatSaysWhereTheModelGoesIsACommand() throws Exception {
    assertEquals("length:x {model}", evaluator("length:x {model}").identity());
  }

  @Test
  void unknownNamesAndTwiceTheSameMetricAreRefused() {
    assertEquals(
        "there is no evaluator called 'lenght', nor {model} where a command has the model's path;"
            + " did you mean 'length'?",
        refused("lenght:x"));
    assertEquals(
        "two evaluators give the metric x; give their files different names",
        refused("length:x", "length:x"));
    assertTrue(refused("python eval.py").contains("as {model}"));
  }

  /// What a program calls its metrics is known only once it has run.
  @Test
  void twoProgramsThatGiveOneMetricAreRefused() throws Exception {
    String program = "sh -c 'echo \"{\\\"perplexity\\\": 1}\"' {model}";
    Evaluator both = evaluator(program, program);
    assertEquals(
        "two evaluators give the metric perplexity; have one of them print it under another name",
        String.valueOf(
            assertThrows(RequestException.class, () -> both.evaluate(Path.of("m"), folder))
                .getMessage()));
  }

  private static String refused(String... texts) {
    return String.valueOf(
        assertThrows(RequestException.class, () -> evaluator(texts)).getMessage());
  }

  @Test
  void theWayInWhichAKnownMetricIsBetterNeedNotBeSaid() {
    Map<String, Metric.Better> known = Map.of("x", Metric.Better.LOWER);
    assertEquals(
        List.of(
            new Metric("x", Metric.Better.LOWER),
            new Metric("y", Metric.Better.HIGHER, false),
            new Metric("x", Metric.Better.HIGHER)),
        Metric.parseAll("x, y, x:max", known));
  }
}
