package org.lines4j.tune.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.tune.EvaluationException;

@DisabledOnOs(OS.WINDOWS) // the programs are shell scripts
class CommandEvaluatorTest {
  @TempDir private Path folder;
  private Path scratch;
  private Path model;

  @BeforeEach
  void makeFolders() throws IOException {
    scratch = Files.createDirectories(folder.resolve("scratch folder"));
    model = Files.createDirectories(folder.resolve("a model with 'odd' name"));
  }

  private Map<String, Double> run(String script)
      throws EvaluationException, IOException, InterruptedException {
    Path file = folder.resolve("eval script.sh");
    Files.writeString(file, script);
    return CommandEvaluator.of("sh \"" + file + "\" {model} {result} 'x={model},y'")
        .evaluate(model, scratch);
  }

  private EvaluationException failure(String script) {
    return assertThrows(EvaluationException.class, () -> run(script));
  }

  @Test
  void theLastLineOfStandardOutputIsRead() throws Exception {
    assertEquals(
        Map.of("acc", 0.5), run("echo loading; echo '{\"acc\": 1}'; echo '{\"acc\": 0.5}'; echo"));
  }

  @Test
  void aScriptThatWasChangedIsAnotherEvaluator() throws IOException {
    Path file = folder.resolve("eval script.py");
    Files.writeString(file, "print(1)");
    CommandEvaluator evaluator = CommandEvaluator.of("python \"" + file + "\" {model}");
    String before = evaluator.identity();
    assertEquals(before, evaluator.identity());
    Files.writeString(file, "print(2)");
    assertNotEquals(before, evaluator.identity());
    assertTrue(before.contains("eval script.py "), before);
  }

  @Test
  void aShellsScriptsCountToo() throws IOException {
    Path file = Files.writeString(folder.resolve("eval.sh"), "echo 1");
    CommandEvaluator evaluator =
        CommandEvaluator.of("bash -c 'sh %s {model} | tail -1'".formatted(file));
    String before = evaluator.identity();
    Files.writeString(file, "echo 2");
    assertNotEquals(before, evaluator.identity());
  }

  @Test
  void aCommandWithoutScriptsIsKnownByItself() {
    assertEquals("./run.py {model}", CommandEvaluator.of("./run.py {model}").identity());
  }

  @Test
  void pathsWithSpacesAndQuotesAreOneWord() throws Exception {
    assertEquals(
        Map.of("ok", 1.0),
        run(
            "[ -d \"$1\" ] && [ \"$3\" = \"x=$1,y\" ] && [ \"$LINES_MODEL\" = \"$1\" ] &&"
                + " [ \"$LINES_RESULT\" = \"$2\" ] && echo '{\"ok\": 1}'"));
  }

  @Test
  void aCallersOwnWordsStandForWhatItSays() throws Exception {
    CommandEvaluator command =
        CommandEvaluator.of("sh -c 'echo \"{\\\"$1\\\": 1}\"' {model} {task}")
            .with(Map.of("task", "two words"));
    assertEquals(Map.of("two words", 1.0), command.evaluate(model, scratch));
    RequestException refused =
        assertThrows(RequestException.class, () -> command.with(Map.of("split", "test")));
    assertTrue(refused.toString().contains("{split}"), refused::toString);
  }

  @Test
  void theResultFileGoesBeforeStandardOutput() throws Exception {
    assertEquals(Map.of("acc", 0.25), run("echo '{\"acc\": 0.25}' > \"$2\"; echo '{\"acc\": 1}'"));
  }

  @Test
  void theHarnessAddsADateToTheFile() throws Exception {
    assertEquals(
        Map.of("arc/acc", 0.5),
        run(
            "mkdir \"${2%.json}\"; echo '{\"results\": {\"arc\": {\"acc,none\": 0.5}}}' >"
                + " \"${2%.json}/results_2026-11-24T10-00-00.json\""));
  }

  @Test
  void whyAProgramFailedIsTheEndOfWhatItSaid() {
    EvaluationException failure =
        failure(
            "i=0; while [ $i -lt 999 ]; do echo line $i >&2;"
                + " i=$((i+1)); done; echo RuntimeError: no >&2; exit 3");
    assertEquals("exit code 3", failure.reason());
    assertTrue(failure.details().endsWith("line 998\nRuntimeError: no\n"), failure.details());
    assertTrue(failure.details().length() <= 2000);
  }

  @Test
  void outputWithoutMetricsIsAFailure() {
    assertTrue(
        failure("echo done")
            .reason()
            .contains("'done', has no metrics: not JSON; the evaluator should print"));
    assertTrue(
        failure("exit 3")
            .reason()
            .startsWith("exit code 3, and nothing on standard error; run it by hand: "));
    assertEquals("exit code 3", failure("echo why >&2; exit 3").reason());
    assertTrue(failure("true").reason().contains("has no metrics"));
    assertTrue(failure("echo '{' > \"$2\"").reason().contains("result.json has no metrics"));
  }

  @Test
  void aProgramThatIsNotThereIsTheUsersMistake() {
    String message =
        String.valueOf(
            assertThrows(
                    RequestException.class,
                    () -> CommandEvaluator.of("pyhton {model}").evaluate(model, scratch))
                .getMessage());
    assertTrue(message.contains("cannot run the evaluator's command 'pyhton {model}'"), message);
    assertTrue(message.contains("; its first word should be a program"), message);
  }

  @Test
  void muchOutputNeitherBlocksNorFillsMemory() throws Exception {
    assertEquals(
        Map.of("acc", 0.5),
        run(
            "head -c 3000000 /dev/zero | tr '\\0' x; echo; head -c 300000 /dev/zero >&2;"
                + " echo '{\"acc\": 0.5}'"));
  }

  @Test
  void beingGivenUpKillsAllThatWasStarted() throws Exception {
    Path pids = folder.resolve("pids");
    String script =
        "(sh -c 'echo $$ >> \"%1$s\"; sleep 60; :') & echo $$ >> \"%1$s\"; sleep 60; :"
            .formatted(pids);
    Thread evaluation =
        Thread.ofPlatform()
            .start(() -> assertThrows(InterruptedException.class, () -> run(script)));
    while (!Files.exists(pids) || Files.readAllLines(pids).size() < 2) {
      Thread.onSpinWait();
    }
    evaluation.interrupt();
    evaluation.join();

    for (String pid : Files.readAllLines(pids)) {
      ProcessHandle handle = ProcessHandle.of(Long.parseLong(pid)).orElse(null);
      if (handle != null) {
        handle.onExit().get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void whatAProgramLeavesRunningEndsWithIt() throws Exception {
    assertEquals(Map.of("acc", 0.5), run("sleep 60 & sleep 1; echo '{\"acc\": 0.5}'"));
  }
}
