package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The pages that commands draw, looked at in a real browser.
@DisabledOnOs(OS.WINDOWS) // the evaluator is a shell script
class PagesInBrowserTest {
  @TempDir private Path folder;
  private Browser browser;

  @BeforeEach
  void findBrowser() {
    browser = Browser.orSkip(folder.resolve("profile"));
  }

  private Path model(String name, float delta) throws IOException {
    return SmallModel.llama().plus(delta).file(folder.resolve(name));
  }

  @Test
  void thePageOfASearchDrawsAllItsCharts() throws IOException, InterruptedException {
    Path script = folder.resolve("eval.sh");
    Files.writeString(script, TuneCommandTest.EVALUATOR);
    Path base = model("base.safetensors", 0);
    Path out = folder.resolve("out");
    run(
            "tune",
            "--base",
            base,
            "--tuned",
            model("tuned.safetensors", 1),
            "--out",
            out,
            "--evaluate",
            "sh " + script + " {model}",
            "--target",
            "new",
            "--control",
            "old",
            "--grid",
            "1, 0.8, ..., 0",
            "--profiles",
            "quadratic")
        .succeeds();

    Browser.Seen seen = browser.open(out.resolve("report.html"));

    assertEquals(List.of(), seen.console());
    assertEquals(4, count(seen.dom(), "<canvas"));
    // 2 models and 4 · 6 candidates (LiNeS both ways outside) in the first two charts, 3 layers and
    // two ends in the others
    List<String> points =
        Pattern.compile("data-points=\"(\\d+)\"")
            .matcher(seen.dom())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertEquals(4, points.size());
    assertTrue(
        Integer.parseInt(points.get(0)) >= 26, "candidates, models and the front: " + points);
    assertEquals(List.of("28", "5", "5"), points.subList(1, 4));
    assertEquals(1 + 2 + 24, count(seen.dom(), "<tr"), "a head and the trials");
    assertTrue(seen.dom().contains("LiNeS pays here."), "the verdict");
    assertTrue(isDrawn(browser.screenshot(out.resolve("report.html"), "tune")));
  }

  @Test
  void theWinnerIsNamedAsItWasSearchedAndLossesAreMarked()
      throws IOException, InterruptedException {
    Path script = folder.resolve("eval.sh");
    Files.writeString(script, TuneCommandTest.DEPTH_OUTSIDE);
    Path out = folder.resolve("out");
    run(
            "tune",
            "--base",
            model("base.safetensors", 0),
            "--tuned",
            model("tuned.safetensors", 1),
            "--out",
            out,
            "--evaluate",
            "sh " + script + " {model}",
            "--target",
            "loss:min",
            "--grid",
            "1, 0.5, 0")
        .succeeds();

    Browser.Seen seen = browser.open(out.resolve("report.html"));

    assertEquals(List.of(), seen.console());
    assertTrue(seen.dom().contains("<dd>lines outside:depth, α 0, β 1</dd>"), seen.dom());
    assertTrue(seen.dom().contains("<small>lower is better</small>"), seen.dom());
  }

  @Test
  void thePageOfADifferenceDrawsAllItsCharts() throws IOException, InterruptedException {
    Path page = folder.resolve("diff.html");
    run("diff", model("a.safetensors", 0), model("b.safetensors", 1), "--html", page).succeeds();

    Browser.Seen seen = browser.open(page);

    assertEquals(List.of(), seen.console());
    assertEquals(3, count(seen.dom(), "<canvas"));
  }

  @Test
  void aScriptThatFailsIsNoticed() throws IOException, InterruptedException {
    Path page = folder.resolve("broken.html");
    Files.writeString(page, "<!doctype html><p>text</p><script>missing();</script>");

    Browser.Seen seen = browser.open(page);

    assertFalse(seen.console().isEmpty());
    assertTrue(seen.console().getFirst().contains("missing is not defined"));
  }

  private static long count(String text, String part) {
    return Pattern.compile(part, Pattern.LITERAL).matcher(text).results().count();
  }

  /// Whether a picture holds more than a blank page, which takes some kilobytes.
  private static boolean isDrawn(Path picture) throws IOException {
    return Files.size(picture) > 40_000;
  }
}
