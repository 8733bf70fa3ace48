package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeCommandTest {
  private static final SmallModel BASE = SmallModel.llama();
  private static final String LAST = "model.layers.2.mlp.weight";
  private static final String FIRST = "model.layers.0.mlp.weight";
  private static final String TASKS =
      """
      merge_method: task_arithmetic
      base_model: base.safetensors
      models:
      - {model: a.safetensors, parameters: {weight: %s}}
      - {model: b.safetensors, parameters: {weight: %s}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeModels() throws IOException {
    BASE.file(folder.resolve("base.safetensors"));
    BASE.plus(1).file(folder.resolve("a.safetensors"));
    BASE.plus(-0.5f).file(folder.resolve("b.safetensors"));
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yml"), text);
  }

  private Path out() {
    return folder.resolve("out.safetensors");
  }

  private static float[] shifted(String name, float delta) {
    float[] values = BASE.values(name).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += delta;
    }
    return values;
  }

  @Test
  void modelsAreMergedRelativeToTheRecipe() throws IOException {
    run("merge", recipe(TASKS.formatted("1", "0.5")), out(), "--quiet").succeeds();
    assertArrayEquals(shifted(LAST, 0.75f), tensor(out(), LAST));
  }

  /// Nobody knows how deep its layers lie, nor what number a slice would give them.
  @Test
  void partsOfModelsAreNotMergedByDepth() throws IOException {
    String part = "a-00002-of-00003.safetensors";
    BASE.plus(1).file(folder.resolve(part));
    String refusal = "one of the 3 parts of a model";
    String tasks = TASKS.replace("a.safetensors", part);
    run("merge", recipe(tasks.formatted("[0, 1]", "1")), out(), "--quiet").fails(3, refusal, part);
    run(
            "merge",
            recipe(
                "merge_method: passthrough\nslices: [{sources: [{model: %s, layer_range: [0, 2]}]}]"
                    .formatted(part)),
            out())
        .fails(3, refusal);
    run("merge", recipe(tasks.formatted("1", "1")), out(), "--quiet").succeeds();
  }

  @Test
  void depthScalingIsReportedWithTheAlphaThatWasMeasured() throws IOException {
    Path recipe = recipe(TASKS.formatted("1", "1") + "lines: {alpha: auto, beta: 1}");
    Map<String, @Nullable Object> json =
        run("merge", recipe, out(), "--json", "--quiet").succeeds().json();
    assertEquals(0.5, json.get("alpha"), "half of the two models' sum over itself");
    assertEquals(1.0, json.get("beta"));
    for (String key : List.of("out", "tensors", "seconds", "bytes_read", "bytes_written")) {
      assertTrue(json.containsKey(key), key);
    }
    assertArrayEquals(shifted(FIRST, 0.25f), tensor(out(), FIRST));
    assertArrayEquals(shifted(LAST, 0.75f), tensor(out(), LAST));
  }

  @Test
  void aDryRunShowsThePassesAndWritesNothing() throws IOException {
    Cli plain = run("merge", recipe(TASKS.formatted("1", "1")), out(), "--dry-run").succeeds();
    assertTrue(plain.out().contains("seconds at 1 GB/s"), plain.out());
    assertTrue(plain.lines().getLast().startsWith("write "), plain.out());
    Path recipe = recipe(TASKS.formatted("1", "1") + "lines: {alpha: auto, beta: 1}");
    Cli shown = run("merge", recipe, out(), "--dry-run").succeeds();
    assertTrue(shown.lines().get(shown.lines().size() - 2).startsWith("norms for α"), shown.out());
    Map<String, @Nullable Object> json =
        run("merge", recipe, out(), "--dry-run", "--json").succeeds().json();
    assertEquals(2, objects(json.get("passes")).size());
    assertFalse(Files.exists(out()));
  }

  @Test
  void aPathMakesAnOutputForEachValue() throws IOException {
    Path recipe = recipe(TASKS.formatted("w", "1 - w") + "path: {w: [0, 0.5 ... 1]}");
    Map<String, @Nullable Object> json =
        run("merge", recipe, folder.resolve("soup"), "--json", "--quiet").succeeds().json();
    assertEquals(3, objects(json.get("outputs")).size());
    Path half = folder.resolve("soup/w=0.5/model.safetensors");
    assertArrayEquals(shifted(LAST, 0.25f), tensor(half, LAST));
    Cli files = run("merge", recipe, out(), "--quiet").succeeds();
    assertArrayEquals(
        shifted(LAST, 1), tensor(folder.resolve("out-w=1.safetensors"), LAST), "one file each");
    assertEquals(1, files.lines().stream().filter(line -> line.startsWith("stack ")).count());
  }

  @Test
  void whatDoesNotFitIsKeptAsOneModelHasItIfThatIsAskedFor() throws IOException {
    BASE.with("extra", 5).with("buffer", 6).file(folder.resolve("base.safetensors"));
    BASE.plus(1)
        .with("buffer", 7)
        .with("lm_head.weight", 1, 2, 3)
        .with("head.bias", 9)
        .file(folder.resolve("a.safetensors"));
    Path recipe = recipe(TASKS.formatted("1", "1") + "lines: {alpha: 0.5, beta: 0.5}");
    run("merge", recipe, out())
        .fails(
            3,
            "4 of 9 tensors differ",
            "--on-mismatch base or tuned",
            "extra: missing in a.safetensors, b.safetensors",
            "buffer: missing in b.safetensors",
            "head.bias: missing in b.safetensors, base.safetensors",
            "lm_head.weight: a.safetensors has F32 [3], b.safetensors has F32 [4]");
    Cli base = run("merge", recipe, out(), "--on-mismatch", "base").succeeds();
    assertTrue(
        base.err().contains("note: buffer: missing in b.safetensors; the output is as base.safet"),
        base.err());
    assertTrue(
        base.err().contains("head.bias: missing in b.safetensors, base.safetensors; left out"),
        base.err());
    assertArrayEquals(new float[] {5}, tensor(out(), "extra"));
    assertArrayEquals(new float[] {6}, tensor(out(), "buffer"));
    assertArrayEquals(BASE.values("lm_head.weight"), tensor(out(), "lm_head.weight"));
    assertArrayEquals(shifted(LAST, 0.5f), tensor(out(), LAST));
    Cli tuned = run("merge", recipe, out(), "--on-mismatch", "tuned", "--force").succeeds();
    assertTrue(tuned.err().contains("extra: missing in a.safetensors, b.safetensors; left out"));
    assertArrayEquals(new float[] {7}, tensor(out(), "buffer"));
    assertArrayEquals(new float[] {9}, tensor(out(), "head.bias"));
    assertArrayEquals(new float[] {1, 2, 3}, tensor(out(), "lm_head.weight"));
    assertArrayEquals(shifted(LAST, 0.5f), tensor(out(), LAST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"task_arithmetic", "ties", "dare_ties", "breadcrumbs", "della", "arcee_fusion"})
  void tensorsOfMergesThatAreNotFiniteAreNamed(String method) throws IOException {
    BASE.plus(1).with(FIRST, Float.NaN, 1).file(folder.resolve("a.safetensors"));
    Path recipe =
        recipe(
            """
            merge_method: %s
            base_model: base.safetensors
            models:
            - model: a.safetensors
            """
                .formatted(
                    method + (method.equals("arcee_fusion") ? "" : "\nparameters: {weight: 1}")));
    Cli run = run("merge", recipe, out(), "--json").succeeds();
    assertTrue(run.err().contains("note: " + FIRST + ": "), run.err());
    assertEquals(FIRST, objects(run.json().get("not_finite")).getFirst().get("name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "tuned"})
  void aMergeThatWouldMergeNothingIsAnError(String kept) throws IOException {
    new SmallModel(Map.of("other.weight", new float[] {1})).file(folder.resolve("a.safetensors"));
    Path recipe = recipe(TASKS.formatted("1", "1"));
    run("merge", recipe, out(), "--on-mismatch", kept)
        .fails(3, "nothing would be scaled or merged", recipe.getFileName().toString());
  }

  @Test
  void aMergeInWhichNothingCountsSaysSo() throws IOException {
    Cli none = run("merge", recipe(TASKS.formatted("0", "0")), out(), "--dry-run").succeeds();
    assertTrue(none.err().contains("note: every weight is 0"), none.err());
    Cli some = run("merge", recipe(TASKS.formatted("0", "1")), out(), "--dry-run").succeeds();
    assertFalse(some.err().contains("is 0"), some.err());
    String ties = "merge_method: ties\nparameters: {density: 0}\n";
    Path sparse = recipe(TASKS.formatted("1", "1").replaceFirst("merge_method: .*\n", ties));
    Cli thin = run("merge", sparse, out(), "--dry-run").succeeds();
    assertTrue(thin.err().contains("note: every density is 0"), thin.err());
    Path scaled = recipe(TASKS.formatted("1", "1") + "parameters: {lambda: 0}\n");
    Cli zero = run("merge", scaled, out(), "--dry-run").succeeds();
    assertTrue(zero.err().contains("note: lambda is 0 everywhere"), zero.err());
  }

  @Test
  void aModelThatIsGivenTwiceIsNoted() throws IOException {
    String twice = TASKS.formatted("1", "1");
    Cli plain = run("merge", recipe(twice), out(), "--dry-run").succeeds();
    assertFalse(plain.err().contains("given again"), plain.err());
    Path recipe = recipe(twice.replace("b.safetensors", "a.safetensors"));
    Cli run = run("merge", recipe, out(), "--dry-run").succeeds();
    assertTrue(run.err().contains("a.safetensors is given again"), run.err());
  }

  @Test
  void anAdapterAmongModelsIsCalledWhatItIs() throws IOException {
    Path lora = folder.resolve("a.safetensors");
    new SmallModel(Map.of("l.0.q_proj.lora_A.weight", new float[] {1})).file(lora);
    Path recipe = recipe(TASKS.formatted("1", "1"));
    run("merge", recipe, out()).fails(3, lora + ": a LoRA adapter of peft (1 of 1 tensors");
    run("merge", recipe, out(), "--on-mismatch=base").fails(3, "a LoRA adapter of peft");
  }

  @Test
  void aQuantisedModelIsRefusedUnderEveryOption() throws IOException {
    Path codes = folder.resolve("a.safetensors");
    BASE.with("lm_head.weight.absmax", 1).file(codes);
    Path recipe = recipe(TASKS.formatted("1", "1"));
    for (String[] options :
        new String[][] {{}, {"--on-mismatch=base"}, {"--on-mismatch=tuned", "--dry-run"}}) {
      Object[] words =
          Stream.concat(Stream.of("merge", recipe, out()), Stream.of(options)).toArray();
      run(words).fails(3, codes + ": quantised by bitsandbytes-4bit", "dequantise");
    }
  }

  @Test
  void aPathShowsOneTableOnce() throws IOException {
    Path recipe = recipe(TASKS.formatted("w", "1 - w") + "path: {w: [0.25, 0.5, 0.75]}");
    for (String option : List.of("--dry-run", "--quiet")) {
      List<String> shown = run("merge", recipe, folder.resolve("soup"), option).succeeds().lines();
      assertEquals(1, shown.stream().filter(line -> line.contains("lambda")).count());
      assertEquals(2, shown.stream().filter("as above"::equals).count());
    }
  }

  @Test
  void aPathThatWasInterruptedGoesOn() throws IOException {
    Path recipe = recipe(TASKS.formatted("w", "1 - w") + "path: {w: [0, 0.5, 1]}");
    Path soup = folder.resolve("soup");
    Cli made = run("merge", recipe, soup).succeeds();
    assertTrue(made.lines().contains(soup.resolve("w=0.5").toAbsolutePath() + ":"), made.out());
    Path half = soup.resolve("w=0.5/model.safetensors");
    Files.delete(half);
    Files.delete(soup.resolve("w=0.5/README.md"));
    FileTime kept = Files.getLastModifiedTime(soup.resolve("w=0/model.safetensors"));
    run("merge", recipe, soup).fails(2, "w=0: exists already", "--skip-existing keeps it");
    Map<String, @Nullable Object> json =
        run("merge", recipe, soup, "--skip-existing", "--json", "--quiet").succeeds().json();
    assertEquals(1, objects(json.get("outputs")).size());
    assertEquals(
        List.of(soup.resolve("w=0").toString(), soup.resolve("w=1").toString()), json.get("kept"));
    assertArrayEquals(shifted(LAST, 0.25f), tensor(half, LAST));
    assertEquals(kept, Files.getLastModifiedTime(soup.resolve("w=0/model.safetensors")));
    Cli all = run("merge", recipe, soup, "--skip-existing").succeeds();
    assertTrue(
        all.err().contains("w=1 is there already and stays, whatever recipe made it"), all.err());
    run("merge", recipe, soup, "--skip-existing", "--force").fails(2, "not both");
    Files.writeString(soup.resolve("w=1/model.safetensors"), "cut");
    run("merge", recipe, soup, "--skip-existing")
        .fails(
            2, "w=1: is there, but not as a model to keep", "remove it", "model.safetensors: not");
  }

  @Test
  void anOutputThatIsThereIsKeptIfThatIsAskedFor() throws IOException {
    Path recipe = recipe(TASKS.formatted("1", "1"));
    run("merge", recipe, out()).succeeds();
    Map<String, @Nullable Object> json =
        run("merge", recipe, out(), "--skip-existing", "--json", "--quiet").succeeds().json();
    assertEquals(Map.of("out", out().toString(), "kept", true), json);
    run("merge", recipe, folder.resolve("a.safetensors"), "--skip-existing")
        .fails(2, "a.safetensors: is or holds the input");
  }

  @Test
  void nothingIsMadeIfOneOutputOfAPathCannotBe() throws IOException {
    Path recipe = recipe(TASKS.formatted("w", "1 - w") + "path: {w: [0, 1]}");
    Files.writeString(folder.resolve("out-w=1.safetensors"), "mine");
    run("merge", recipe, out()).fails(2, "out-w=1.safetensors", "--force");
    assertFalse(Files.exists(folder.resolve("out-w=0.safetensors")));
  }

  @Test
  void mistakesInTheRecipeAreTheCommandLinesAndMissingModelsTheInputs() throws IOException {
    run("merge", recipe("merge_method: tise\nmodels: [{model: a.safetensors}]"), out())
        .fails(2, "recipe.yml", "did you mean 'ties'?");
    run("merge", recipe("merge_method: karcher\nmodels: [{model: x}]"), out())
        .fails(3, "there is no such model");
    run("merge", folder.resolve("none.yml"), out()).fails(2, "there is no such recipe");
    run("merge", "https://host/x.yml", out()).fails(2, "fetch the file first");
  }

  @Test
  void theSameSeedMakesTheSameBytes() throws IOException {
    Path recipe =
        recipe(
            TASKS
                .formatted("1", "1")
                .replace("task_arithmetic", "dare_linear")
                .concat("parameters: {density: 0.5}"));
    Path again = folder.resolve("again.safetensors");
    run("merge", recipe, out(), "--seed", 7, "--quiet").succeeds();
    run("merge", recipe, again, "--seed", 7, "--threads", 1, "--quiet").succeeds();
    assertEquals(-1, Files.mismatch(out(), again));
  }

  @Test
  void methodsAreListedAndExplained() {
    Cli list = run("methods").succeeds();
    assertTrue(list.lines().size() > 20, list.out());
    Cli ties = run("methods", "ties").succeeds();
    for (String word : List.of("arXiv 2306.01708", "density", "trim_scope", "each model")) {
      assertTrue(ties.out().contains(word), word);
    }
    assertEquals("ties", run("methods", "ties", "--json").succeeds().json().get("name"));
    assertTrue(objects(run("methods", "--json").succeeds().json().get("methods")).size() > 20);
    run("methods", "tise").fails(2, "did you mean 'ties'?");
  }

  /// A recipe, not what it names.
  @Test
  void whatIsNoRecipeIsToldWithWhatToName() throws IOException {
    run("merge", folder, out())
        .fails(2, "is a folder, not a recipe; name the YAML file that says which models to merge");
    Path weights = SmallModel.llama().file(folder.resolve("weights.safetensors"));
    run("merge", weights, out()).fails(2, "weights.safetensors: ", "name the YAML file");
  }

  @Test
  void anInterpolationThatGoesPastItsModelsSaysSo() throws IOException {
    String slerp =
        """
        merge_method: slerp
        base_model: a.safetensors
        models:
          - model: b.safetensors
        parameters: {t: %s}
        """;
    for (String within : List.of("0", "0.5", "1", "[0, 1]")) {
      Cli run = run("merge", recipe(slerp.formatted(within)), out(), "--dry-run").succeeds();
      assertFalse(run.err().contains("lies beyond"), run.err());
    }
    Cli far = run("merge", recipe(slerp.formatted("5")), out(), "--dry-run").succeeds();
    assertTrue(far.err().contains("note: t is 5.0, where 0 is the base"), far.err());
    Cli graded = run("merge", recipe(slerp.formatted("[-1, 2]")), out(), "--dry-run").succeeds();
    assertTrue(graded.err().contains("note: t is between -1.0 and 2.0 in places"), graded.err());
  }

  @Test
  void aShareOfNothingSaysSo() throws IOException {
    String sce =
        """
        merge_method: sce
        base_model: base.safetensors
        models:
          - model: a.safetensors
          - model: b.safetensors
        parameters: {select_topk: %s}
        """;
    Cli none = run("merge", recipe(sce.formatted("0")), out(), "--dry-run").succeeds();
    assertTrue(none.err().contains("note: every select_topk is 0"), none.err());
    Cli some = run("merge", recipe(sce.formatted("0.5")), out(), "--dry-run").succeeds();
    assertFalse(some.err().contains("is 0"), some.err());
  }

  @Test
  void weightsThatCancelEachOtherAreToldWithWhatToDo() throws IOException {
    String mean =
        """
        merge_method: linear
        models:
          - {model: a.safetensors, parameters: {weight: 1}}
          - {model: b.safetensors, parameters: {weight: -1}}
        """;
    run("merge", recipe(mean), out()).fails(2, "should not sum to 0", "normalize: false");
    run("merge", recipe(mean + "parameters: {normalize: false}\n"), out()).succeeds();
  }
}
