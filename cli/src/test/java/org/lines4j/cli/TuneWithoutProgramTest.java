package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `lines tune` with evaluators that need no program, on the tiny models of their own tests.
class TuneWithoutProgramTest {
  private static final Path MODELS = Path.of("../evaluate/src/test/resources/models");

  @TempDir private Path folder;

  private Cli tune(String target, String... more) {
    List<String> words = new ArrayList<>(List.of("tune"));
    words.addAll(List.of("--base", MODELS.resolve("linear").toString()));
    words.addAll(List.of("--tuned", MODELS.resolve("dynamic").toString()));
    words.addAll(List.of("--evaluate", "perplexity:" + MODELS.resolve("text.txt")));
    words.addAll(
        List.of("--evaluate", "perplexity:" + MODELS.resolve("documents.jsonl") + ",window=16"));
    words.addAll(List.of("--target", target, "--control", "documents/perplexity"));
    words.addAll(List.of("--out", folder.resolve("out").toString()));
    words.addAll(List.of(more));
    return run(words.toArray());
  }

  @Test
  void aLanguageModelIsTunedOnTwoTexts() throws Exception {
    Cli cli = tune("text/perplexity", "--grid", "0,1", "--fractions", "0.5,1");
    assertEquals(0, cli.code(), cli.err());
    assertTrue(cli.out().contains("The winner is "), cli.out());
    assertTrue(Files.readString(folder.resolve("out/best.yml")).contains("lines:"));
    String trials = Files.readString(folder.resolve("out/trials.jsonl"));
    assertTrue(trials.contains("\"text/perplexity\":"), trials);
  }

  @Test
  void aMetricThatThereWillNotBeIsRefusedAtOnce() {
    Cli cli = tune("text/perplexty");
    assertEquals(2, cli.code());
    assertTrue(
        cli.err()
            .contains("there will be no metric 'text/perplexty'; did you mean 'text/perplexity'?"),
        cli.err());
  }

  @Test
  void aDryRunSaysThatNothingIsWritten() {
    Cli cli = tune("text/perplexity", "--dry-run");
    assertEquals(0, cli.code(), cli.err());
    assertTrue(cli.err().contains("candidates are computed as they are read"), cli.err());
  }

  @Test
  void whatCannotBeMeasuredEndsTheSearchWithTheReason() throws Exception {
    Path tuned = Files.createDirectory(folder.resolve("tuned"));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(MODELS.resolve("bert").resolve(name), tuned.resolve(name));
    }
    Cli cli =
        run(
            "tune",
            "--base",
            MODELS.resolve("bert").toString(),
            "--tuned",
            tuned.toString(),
            "--evaluate",
            "perplexity:" + MODELS.resolve("text.txt"),
            "--target",
            "text/perplexity",
            "--out",
            folder.resolve("out").toString());
    assertEquals(1, cli.code(), cli.err());
    assertTrue(cli.err().contains("bert models are encoders, which have no perplexity"), cli.err());
  }
}
