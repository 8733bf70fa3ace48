package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Names in models, recipes, paths and what evaluators print reach terminals, cards, pages and
/// recipes. None of them steers a terminal, begins a line, ends a script or is markup.
@DisabledOnOs(OS.WINDOWS) // such names of files are not possible there
class HostileTextTest {
  /// Everything at once: a colour, a line of its own, markup of four kinds, and reversed writing.
  private static final String HOSTILE =
      "a\u001b[31m\nEVIL: yes\r\u009b2J<img src=x onerror=1><!-- `x` | [y](http_z) **b**\u202etxt";

  /// What the format lets a tensor be called.
  private static final String TENSOR = "EVIL<img src=x onerror=1>`|[y](z)**b**\u202etxt";

  @TempDir private Path folder;
  private Path base;
  private Path tuned;

  @BeforeEach
  void makeModels() throws IOException {
    base = SmallModel.llama().with(TENSOR, 1, 2).folder(folder.resolve("base " + HOSTILE));
    tuned =
        SmallModel.llama().plus(1).with(TENSOR, 2, 3).folder(folder.resolve("tuned " + HOSTILE));
  }

  private static void isHarmless(Cli run) {
    for (String text : List.of(run.out(), run.err())) {
      assertTrue(
          text.chars().noneMatch(c -> c != '\n' && (Character.isISOControl(c) || c == 0x202e)),
          text);
      assertTrue(text.lines().noneMatch(line -> line.startsWith("EVIL:")), text);
    }
  }

  private static void isPlainMarkdown(Path card) throws IOException {
    String text = Files.readString(card);
    String front = text.substring(0, text.indexOf("\n---\n"));
    assertFalse(front.contains("EVIL"), front);
    assertFalse(text.contains("<img"), text);
    assertFalse(text.contains("\n".concat("EVIL")), text);
    assertFalse(text.contains("\u001b") || text.contains("\u202e") || text.contains("\r"), text);
    assertFalse(text.replace("\\[", "").contains("[y]("), text);
    assertFalse(text.replace("\\*", "").contains("**b"), text);
    text.lines()
        .filter(line -> line.startsWith("| "))
        .forEach(
            row ->
                assertTrue(
                    List.of(3L, 4L, 5L)
                        .contains(row.replace("\\|", "").chars().filter(c -> c == '|').count()),
                    row));
  }

  private static void isPlainPage(Path page) throws IOException {
    String text = Files.readString(page);
    assertFalse(text.contains("<img src=x"), "no markup from outside");
    assertFalse(text.contains("<!-- `x`"), "no comment from outside");
    assertFalse(text.contains("\u202e") || text.contains("\u001b"), "nothing that turns the text");
    String scripts = text.substring(text.indexOf("<script"));
    assertFalse(
        scripts.matches("(?s).*[^\\\\]\\\\u202e.*"), "nor does it once a script has read it");
  }

  @Test
  void modelsAreInspected() {
    isHarmless(run("inspect", base).succeeds());
    Cli json = run("inspect", base, "--json").succeeds();
    isHarmless(json);
    assertTrue(
        Cli.objects(json.json().get("tensors")).stream()
            .anyMatch(tensor -> TENSOR.equals(tensor.get("name"))),
        "JSON still says what the name is");
    isHarmless(run("inspect", folder.resolve("no " + HOSTILE)));
    isHarmless(run("inspect", folder.resolve("no " + HOSTILE), "--json"));
  }

  @Test
  void modelsAreCompared() throws IOException {
    Path page = folder.resolve("page " + HOSTILE + ".html");
    isHarmless(run("diff", base, tuned, "--html", page).succeeds());
    isPlainPage(page);
    isHarmless(run("diff", base, tuned, "--json").succeeds());
  }

  @Test
  void modelsAreEdited() throws IOException {
    Path out = folder.resolve("out " + HOSTILE);
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", out, "--dry-run").succeeds());
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", out).succeeds());
    isPlainMarkdown(out.resolve("README.md"));
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", out));
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", "x", "--only", HOSTILE));
    isHarmless(run("edit", "--" + HOSTILE));
    isHarmless(run(HOSTILE));
    SmallModel.llama().with("x" + TENSOR, 1).folder(tuned);
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", "x"));
  }

  private static String yaml(String text) {
    return "\""
        + text.replace("\n", "\\n")
            .replace("\u001b", "\\e")
            .replace("\r", "\\r")
            .replace("\u009b", "\\x9b")
        + "\"";
  }

  private Path recipe(String more) throws IOException {
    return Files.writeString(
        folder.resolve("recipe.yml"),
        """
        merge_method: task_arithmetic
        base_model: %s
        models:
        - {model: %s, parameters: {weight: 1}}
        %s
        """
            .formatted(
                yaml(String.valueOf(base.getFileName())),
                yaml(String.valueOf(tuned.getFileName())),
                more));
  }

  @Test
  void modelsAreMerged() throws IOException {
    Path out = folder.resolve("merged " + HOSTILE);
    isHarmless(run("merge", recipe("lines: {alpha: auto, beta: 0.5}"), out).succeeds());
    isPlainMarkdown(out.resolve("README.md"));
    Path paths = folder.resolve("paths " + HOSTILE);
    Path recipe = recipe("path: {w: [0.1, 0.2]}\nparameters: {normalize: false, weight: w}");
    isHarmless(run("merge", recipe, paths));
  }

  @Test
  void wrongRecipesAreRefused() throws IOException {
    for (String line :
        List.of(
            yaml(HOSTILE) + ": 1",
            "merge_method: " + yaml(HOSTILE),
            "dtype: " + yaml(HOSTILE),
            "parameters: {" + yaml(HOSTILE) + ": 1}",
            "parameters: {weight: " + yaml(HOSTILE) + "}",
            "tokenizer_source: " + yaml(HOSTILE),
            "path: {" + yaml(HOSTILE) + ": [1]}")) {
      Cli merge = run("merge", recipe(line), folder.resolve("out"));
      assertTrue(merge.code() >= 2, merge.err());
      isHarmless(merge);
      isHarmless(run("merge", recipe(line), folder.resolve("out"), "--json"));
    }
  }

  @Test
  void searchesTellWhatEvaluatorsSay() throws IOException {
    Files.delete(base.resolve("tokenizer.json"));
    Files.delete(tuned.resolve("tokenizer.json"));
    Path script = folder.resolve("evaluate.sh");
    Path counter = folder.resolve("counter");
    Files.writeString(
        script,
        """
        echo x >>"$2"
        if [ "$(wc -l <"$2")" -gt 4 ]; then
          printf 'a\\033[31m\\nEVIL: yes\\r\\302\\2332J<img src=x onerror=1>\\342\\200\\256' >&2
          printf 'a\\033[31m<img src=x onerror=1>\\342\\200\\256'
          [ "$(wc -l <"$2")" -gt 5 ] && exit
          exit 3
        fi
        printf '{"new": 1, "a\\\\u001b[31m\\\\nEVIL: yes<img src=x onerror=1>\\342\\200\\256": 2}'
        """);
    Path out = folder.resolve("search " + HOSTILE);
    Object[] search = {
      "tune",
      "--base",
      base,
      "--tuned",
      tuned,
      "--out",
      out,
      "--target",
      "new",
      "--grid",
      "1, 0.5, 0",
      "--evaluate",
      "sh " + script + " {model} " + counter,
      "--layers",
      "layers\\.(\\d+)"
    };
    isHarmless(run(search).succeeds());
    isPlainPage(out.resolve("report.html"));
    assertFalse(Files.readString(out.resolve("best.yml")).contains("\u001b"));
    isHarmless(run("merge", out.resolve("best.yml"), folder.resolve("best")).succeeds());
    isHarmless(run("report", out).succeeds());
    Object[] json = java.util.Arrays.copyOf(search, search.length + 1);
    json[search.length] = "--json";
    Cli again = run(json).succeeds();
    isHarmless(again);
    assertEquals("lines-tune-1", again.json().get("format"));
    Files.writeString(script, "exit 3");
    Object[] failing = search.clone();
    failing[6] = folder.resolve("other");
    isHarmless(run(failing));
  }
}
