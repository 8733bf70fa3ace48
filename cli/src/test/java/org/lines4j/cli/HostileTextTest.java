package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
    dress(base, "");
    dress(tuned, "x");
  }

  /// Gives a folder a configuration and a card that notes and the output's card may speak of.
  private static void dress(Path model, String other) throws IOException {
    Files.writeString(
        model.resolve("config.json"),
        "{\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": %s}}"
            .formatted(json(other + HOSTILE)));
    Files.writeString(
        model.resolve("README.md"),
        """
        ---
        license: mit
        license_name: \033[31m<img src=x>
        license_link: >
          EVIL: yes
        ---
        """);
  }

  private static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars().forEach(c -> json.append("\\u%04x".formatted(c)));
    return json.append('"').toString();
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
    Cli edit = run("edit", "--base", base, "--tuned", tuned, "--out", out).succeeds();
    isHarmless(edit);
    assertTrue(edit.err().contains("rope_type is a"), edit.err());
    isPlainMarkdown(out.resolve("README.md"));
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", out));
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", "x", "--only", HOSTILE));
    isHarmless(run("edit", "--" + HOSTILE));
    isHarmless(run(HOSTILE));
    SmallModel.llama().with("x" + TENSOR, 1).folder(tuned);
    isHarmless(run("edit", "--base", base, "--tuned", tuned, "--out", out, "--force").succeeds());
    SmallModel.llama().with("model.layers.0." + TENSOR, 1).folder(tuned);
    Cli misfit = run("edit", "--base", base, "--tuned", tuned, "--out", out, "--force");
    misfit.fails(3, "only in tuned");
    isHarmless(misfit);
  }

  @Test
  void modelsAreCheckedAndConverted() throws IOException {
    isHarmless(run("check", base, tuned));
    isHarmless(run("check", base, tuned, "--json"));
    Path torch = folder.resolve("c " + HOSTILE + ".pt");
    isHarmless(run("convert", base, torch).succeeds());
    isHarmless(run("inspect", torch).succeeds());
    isHarmless(run("diff", torch, tuned).succeeds());
    isHarmless(run("convert", torch, folder.resolve("d " + HOSTILE)).succeeds());
    isPlainMarkdown(folder.resolve("d " + HOSTILE).resolve("README.md"));
    Path noted = SmallModel.llama().file(folder.resolve("noted.safetensors"));
    byte[] bytes = Files.readAllBytes(noted);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String metadata = "\"format\":\"pt\"";
    String more = metadata + "," + json(HOSTILE) + ":" + json(HOSTILE);
    int added = (more.length() - metadata.length() + 7) / 8 * 8;
    text = text.replace(metadata, more + " ".repeat(added + metadata.length() - more.length()));
    bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    bytes[0] = (byte) ((bytes[0] & 0xff) + added & 0xff);
    bytes[1] = (byte) (bytes[1] + (((Files.readAllBytes(noted)[0] & 0xff) + added) >> 8));
    Files.write(noted, bytes);
    isHarmless(run("inspect", noted).succeeds());
    Cli left = run("convert", noted, folder.resolve("left.pt")).succeeds();
    isHarmless(left);
    assertTrue(left.err().contains("EVIL"), left.err());
    isHarmless(run("edit", "--base", noted, "--tuned", noted, "--out", folder.resolve("e")));
  }

  @Test
  void adaptersAreEditedAndMerged() throws IOException {
    Path peft = Path.of("../core/src/test/resources/peft").toAbsolutePath();
    Path lora = Files.createDirectory(folder.resolve("lora " + HOSTILE));
    try (Stream<Path> files = Files.list(peft.resolve("adapters/llama_plain"))) {
      for (Path file : files.toList()) {
        Files.copy(file, lora.resolve(file.getFileName()));
      }
    }
    Path config = lora.resolve("adapter_config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("(\"base_model_name_or_path\": )[^,]*", "$1" + quoted(json(HOSTILE)))
            .replaceFirst("(\"task_type\": )[^,\n]*", "$1" + quoted(json(HOSTILE))));
    Path edited = folder.resolve("edited " + HOSTILE);
    isHarmless(run("edit", "--tuned", lora, "--out", edited).succeeds());
    isPlainMarkdown(edited.resolve("README.md"));
    Path recipe =
        Files.writeString(
            folder.resolve("lora.yml"),
            "{merge_method: task_arithmetic, base_model: %s, models: [{model: %s, parameters: {weight: 1}}]}"
                .formatted(yaml(peft.resolve("bases/llama").toString()), yaml(lora.toString())));
    Path merged = folder.resolve("merged " + HOSTILE);
    isHarmless(run("merge", recipe, merged, "--as=adapter", "--rank=2").succeeds());
    isPlainMarkdown(merged.resolve("README.md"));
    isHarmless(run("inspect", lora));
    isHarmless(run("edit", "--base", base, "--tuned", lora, "--out", "x"));
    Files.writeString(config, "{\"peft_type\": " + json(HOSTILE) + "}");
    isHarmless(run("edit", "--tuned", lora, "--out", "x"));
  }

  private static String quoted(String text) {
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  @Test
  void ggufModelsAreEdited() throws IOException {
    Path gguf = Path.of("../core/src/test/resources/gguf");
    try (Stream<Path> files = Files.walk(gguf)) {
      for (Path file : files.filter(f -> f.toString().matches(".*hostile.*\\.gguf")).toList()) {
        isHarmless(run("inspect", file));
        isHarmless(run("inspect", file, "--json"));
        isHarmless(run("edit", "--base", file, "--tuned", file, "--out", folder.resolve("g")));
      }
    }
  }

  @Test
  void stagesAreMade() throws IOException {
    Path out = folder.resolve("staged " + HOSTILE);
    Path recipe = recipe("name: st<img>");
    Files.writeString(
        recipe,
        Files.readString(recipe)
            + "---\n"
            + Files.readString(recipe)
                .replace(yaml(String.valueOf(tuned.getFileName())), "st<img>")
                .replace("name: st<img>", ""));
    isHarmless(run("merge", recipe, out, "--json").succeeds());
    isPlainMarkdown(out.resolve("README.md"));
    isHarmless(run("merge", recipe("name: " + yaml(HOSTILE)), out));
  }

  @Test
  void placesAreRefused() {
    for (String place : List.of("hf://org/", "hf://", "https://", "https://h/", "s3://", "x:")) {
      isHarmless(run("inspect", place + HOSTILE));
      isHarmless(run("inspect", place + HOSTILE, "--json"));
    }
    isHarmless(run("methods", HOSTILE));
    isHarmless(run("help", HOSTILE));
    isHarmless(run("report", HOSTILE));
    isHarmless(run("completion", HOSTILE));
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

  /// A search and a contest that come to their ends, by metrics with such names.
  @Test
  void metricsAreDrawn() throws IOException {
    Files.delete(base.resolve("tokenizer.json"));
    Files.delete(tuned.resolve("tokenizer.json"));
    String metric = "a\u001b[31m\nEVIL: yes<img src=x onerror=1>\u202e";
    Path script = folder.resolve("evaluate.sh");
    Files.writeString(
        script,
        "printf '{\"a\\\\u001b[31m\\\\n"
            + "EVIL: yes<img src=x onerror=1>\\342\\200\\256\": 0.5, \"old\": 1}'\n");
    Path out = folder.resolve("contest " + HOSTILE);
    Object[] words = {
      "tune",
      recipe(""),
      "--out",
      out,
      "--target",
      metric,
      "--control",
      "old",
      "--json",
      "--search",
      "method",
      "--methods",
      "task_arithmetic,ties",
      "--budget",
      "3",
      "--evaluate",
      "sh " + script + " {model}",
      "--layers",
      "layers\\.(\\d+)",
      "--progress=json"
    };
    Cli run = run(words).succeeds();
    isHarmless(run);
    assertEquals("lines-contest-1", run.json().get("format"));
    isPlainPage(out.resolve("report.html"));
    isPlainPage(out.resolve("ties").resolve("report.html"));
    isHarmless(run("report", out).succeeds());
    for (String line : Files.readAllLines(out.resolve("ties").resolve("trials.jsonl"))) {
      assertTrue(line.startsWith("{") && line.endsWith("}"), line);
    }
    words[8] = "--quiet";
    isHarmless(run(words).succeeds());
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
