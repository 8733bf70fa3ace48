package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoCommandTest {
  @TempDir private Path folder;

  private record Run(int code, String out, String err) {}

  private static Run run(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = new String[words.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = words[i].toString();
    }
    return new Run(Main.run(args, new PrintWriter(out), new PrintWriter(err)), out.toString(), err.toString());
  }

  private static double mean(JsonNode accuracy) {
    return accuracy.properties().stream()
        .filter(entry -> !entry.getKey().equals("kanji"))
        .mapToDouble(entry -> entry.getValue().doubleValue())
        .average()
        .orElseThrow();
  }

  @Test
  void itTellsTheStoryOnFreshImagesAndItsModelsAreWhatEditMakes() throws IOException {
    Path out = folder.resolve("demo");
    Run run = run("demo", "--json", "--images", 150, "--out", out);
    assertEquals(0, run.code(), run.err());
    JsonNode json = JsonMapper.shared().readTree(run.out());
    JsonNode base = json.get("accuracy").get("base");
    JsonNode tuned = json.get("accuracy").get("fine-tuned");
    JsonNode edited = json.get("accuracy").get("LiNeS");
    double learnt = tuned.get("kanji").doubleValue();
    assertTrue(learnt > base.get("kanji").doubleValue() + 0.4, run.out());
    assertTrue(mean(tuned) < mean(base) - 0.03, run.out());
    assertTrue(edited.get("kanji").doubleValue() > 0.9 * learnt, run.out());
    assertTrue(mean(edited) > mean(tuned) + 0.01, run.out());
    assertTrue(Files.readString(out.resolve("report.html")).contains("<svg"), "a figure");

    Path again = folder.resolve("again");
    Run edit =
        run("edit", "--base", out.resolve("base"), "--tuned", out.resolve("tuned"), "--out", again, "--alpha", 0.2);
    assertEquals(0, edit.code(), edit.err());
    assertArrayEquals(
        Files.readAllBytes(out.resolve("edited/model.safetensors")),
        Files.readAllBytes(again.resolve("model.safetensors")));
    Run over = run("demo", "--out", out);
    assertEquals(2, over.code());
    assertTrue(over.err().contains("not empty"), over.err());
  }

  @Test
  void itFitsATerminal() {
    Run run = run("help", "demo");
    assertEquals(0, run.code(), run.err());
    run.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void evalPrintsOneNumberForEachTask() throws IOException {
    Path out = folder.resolve("demo");
    assertEquals(0, run("demo", "--images", 1, "--out", out).code());
    Run eval =
        run("lab", "eval", out.resolve("tuned"), "--heads", out.resolve("heads.safetensors"),
            "--tasks", "kanji,upper", "--images", 50, "--seed", 4, "--json");
    assertEquals(0, eval.code(), eval.err());
    Map<?, ?> numbers = JsonMapper.shared().readValue(eval.out(), Map.class);
    assertEquals(java.util.Set.of("kanji", "upper"), numbers.keySet());
    assertTrue((Double) Objects.requireNonNull(numbers.get("kanji")) > 0.9, eval.out());
    Run lost = run("lab", "eval", out.resolve("tuned"), "--tasks", "kanji");
    assertEquals(2, lost.code());
    assertTrue(lost.err().contains("--heads"), lost.err());
    Run unknown = run("lab", "eval", out.resolve("tuned"), "--tasks", "kanij");
    assertTrue(unknown.code() == 2 && unknown.err().contains("kanji"), unknown.err());
  }
}
