package org.lines4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.storage.Location;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;
import tools.jackson.databind.JsonNode;

class ClassificationTest {
  private static final double CLOSE = 1e-5;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta", "distilbert"})
  void similaritiesAndAccuraciesAreThoseOfTransformers(String name) throws Exception {
    JsonNode expected = Goldens.expected(name);
    check(expected.get("plain"), Goldens.TOPICS.toString(), Goldens.path(name));
    check(
        expected.get("template"),
        Goldens.TOPICS + ",template=a text on {label}, or so",
        Goldens.path(name));
  }

  private static void check(JsonNode expected, String argument, Path model) throws Exception {
    Classification classification = Classification.of(argument);
    List<Integer> rows = IntStream.range(0, expected.get("similarities").size()).boxed().toList();
    double[][] found = classification.similarities(Location.of(model), rows);
    for (int i = 0; i < found.length; i++) {
      for (int j = 0; j < found[i].length; j++) {
        double one = expected.get("similarities").get(i).get(j).doubleValue();
        assertEquals(one, found[i][j], CLOSE, i + " " + j);
      }
    }
    assertEquals(
        Map.of("topics/accuracy", expected.get("accuracy").doubleValue()),
        classification.evaluate(model, Path.of("unused")));
  }

  @Test
  void labelsMayHaveTextsOfTheirOwn() throws Exception {
    Path labels =
        Files.writeString(
            folder.resolve("labels.tsv"),
            "label\ttext\nsports\tsports\nmoney\tmoney\nfood\tfood\nart\tpaintings\n");
    Classification same = Classification.of(Goldens.TOPICS + ",labels=" + labels);
    double[][] found = same.similarities(Location.of(Goldens.path("bert")), List.of(3));
    assertEquals(4, found[0].length);
    assertEquals(Map.of("topics/accuracy", Metric.Better.HIGHER), same.metrics());
  }

  @Test
  void aPartOfTheRowsIsMeasured() throws Exception {
    Classification classification = Classification.of(Goldens.TOPICS.toString());
    double accuracy =
        classification
            .evaluate(Location.of(Goldens.path("bert")), Path.of("unused"), new Sample(0.1, 1))
            .getOrDefault("topics/accuracy", Double.NaN);
    assertTrue(accuracy == 0 || accuracy == 1, "of one row");
  }

  private String refused(String table, String more) throws IOException {
    Path file = Files.writeString(folder.resolve("t.tsv"), table);
    RuntimeException e = assertThrows(RuntimeException.class, () -> Classification.of(file + more));
    return String.valueOf(e.getMessage());
  }

  @Test
  void tablesThatAreNoneAreRefused() throws IOException {
    String missing = refused("text,label\na,b\n", "");
    assertTrue(
        missing.contains("the first line should be names of columns, 'text' among them"), missing);
    assertTrue(missing.contains("separate columns by tabs"), missing);
    String endless = refused("x".repeat(200_000), "");
    assertTrue(endless.length() < 1000, "one line, of a file that is no table");
    String twice = refused("text\ttext\tlabel\na\tb\tc\n", "");
    assertTrue(twice.contains("names two columns 'text'"), twice);
    String columns = refused("text\tlabel\na\tb\nc\n", "");
    assertTrue(columns.contains("line 3 should be 2 columns"), columns);
    assertTrue(refused("text\tlabel\n", "").contains("there is no row behind the first line"));
    assertTrue(refused("text\tlabel\na\tb\nc\tb\n", "").contains("the same label"));
    assertTrue(
        refused("text\tlabel\na\tb\nc\td\n", ",template=about").contains("{label}"), "template");
    Path labels = Files.writeString(folder.resolve("l.tsv"), "label\ttext\nb\tB\n");
    assertTrue(
        refused("text\tlabel\na\tb\nc\td\n", ",labels=" + labels)
            .contains("there is no text for the label 'd'"));
    Files.writeString(labels, "label\ttext\nb\tB\nd\tD\nb\tC\n");
    assertTrue(
        refused("text\tlabel\na\tb\nc\td\n", ",labels=" + labels)
            .contains("the label 'b' has two texts: 'B' and 'C'"));
  }

  private String failed(Path model) throws IOException {
    Classification classification = Classification.of(Goldens.TOPICS.toString());
    RuntimeException e =
        assertThrows(
            RuntimeException.class, () -> classification.evaluate(model, Path.of("unused")));
    return String.valueOf(e.getMessage());
  }

  @Test
  void languageModelsAreNoEncoders() throws IOException {
    String message = failed(Goldens.path("gpt2"));
    assertTrue(message.contains("gpt2 models are no encoders"), message);
  }

  @Test
  void modulesThatAreNotComputedAreRefused() throws IOException {
    Path model = Goldens.copy("roberta", folder.resolve("model"));
    Goldens.edit(model.resolve("modules.json"), "models.Pooling", "models.Dense");
    String message = failed(model);
    assertTrue(message.contains("'[1].type' is \"sentence_transformers.models.Dense\""), message);
    Path other = Goldens.copy("roberta", folder.resolve("other"));
    Path pooling = other.resolve("1_Pooling/config.json");
    Goldens.edit(
        pooling, "\"pooling_mode_max_tokens\": false", "\"pooling_mode_max_tokens\": true");
    assertTrue(failed(other).contains("one mode alone"), failed(other));
    Files.delete(pooling);
    assertTrue(failed(other).contains("modules.json names 1_Pooling/config.json"), failed(other));
  }
}
