package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import org.lines4j.lab.demo.DemoModels;
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
    return new Run(
        Main.run(args, new PrintWriter(out), new PrintWriter(err)), out.toString(), err.toString());
  }

  @Test
  void itTellsTheStoryAndLeavesWhatItsCommandsNeed() throws IOException {
    Path out = folder.resolve("demo");
    Run run = run("demo", "--json", "--texts", 10, "--out", out);
    assertEquals(0, run.code(), run.err());
    JsonNode json = JsonMapper.shared().readTree(run.out());
    assertEquals(
        List.of("base", "fine-tuned", "LiNeS", "uniform"),
        json.get("edits").valueStream().map(edit -> edit.get("model").stringValue()).toList());
    assertEquals(4, json.get("merges").size());
    assertEquals(2, json.get("verdict").size());
    double before = json.get("edits").get(0).get("accuracy").get("emoji").doubleValue();
    double after = json.get("edits").get(1).get("accuracy").get("emoji").doubleValue();
    assertTrue(after > before, run.out());
    String page = Files.readString(out.resolve("report.html"));
    assertTrue(page.contains("<svg") && page.contains("class=\"chosen\""), "a figure");

    Run merge = run("merge", out.resolve("tsv_m.yml"), folder.resolve("x"), "--dry-run");
    assertEquals(0, merge.code(), merge.err());

    assertEquals(out, DemoModels.unpack(out).folder(), "an earlier demo's folder may be taken");
  }

  @Test
  void whatIsSomebodyElsesStaysAsItIs() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(own.resolve("heads.safetensors"), "not a demo's");
    Run over = run("demo", "--out", own);
    assertEquals(2, over.code());
    assertTrue(over.err().contains("not empty"), over.err());
    assertEquals("not a demo's", Files.readString(own.resolve("heads.safetensors")));
  }

  @Test
  void itFitsATerminal() {
    Run run = run("help", "demo");
    assertEquals(0, run.code(), run.err());
    run.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void evalPrintsOneNumberForEachTask() throws IOException {
    Path out = folder.resolve("pair");
    TrainedPair.unpack(out);
    Run eval =
        run(
            "lab",
            "eval",
            out.resolve("tuned"),
            "--heads",
            out.resolve("heads.safetensors"),
            "--tasks",
            "kanji,upper",
            "--images",
            50,
            "--seed",
            4,
            "--json");
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
