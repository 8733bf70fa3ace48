package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS) // the evaluator is a shell script
class TuneCommandTest {
  /// The tuned model adds 1 everywhere: what the layers' first numbers have more than the base's,
  /// 1, 2 and 3, is λ. Deep layers matter for the new task, shallow ones for the old.
  static final String EVALUATOR =
      """
      file=$1
      [ ! -d "$file" ] || file=$file/model.safetensors
      n=$(od -An -t u8 -N 8 "$file" | tr -d ' ')
      od -An -v -w4 -t f4 -j $((8 + n)) "$file" | awk '
        NR == 5 { a = $1 - 1 } NR == 7 { b = $1 - 2 } NR == 9 { c = $1 - 3 }
        END {
          printf "{\\"new\\": %.9g, \\"old\\": %.9g}\\n",
            0.9 - 0.1 * (1 - a) ^ 2 - 0.2 * (1 - b) ^ 2 - 0.4 * (1 - c) ^ 2,
            0.8 - 0.4 * a ^ 2 - 0.1 * b ^ 2 - 0.05 * c ^ 2
        }'
      """;

  /// A loss of 0.1 where the first layer is the base's and the last one and the head are the tuned
  /// model's: LiNeS with `outside: depth`.
  static final String DEPTH_OUTSIDE =
      """
      file=$1
      [ ! -d "$file" ] || file=$file/model.safetensors
      n=$(od -An -t u8 -N 8 "$file" | tr -d ' ')
      od -An -v -w4 -t f4 -j $((8 + n)) "$file" | awk '
        NR == 5 { a = $1 - 1 } NR == 9 { c = $1 - 3 } NR == 13 { d = $1 - 0.25 }
        END { printf "{\\"loss\\": %.9g}\\n", 0.1 + a ^ 2 + (1 - c) ^ 2 + (1 - d) ^ 2 }'
      """;

  @TempDir private Path folder;
  private Path base;
  private Path tuned;
  private Path script;

  @BeforeEach
  void makeModels() throws IOException {
    base = SmallModel.llama().file(folder.resolve("base.safetensors"));
    tuned = SmallModel.llama().plus(1).file(folder.resolve("tuned.safetensors"));
    script = folder.resolve("an evaluator.sh");
    Files.writeString(script, EVALUATOR);
  }

  private Cli tune(String... more) {
    List<String> words = new ArrayList<>(List.of("tune"));
    words.addAll(List.of("--base", base.toString(), "--tuned", tuned.toString()));
    words.addAll(List.of("--evaluate", "sh '" + script + "' {model}"));
    words.addAll(List.of("--out", folder.resolve("out").toString()));
    words.addAll(List.of(more));
    return run(words.toArray());
  }

  /// What may be meant depends on what was typed.
  @ParameterizedTest
  @CsvSource({
    "hf.co/org/name, a model of the Hugging Face hub is named org/name",
    "org/name:Q4_K_M, a file of a model of the Hugging Face hub is named hf://org/name/FILE",
    "file:/models/base, name the path alone: /models/base",
    "gpt2, the Hugging Face hub names it with its owner: openai-community/gpt2"
  })
  void aModelThatIsNotThereGetsTheAdviceThatEditGives(String name, String advice) {
    String out = folder.resolve("out").toString();
    String[] words = {"tune", "--evaluate", "sh x {model}", "--target", "a", "--out", out};
    run((Object[]) with(words, "--base", name, "--tuned", tuned.toString())).fails(3, advice);
    run((Object[]) with(words, "--base", base.toString(), "--tuned", name)).fails(3, advice);
  }

  private static final String[] METRICS = {"--target", "new", "--control", "old"};
  private static final String[] PAPER = with(METRICS, "--outside", "alpha");

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  /// What the message says to give is there to be given.
  @ParameterizedTest
  @CsvSource({"tuned, score.weight", "base, lm_head.weight"})
  void aHeadOfOneModelAloneIsKeptAsTheAdviceSays(String whose, String kept) throws IOException {
    SmallModel.llama().plus(1).without("lm_head.weight").with("score.weight", 5, 6).file(tuned);

    tune(PAPER).fails(3, "score.weight", "--on-mismatch base or tuned says whose to keep");

    tune(with(PAPER, "--on-mismatch", whose)).succeeds();
    String best = Files.readString(folder.resolve("out/best.yml"));
    assertTrue(best.contains("by this recipe with on-mismatch " + whose), best);
    Path merged = folder.resolve("merged.safetensors");
    run("merge", folder.resolve("out/best.yml"), merged, "--on-mismatch", whose).succeeds();
    assertTrue(Cli.run("inspect", merged).succeeds().out().contains(kept));
  }

  /// No program opens `FILE#KEY`.
  @Test
  void oneOfSeveralModelsInAFileIsMeasuredAsAFile() throws IOException {
    Path timm =
        Path.of("..", "core", "src", "test", "resources", "torch", "ok", "timm_checkpoint")
            .resolve("model_best.pth.tar");
    Path first = folder.resolve("base.pth");
    run("convert", timm + "#state_dict", first).succeeds();
    Path checks = folder.resolve("checks.sh");
    Files.writeString(checks, "test -f \"$1\" && echo '{\"new\": 1}'");
    Path rules = Files.writeString(folder.resolve("rules.txt"), ". all 1\n");
    run(
            "tune",
            "--base",
            first,
            "--tuned",
            timm + "#state_dict_ema",
            "--evaluate",
            "sh '" + checks + "' {model}",
            "--target",
            "new",
            "--out",
            folder.resolve("out"),
            "--grid",
            "0.5",
            "--rules",
            rules)
        .succeeds();
  }

  /// Names that only the user knows to be the same are measured and reported.
  @Test
  void tensorsMayBeRenamed() throws IOException {
    SmallModel other = new SmallModel(new LinkedHashMap<>());
    for (Map.Entry<String, float[]> tensor : SmallModel.llama().plus(1).tensors().entrySet()) {
      other = other.with(tensor.getKey().replace("mlp", "feed"), tensor.getValue());
    }
    other.file(tuned);
    String[] rename = {"--rename", "feed=mlp"};

    tune(PAPER).fails(3, "6 of 9 tensors");

    tune(with(PAPER, rename)).succeeds();
    String best = Files.readString(folder.resolve("out/best.yml"));
    assertTrue(best.contains("by this recipe with rename 'feed=mlp'"), best);
  }

  @Test
  void linesIsTriedBothWaysOutsideTheLayersUnlessToldOtherwise() {
    Cli both = tune(with(METRICS, "--dry-run")).succeeds();
    assertTrue(both.out().contains("lines outside:depth γ 0.5"), both.out());
    Cli one = tune(with(PAPER, "--dry-run")).succeeds();
    assertFalse(one.out().contains("outside:depth"), one.out());
    Cli other = tune(with(METRICS, "--dry-run", "--outside", "depth")).succeeds();
    assertFalse(other.out().contains("lines γ 0.5"), other.out());
  }

  /// Of LiNeS both ways outside the layers, the better one is what the gain is of.
  @Test
  void theTableOfMethodsShowsTheScoresThatTheGainIsOf() throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("r.yml"),
            """
            merge_method: task_arithmetic
            base_model: base.safetensors
            models:
            - {model: tuned.safetensors, parameters: {weight: 0.5}}
            - {model: other.safetensors, parameters: {weight: 0.5}}
            lines: {alpha: 0, beta: 1}
            """);
    SmallModel.llama().plus(1).file(folder.resolve("other.safetensors"));
    Files.writeString(script, DEPTH_OUTSIDE);
    Cli tune =
        run(
                "tune",
                recipe,
                "--evaluate",
                "sh '" + script + "' {model}",
                "--target",
                "loss:min",
                "--objective",
                "loss",
                "--search",
                "method",
                "--methods",
                "task_arithmetic,ties",
                "--outside",
                "both",
                "--budget",
                "4",
                "--out",
                folder.resolve("out"))
            .succeeds();
    String[] row =
        tune.out()
            .lines()
            .filter(line -> line.startsWith("task_arithmetic "))
            .findFirst()
            .orElseThrow()
            .split(" {2,}", -1);
    double lines = Double.parseDouble(row[3]);
    assertTrue(row[1].startsWith("lines outside:depth"), tune.out());
    assertEquals(Double.parseDouble(row[2]), lines, tune.out());
    assertEquals(Double.parseDouble(row[5]), lines - Double.parseDouble(row[4]), 1e-4, tune.out());
  }

  @Test
  void methodsAndTheirNumbersAreSearched() throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("r.yml"),
            """
            merge_method: task_arithmetic
            base_model: base.safetensors
            models:
            - {model: tuned.safetensors, parameters: {weight: 1}}
            - {model: other.safetensors, parameters: {weight: 1}}
            """);
    SmallModel.llama().plus(-0.5f).file(folder.resolve("other.safetensors"));
    Object[] words = {
      "tune",
      recipe,
      "--evaluate",
      "sh '" + script + "' {model}",
      "--target",
      "new,old",
      "--search",
      "weights,density=0.2..0.8,method",
      "--methods",
      "task_arithmetic,ties",
      "--out",
      folder.resolve("out")
    };
    run(words).fails(2, "methods are compared with as many evaluations each; give --budget");
    Object[] budget =
        Stream.concat(Stream.of(words), Stream.of("--budget", "4", "--repeats", "2")).toArray();

    Cli shown = run(Stream.concat(Stream.of(budget), Stream.of("--dry-run")).toArray()).succeeds();
    assertTrue(shown.out().contains("weight of other.safetensors, density"), shown.out());
    Cli tune = run(budget).succeeds();

    assertTrue(tune.out().contains("The best method is "), tune.out());
    assertTrue(Files.readString(folder.resolve("out/report.html")).contains("lines-contest-1"));
    assertTrue(Files.readString(folder.resolve("out/ties/report.html")).contains("lines-tune-1"));
    run("report", folder.resolve("out")).succeeds();
    run("merge", folder.resolve("out/best.yml"), folder.resolve("best.safetensors")).succeeds();
    run(
            words[0],
            recipe,
            "--evaluate",
            "true {model}",
            "--target",
            "new",
            "--budget",
            "4",
            "--search",
            "densty",
            "--out",
            folder.resolve("other"))
        .fails(2, "task_arithmetic takes no number called 'densty'");
    run(
            words[0],
            recipe,
            "--evaluate",
            "true {model}",
            "--target",
            "new",
            "--fractions",
            "0.5,1",
            "--out",
            folder.resolve("other"))
        .fails(2, "put {fraction} where it goes");
  }

  @Test
  void theBestIsWrittenAndTheVerdictSaid() throws IOException {
    Cli tune = tune(PAPER).succeeds();

    assertTrue(tune.out().contains("LiNeS pays here, by "), tune.out());
    assertTrue(tune.err().contains("[23/23] uniform λ 0: new "), tune.err());
    assertTrue(tune.err().contains("left)"), tune.err());
    Path out = folder.resolve("out");
    String page = Files.readString(out.resolve("report.html"));
    assertTrue(page.contains("lines-tune-1"), "the page holds the results");

    run("merge", out.resolve("best.yml"), folder.resolve("best.safetensors")).succeeds();
    float last = Cli.tensor(folder.resolve("best.safetensors"), "model.layers.2.mlp.weight")[0];
    assertEquals(4, last, "LiNeS keeps the last layer's change whole");
  }

  @Test
  void jsonIsTheResultsAndNothingElse() throws IOException {
    Cli tune = tune(with(PAPER, "--json", "--quiet", "--grid", "1, 0.2")).succeeds();

    assertEquals("", tune.err());
    Map<String, @Nullable Object> results = tune.json();
    assertEquals(Files.readString(folder.resolve("out/results.json")), tune.out());
    assertEquals(
        List.of("lines", "uniform"),
        Cli.objects(results.get("profiles")).stream().map(p -> p.get("profile")).toList());
  }

  @Test
  void aDryRunListsTheCandidatesAndMakesNone() {
    Cli dry = tune(with(PAPER, "--dry-run", "--profiles", "step")).succeeds();
    assertEquals(1 + 33, dry.lines().size(), dry.out());
    assertTrue(dry.err().contains("at most 33 models would be measured"), dry.err());
    assertFalse(Files.exists(folder.resolve("out")));

    Cli json = tune(with(PAPER, "--dry-run", "--json", "--grid", "0.5, 0.6, ..., 0.9")).succeeds();
    assertEquals(12L, json.json().get("most_trials"));
  }

  @Test
  void recipesAreTunedOverTheirPath() throws IOException {
    SmallModel.llama().plus(-1).file(folder.resolve("other.safetensors"));
    Path recipe = folder.resolve("recipe.yml");
    Files.writeString(
        recipe,
        """
        merge_method: ties
        base_model: base.safetensors
        models: [{model: tuned.safetensors}, {model: other.safetensors}]
        parameters: {density: 1}
        lines: {alpha: 0.5, beta: b}
        path: {b: [0.5, 1]}
        """);
    Cli tune =
        run(
                "tune",
                recipe,
                "--evaluate",
                "sh '" + script + "' {model}",
                "--target",
                "new,old",
                "--out",
                folder.resolve("out"),
                "--json",
                "--quiet")
            .succeeds();
    assertEquals(
        List.of("base", "tuned.safetensors", "other.safetensors"),
        Cli.objects(tune.json().get("models")).stream().map(p -> p.get("label")).toList());
    assertEquals(
        List.of(List.of(0.5), List.of(1.0)),
        Cli.objects(Cli.objects(tune.json().get("profiles")).getFirst().get("trials")).stream()
            .map(trial -> trial.get("numbers"))
            .toList());
  }

  @Test
  void modelFoldersAreMadeAndTakeTheTunedModelsTokenizerAlong() throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    Path to = Files.createDirectories(folder.resolve("to"));
    SmallModel.llama().file(from.resolve("model.safetensors"));
    SmallModel.llama().plus(1).file(to.resolve("model.safetensors"));
    Files.writeString(from.resolve("config.json"), "{\"model_type\": \"llama\"}");
    String tokenizer =
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": []},"
            + " \"added_tokens\": []}";
    Files.writeString(from.resolve("tokenizer.json"), tokenizer);
    Files.writeString(to.resolve("tokenizer.json"), tokenizer);
    String config = "{\"chat_template\": \"the tuned model's\"}";
    Files.writeString(to.resolve("tokenizer_config.json"), config);
    Files.writeString(
        script,
        "[ \"$1\" = '%s' ] || grep tuned \"$1/tokenizer_config.json\" || exit 9\n%s"
            .formatted(from, EVALUATOR));
    base = from;
    tuned = to;

    tune(with(PAPER, "--grid", "0.5")).succeeds();

    Path out = folder.resolve("merged");
    run("merge", folder.resolve("out/best.yml"), out).succeeds();
    assertEquals(config, Files.readString(out.resolve("tokenizer_config.json")));
  }

  @Test
  void reportDrawsThePageAgain() throws IOException {
    tune(with(PAPER, "--grid", "1, 0.2")).succeeds();
    Path page = folder.resolve("out/report.html");
    String first = Files.readString(page);
    Files.delete(page);

    run("report", folder.resolve("out")).succeeds();

    assertEquals(first, Files.readString(page));
    run("report", folder).fails(2, "results.json", "there is no such file");
    Files.writeString(folder.resolve("out/results.json"), "{\"format\": \"other\"}");
    run("report", folder.resolve("out")).fails(3, "format should be lines-tune-1, found other");
  }

  @Test
  void aLossThatWasNotDeclaredIsNoted() {
    Cli planned = tune("--target", "new", "--control", "old_loss", "--dry-run").succeeds();
    assertTrue(planned.err().contains("note: higher is taken to be better for old_loss"));
  }

  @Test
  void wrongRequestsAreRefusedBeforeAnythingIsMade() {
    run("tune", "--evaluate", "x {model}", "--target", "a", "--out", folder.resolve("out"))
        .fails(2, "give either a recipe, or --base and --tuned");
    tune("--target", "new", "--target", "old")
        .fails(2, "'--target' (METRIC[,..]) should be specified only once; commas join several");
    tune("--target", "new", "--objective", "paper").fails(2, "needs control metrics");
    tune("--target", "new", "--objective", "2 **").fails(2, "objective '2 **'");
    tune(with(PAPER, "--grid", "0, 0.3, ..., 1")).fails(2, "do not lead from 0.3 to 1");
    tune(with(PAPER, "--grid", "1", "--budget", "9")).fails(2, "give one of them");
    tune(with(PAPER, "--range", "0,1")).fails(2, "give both");
    tune(with(PAPER, "--search", "alpha-beta")).fails(2, "takes a budget");
    tune(with(PAPER, "--profiles", "cubic")).fails(2, "reverse, quadratic, sqrt or step");
    tune(with(PAPER, "--timeout", "1 day")).fails(2, "90s, 20m or 2h");
    tune(with(PAPER, "--evaluate", "sh eval.sh")).fails(2, "as {model}");
    tune(with(PAPER, "--evaluate", "perplexty:a.txt")).fails(2, "evaluator called 'perplexty'");
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void aProgramThatIsNotThereAndModelsThatDoNotFitAreRefused() throws IOException {
    script = folder.resolve("nowhere.sh");
    tune(with(PAPER, "--quiet")).fails(1, "the model base", "exit code");
    SmallModel.llama().without("model.norm.weight").file(tuned);
    tune(PAPER).fails(3, "model.norm.weight");
  }

  @Test
  void aReportIsDrawnOfAFolderOrOfItsResults() throws IOException {
    Path file = Files.writeString(folder.resolve("results.json"), "{}");
    run("report", file).fails(3, "format should be lines-tune-1");
    Path other = Files.writeString(folder.resolve("other.json"), "{}");
    run("report", other).fails(2, "other.json: is a file; name the folder");
  }
}
