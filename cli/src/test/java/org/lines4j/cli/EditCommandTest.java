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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.Checkpoint;

class EditCommandTest {
  private static final SmallModel BASE = SmallModel.llama();
  private static final SmallModel TUNED = BASE.plus(0.5f);

  @TempDir private Path folder;
  private Path base = Path.of("");
  private Path tuned = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void writeModels() throws IOException {
    base = BASE.file(folder.resolve("base.safetensors"));
    tuned = TUNED.file(folder.resolve("tuned.safetensors"));
    out = folder.resolve("out.safetensors");
  }

  private Cli edit(Object... more) {
    return edit(base, tuned, out, more);
  }

  private static Cli edit(Path base, Path tuned, Path out, Object... more) {
    Stream<Object> inputs = Stream.of("edit", "--base", base, "--tuned", tuned, "--out", out);
    return run(Stream.concat(inputs, Stream.of(more)).toArray());
  }

  /// λ of each tensor as a dry run's JSON gives it.
  private static Map<String, @Nullable Object> lambdas(Cli run) {
    Map<String, @Nullable Object> lambdas = new LinkedHashMap<>();
    for (Map<String, @Nullable Object> tensor : objects(run.succeeds().json().get("tensors"))) {
      lambdas.put((String) Objects.requireNonNull(tensor.get("name")), tensor.get("lambda"));
    }
    return lambdas;
  }

  private Map<String, @Nullable Object> lambdasWith(Object... more) {
    Object[] args = Stream.concat(Stream.of(more), Stream.of("--dry-run", "--json")).toArray();
    return lambdas(edit(args));
  }

  private static Map<String, Object> llama(
      double before, double first, double second, double third, double norm, double head) {
    Map<String, Object> lambdas = new LinkedHashMap<>();
    lambdas.put("model.embed_tokens.weight", before);
    lambdas.put("model.layers.0.mlp.weight", first);
    lambdas.put("model.layers.1.mlp.weight", second);
    lambdas.put("model.layers.2.mlp.weight", third);
    lambdas.put("model.norm.weight", norm);
    lambdas.put("lm_head.weight", head);
    return lambdas;
  }

  @Test
  void aFileIsEditedIntoAFile() throws IOException {
    Cli run = edit("--alpha", "0.25").succeeds();
    assertArrayEquals(new float[] {1.125f, -0.375f}, tensor(out, "model.layers.0.mlp.weight"));
    assertArrayEquals(
        new float[] {2 + 0.5f * 0.625f, -0.5f + 0.5f * 0.625f},
        tensor(out, "model.layers.1.mlp.weight"));
    assertArrayEquals(
        TUNED.values("model.layers.2.mlp.weight"), tensor(out, "model.layers.2.mlp.weight"));
    assertArrayEquals(new float[] {0.375f, 8.125f, -1.875f, 0.125f}, tensor(out, "lm_head.weight"));
    assertEquals(
        List.of(
            "stack          layer  lambda  tensors",
            "(outside)     before  0.2500        1",
            "model.layers     1/3  0.2500        1",
            "model.layers     2/3  0.6250        1",
            "model.layers     3/3  1.0000        1",
            "(outside)      after  0.2500        2"),
        run.lines());
    assertTrue(run.err().startsWith("wrote " + out + ": "), run.err());
    assertEquals(1, run.err().lines().count());
  }

  @Test
  void lambdasAreShownByDepthWhateverTheOrderOfTheFile() throws IOException {
    SmallModel backwards = new SmallModel(new TreeMap<>(BASE.tensors()).descendingMap());
    Path file = backwards.file(folder.resolve("backwards.safetensors"));
    assertEquals(edit().out(), edit(file, file, folder.resolve("o.safetensors")).out());
  }

  @Test
  void aFolderIsEditedIntoAFolder() throws IOException {
    Path made = folder.resolve("made");
    edit(BASE.folder(folder.resolve("b")), TUNED.folder(folder.resolve("t")), made).succeeds();
    assertEquals(
        Set.of("config.json", "tokenizer.json", "model.safetensors", "README.md"), files(made));
    assertTrue(Files.readString(made.resolve("README.md")).contains("| model.layers | 2 of 3 |"));
    assertArrayEquals(
        TUNED.values("model.layers.2.mlp.weight"), tensor(made, "model.layers.2.mlp.weight"));
  }

  @Test
  void aShardedFolderStaysSharded() throws IOException {
    Path made = folder.resolve("made");
    edit(BASE.sharded(folder.resolve("b")), TUNED.folder(folder.resolve("t")), made).succeeds();
    assertTrue(files(made).contains("model.safetensors.index.json"));
    assertEquals(6, files(made).stream().filter(f -> f.endsWith(".safetensors")).count());
    assertArrayEquals(
        TUNED.values("model.layers.2.mlp.weight"), tensor(made, "model.layers.2.mlp.weight"));
  }

  @Test
  void shardSizeBoundsTheFiles() throws IOException {
    Path made = folder.resolve("made");
    edit(
            BASE.folder(folder.resolve("b")),
            TUNED.folder(folder.resolve("t")),
            made,
            "--shard-size=24B")
        .succeeds();
    try (Checkpoint checkpoint = Checkpoint.open(made)) {
      assertEquals(3, checkpoint.shards().size());
      assertEquals(6, checkpoint.tensors().size());
    }
  }

  @Test
  void aTunedModelThatIsTheBaseIsNoted() throws IOException {
    Path copy = Files.copy(base, folder.resolve("copy.safetensors"));
    Cli edit = run("edit", "--base", base, "--tuned", copy, "--out", out, "--json").succeeds();
    assertEquals(List.of(copy.toString()), edit.json().get("without_update"));
    assertTrue(
        edit.err()
            .contains(
                "note: "
                    + copy
                    + ": no tensor that was scaled (by a λ other than 0 and 1) or merged differs"
                    + " from the base's"));
    assertEquals(List.of(), edit("--json", "--force").json().get("without_update"));
  }

  @Test
  void jsonIsAllThatGoesToStandardOutput() {
    Cli run = edit("--json").succeeds();
    Map<String, @Nullable Object> json = run.json();
    assertEquals(
        List.of(
            "out",
            "alpha",
            "beta",
            "stacks",
            "tensors",
            "notices",
            "seconds",
            "bytes_read",
            "bytes_written",
            "not_finite",
            "without_update"),
        List.copyOf(json.keySet()));
    assertEquals(out.toString(), json.get("out"));
    assertEquals(0.1, json.get("alpha"));
    assertEquals(0.9, json.get("beta"));
    assertEquals(
        List.of("name", "stack", "layer", "lambda"),
        List.copyOf(objects(json.get("tensors")).getFirst().keySet()));
    assertTrue((Double) Objects.requireNonNull(json.get("seconds")) > 0);
    assertEquals(2 * 64L - 8, json.get("bytes_read"), "the last layer's base is not needed");
    assertEquals(out.toFile().length(), json.get("bytes_written"));
  }

  @Test
  void layersAndLambdasAreInTheJson() {
    List<Map<String, @Nullable Object>> tensors = objects(edit("--json").json().get("tensors"));
    assertEquals(
        Map.of(
            "name",
            "model.layers.1.mlp.weight",
            "stack",
            "model.layers",
            "layer",
            2L,
            "lambda",
            0.55),
        tensors.get(2));
    assertEquals("model.embed_tokens.weight", tensors.getFirst().get("name"));
    assertEquals(null, tensors.getFirst().get("layer"));
    assertEquals(0.1, tensors.getFirst().get("lambda"));
  }

  @Test
  void aDryRunShowsEveryTensorAndWritesNothing() {
    Cli run = edit("--dry-run").succeeds();
    assertEquals(
        List.of(
            "tensor                     type  shape  stack          layer  lambda",
            "model.embed_tokens.weight  F32   [4]    (outside)     before  0.1000",
            "model.layers.0.mlp.weight  F32   [2]    model.layers     1/3  0.1000",
            "model.layers.1.mlp.weight  F32   [2]    model.layers     2/3  0.5500",
            "model.layers.2.mlp.weight  F32   [2]    model.layers     3/3  1.0000",
            "model.norm.weight          F32   [2]    (outside)      after  0.1000",
            "lm_head.weight             F32   [4]    (outside)      after  0.1000",
            "pass   bytes read  memory per thread  seconds at 1 GB/s",
            "write         120            262,144                0.0"),
        run.lines());
    assertTrue(run.err().startsWith("dry run: nothing written; 6 tensors in 1 file, "), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aDryRunAsJsonSaysWhatItWouldTake() {
    Map<String, @Nullable Object> json = edit("--dry-run", "--json").succeeds().json();
    assertEquals(true, json.get("dry_run"));
    assertEquals(120L, json.get("bytes_to_read"));
    assertFalse(json.containsKey("seconds"));
    assertFalse(Files.exists(out));
  }

  @Test
  void alphaIsATenthAndBetaTheRestUnlessGiven() {
    assertEquals(llama(0.1, 0.1, 0.55, 1, 0.1, 0.1), lambdasWith());
    assertEquals(llama(0.5, 0.5, 0.75, 1, 0.5, 0.5), lambdasWith("--alpha", "0.5"));
    assertEquals(llama(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), lambdasWith("--alpha=.5", "--beta=0"));
    assertEquals(llama(1, 1, 0.75, 0.5, 1, 1), lambdasWith("--alpha=1", "--beta=-5e-1"));
  }

  @Test
  void outsideDepthGivesTheEndsWhatTheirSideSuggests() {
    assertEquals(llama(0.1, 0.1, 0.55, 1, 0.1, 0.1), lambdasWith("--outside", "alpha"));
    assertEquals(llama(0.1, 0.1, 0.55, 1, 1, 1), lambdasWith("--outside", "DEPTH"));
  }

  @Test
  void outsideLetsAModelWithoutLayersPass() throws IOException {
    Path flat = SmallModel.flat().file(folder.resolve("flat.safetensors"));
    edit(flat, flat, out).fails(3, flat.toString(), "--layers", "--rules", "--outside", "weight");
    edit(flat, flat, out, "--outside", "alpha").succeeds();
  }

  @Test
  void anEncoderDecoderCountsAsAsked() throws IOException {
    Path model = SmallModel.t5().file(folder.resolve("t5.safetensors"));
    Map<String, List<Double>> expected =
        Map.of(
            "joined", List.of(0.0, 1 / 3.0, 2 / 3.0, 1.0),
            "separate", List.of(0.0, 1.0, 0.0, 1.0),
            "decoder-only", List.of(0.0, 0.0, 0.0, 1.0));
    expected.forEach(
        (mode, lambdas) ->
            assertEquals(
                lambdas,
                Stream.of(
                        "encoder.block.0", "encoder.block.1", "decoder.block.0", "decoder.block.1")
                    .map(
                        name ->
                            lambdas(
                                    edit(
                                        model,
                                        model,
                                        out,
                                        "--alpha=0",
                                        "--stacks",
                                        mode,
                                        "--json",
                                        "--dry-run"))
                                .get(name + ".layer.0.weight"))
                    .toList(),
                mode));
  }

  @Test
  void layersOverrulesDetection() {
    assertEquals(
        llama(0, 0, 0.5, 1, 0, 0), lambdasWith("--alpha=0", "--layers=layers\\.(?<layer>\\d+)"));
    assertEquals(llama(0, 0, 0, 0, 0, 0), lambdasWith("--alpha=0", "--layers", "layers\\.(0)\\."));
  }

  @Test
  void rulesGoBeforeEverythingElse() throws IOException {
    Path rules = folder.resolve("rules.txt");
    Files.writeString(
        rules,
        """
        # the head belongs to the last layer
        ^lm_head\\.               model.layers  3
        ^model\\.layers\\.0\\.      outside       before
        """);
    assertEquals(llama(0, 0, 0.5, 1, 0, 1), lambdasWith("--alpha=0", "--rules", rules));
  }

  @Test
  void whatOnlyDepthGivesAMeaningIsRefusedWithoutDepth() {
    edit("--profile=uniform", "--beta=0.5").fails(2, "--beta", "--profile uniform");
    edit("--profile=uniform", "--outside=depth").fails(2, "--outside depth", "--profile uniform");
    assertFalse(Files.exists(out));
  }

  /// `--out=~/x` is no word that begins with `~`, so that the shell leaves it as it is.
  @Test
  void aHomeFolderThatTheShellDidNotWriteOutIsRefused() {
    String home = System.getProperty("user.home");
    edit("--dry-run", "--out=~/x").fails(2, "found '~/x'", "write " + home + "/x");
    run("inspect", "~").fails(2, "found '~'", "write " + home);
    run("merge", "~/r.yml", out).fails(2, "found '~/r.yml'");
    assertFalse(Files.exists(Path.of("~")));
  }

  @Test
  void aFolderIsNotCalledAsARecipeIs() {
    Path recipe = folder.resolve("r.yml");
    run("edit", "--base", base, "--tuned", tuned, "--out", recipe)
        .fails(
            2,
            "a folder would be made, but the name is a file's",
            "such as %s/r.safetensors".formatted(folder));
  }

  /// `x.pth.tar` is what many examples of PyTorch call a checkpoint.
  @ParameterizedTest
  @CsvSource({"x.pth.tar, x.pth", "x.tar.gz, x.tar.safetensors"})
  void aFolderIsNotCalledAsAnArchiveIs(String name, String better) {
    run("edit", "--base", base, "--tuned", tuned, "--out", folder.resolve(name))
        .fails(2, "the name is a file's", "such as %s/%s".formatted(folder, better));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.safetensor", "x.saftensors", "x.SafeTensor", "x.tensors", "x.sft"})
  void aMistypedEndingIsStillAFiles(String name) {
    run("edit", "--base", base, "--tuned", tuned, "--out", folder.resolve(name))
        .fails(2, "a folder would be made, but the name is a file's");
  }

  @Test
  void aRuleThatPlacesNothingIsRefused() throws IOException {
    Path rules = Files.writeString(folder.resolve("rules.txt"), "norm outside after\n^nörm x 1\n");
    String[] words = {"rules.txt:2: ^nörm places no tensor"};
    edit("--rules", rules).fails(2, words);
    run("inspect", base, "--rules", rules).fails(2, words);
    run("diff", base, tuned, "--rules", rules).fails(2, words);
    run("check", base, tuned, "--rules", rules).fails(2, words);
    Files.writeString(rules, "norm outside after\nmodel.norm outside before\n");
    edit("--rules", rules).fails(2, "model.norm", "an earlier rule");
    edit("--layers=layer(9)", "--outside=alpha").fails(2, "layer(9)", "places no tensor");
    assertFalse(Files.exists(out));
  }

  @Test
  void anEditWithoutUpdateSaysSo() {
    String note = "note: lambda is 0 everywhere";
    assertTrue(edit("--alpha=0", "--beta=0", "--dry-run").err().contains(note));
    assertFalse(edit("--alpha=0", "--dry-run").err().contains(note));
  }

  @Test
  void onlyAndSkipLeaveTheRestAsTuned() {
    assertEquals(llama(1, 0.1, 0.55, 1, 1, 1), lambdasWith("--only", "layers"));
    assertEquals(llama(0.1, 0.1, 0.55, 1, 1, 1), lambdasWith("--skip", "head|norm"));
    assertEquals(llama(1, 1, 0.55, 1, 1, 1), lambdasWith("--only=layers", "--skip", "\\.0\\."));
  }

  @Test
  void dtypeChangesTheStorage() throws IOException {
    for (String type : List.of("float16", "bfloat16", "float64", "float32", "base")) {
      edit("--dtype", type, "--force").succeeds();
      try (Checkpoint made = Checkpoint.open(out)) {
        assertEquals(
            type.equals("base") ? "float32" : type, made.infos().getFirst().dtype().torchName());
      }
    }
  }

  @Test
  void dtypeIsWrittenIntoTheConfiguration() throws IOException {
    Path made = folder.resolve("made");
    edit(
            BASE.folder(folder.resolve("b")),
            TUNED.folder(folder.resolve("t")),
            made,
            "--dtype=bfloat16")
        .succeeds();
    assertTrue(Files.readString(made.resolve("config.json")).contains("\"dtype\" : \"bfloat16\""));
  }

  @Test
  void forceReplacesAnOutput() throws IOException {
    edit("--alpha=1", "--beta=0").succeeds();
    byte[] first = Files.readAllBytes(out);
    edit().fails(2, out.toString(), "exists", "--force");
    assertArrayEquals(first, Files.readAllBytes(out));
    edit("--force").succeeds();
    assertFalse(java.util.Arrays.equals(first, Files.readAllBytes(out)));
  }

  @Test
  void progressIsALineOfJsonForAProgram() throws IOException {
    Cli run = edit("--progress", "json").succeeds();
    List<String> steps =
        run.err().lines().filter(line -> line.startsWith("{\"progress\":{\"phase\":")).toList();
    assertTrue(steps.getFirst().contains("\"done\":0,"), run.err());
    Matcher last = Pattern.compile("\"done\":(\\d+),\"total\":(\\d+)}}").matcher(steps.getLast());
    assertTrue(last.find(), run.err());
    assertEquals(last.group(2), last.group(1));
  }

  @Test
  void quietSaysNothingButResultsAndErrors() {
    Cli run = edit("--quiet").succeeds();
    assertEquals("", run.err());
    assertTrue(run.out().contains("model.layers"));
    edit("--quiet").fails(2, "exists");
  }

  @Test
  void theNumberOfThreadsChangesNoByte() throws IOException {
    edit("--threads=1").succeeds();
    byte[] one = Files.readAllBytes(out);
    edit("--threads", "8", "--force").succeeds();
    assertArrayEquals(one, Files.readAllBytes(out));
  }

  @Test
  void mismatchesAreListedUnlessAnswered() throws IOException {
    Path other =
        TUNED
            .without("model.layers.1.mlp.weight")
            .with("lm_head.weight", 1, 2, 3)
            .with("model.layers.0.extra", 1)
            .file(folder.resolve("other.safetensors"));
    edit(base, other, out)
        .fails(
            3,
            base.toString(),
            other.toString(),
            "model.layers.1.mlp.weight: only in base",
            "lm_head.weight: base has F32 [4], tuned has F32 [3]",
            "model.layers.0.extra: only in tuned",
            "--on-mismatch");
    Cli answered = edit(base, other, out, "--on-mismatch", "tuned").succeeds();
    assertTrue(answered.err().contains("note: lm_head.weight: "), answered.err());
    assertArrayEquals(new float[] {1, 2, 3}, tensor(out, "lm_head.weight"));
    edit(base, other, out, "--on-mismatch=base", "--force").succeeds();
    assertArrayEquals(BASE.values("lm_head.weight"), tensor(out, "lm_head.weight"));
  }

  private static SmallModel renamed(SmallModel model, String before, String after) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    model.tensors().forEach((name, values) -> tensors.put(before + name + after, values));
    return new SmallModel(tensors);
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "tuned"})
  void anEditThatWouldScaleNothingIsAnError(String kept) throws IOException {
    Path other = renamed(TUNED, "other.", ".w").file(folder.resolve("c.safetensors"));
    edit(base, other, out, "--on-mismatch", kept)
        .fails(3, "nothing would be scaled", "none of 12 tensors fit");
    assertFalse(Files.exists(out));
  }

  @Test
  void whatHardlyFitsIsNotToBeKeptByOption() throws IOException {
    Path other = renamed(TUNED, "other.", ".w").file(folder.resolve("c.safetensors"));
    Cli run = edit(base, other, out);
    run.fails(3, "only 0 of 12 fit", "a prefix, an adapter, another model");
    assertFalse(run.err().contains("--on-mismatch"), run.err());
  }

  @Test
  void otherNamesAreFoundOrGiven() throws IOException {
    Path compiled = renamed(TUNED, "_orig_mod.", "").file(folder.resolve("c.safetensors"));
    Cli run = edit(base, compiled, out).succeeds();
    assertTrue(run.err().contains("'_orig_mod.' in front (6): 6 tensors"), run.err());
    Path odd = renamed(TUNED, "odd/", "").file(folder.resolve("odd.safetensors"));
    edit(base, odd, out, "--force").fails(3, "do not fit together");
    Cli asked = edit(base, odd, out, "--force", "--rename=^=odd/").succeeds();
    assertTrue(Files.exists(out), asked.err());
    edit(base, odd, out, "--force", "--rename=^").fails(2, "REGEX=REPLACEMENT");
    edit(base, odd, out, "--force", "--rename=(=x")
        .fails(2, "a regular expression", "Unclosed group");
    edit(base, odd, out, "--force", "--rename=^=$3").fails(2, "No group 3");
  }

  @ParameterizedTest
  @CsvSource({
    ".lora_A.weight, put its adapter_config.json beside it",
    ".lora_up.weight, merge it into its base first"
  })
  void anAdapterIsCalledWhatItIs(String ending, String advice) throws IOException {
    Path lora = renamed(TUNED, "base_model.", ending).file(folder.resolve("l.safetensors"));
    edit(base, lora, out).fails(3, lora + ": a LoRA", advice);
    edit(base, lora, out, "--on-mismatch=base").fails(3, lora + ": a LoRA");
    edit(lora, lora, out, "--layers=layers\\.(\\d+)")
        .fails(3, "cannot be edited or merged one by one");
  }

  @Test
  void anAdapterInsideOfBothModelsIsNoted() throws IOException {
    String part = "model.layers.0.q_proj.lora_A.default.weight";
    Path from = BASE.with(part, 1, 2).file(folder.resolve("from.safetensors"));
    Path to = TUNED.with(part, 3, 4).file(folder.resolve("to.safetensors"));
    Cli run = edit(from, to, out).succeeds();
    assertTrue(
        run.err()
            .contains(
                "note: each input is a model with a LoRA adapter of peft inside (1 of 7 tensors"),
        run.err());
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yml"),
            "merge_method: linear\nmodels: [{model: %s}, {model: %s}]\nparameters: {weight: 1}\n"
                .formatted(from, to));
    Cli merge = run("merge", recipe, folder.resolve("merged")).succeeds();
    assertTrue(merge.err().contains("a LoRA adapter of peft inside"), merge.err());
  }

  @Test
  void otherCommandsCallAdaptersWhatTheyAre() throws IOException {
    Path lora =
        renamed(TUNED, "base_model.", ".lora_up.weight").file(folder.resolve("l.safetensors"));
    run("extract", "--base", base, "--tuned", lora, "--out", out, "--rank", "1")
        .fails(3, lora + ": a LoRA of kohya");
    run("diff", base, lora).fails(3, lora + ": a LoRA of kohya");
  }

  @Test
  void toScaleNothingByChoiceIsNoError() throws IOException {
    edit("--skip=.").succeeds();
    edit("--alpha=1", "--beta=0", "--force").succeeds();
    Path other = TUNED.with("lm_head.weight", 1, 2, 3).file(folder.resolve("o.safetensors"));
    edit(base, other, out, "--on-mismatch=tuned", "--force", "--only=lm_head")
        .fails(3, "nothing would be scaled", "1 of 6 tensors");
  }

  @Test
  void tensorsThatAreNotFiniteAreNamed() throws IOException {
    float nan = Float.NaN;
    Path spoilt =
        TUNED.with("lm_head.weight", 1, nan, nan, 1).file(folder.resolve("n.safetensors"));
    String note = "note: lm_head.weight: 2 NaN of 4 elements in the output";
    Cli run = edit(base, spoilt, out).succeeds();
    assertTrue(run.err().contains(note), run.err());
    Cli json = edit(base, spoilt, out, "--json", "--force").succeeds();
    assertTrue(json.err().contains(note), json.err());
    assertEquals(
        List.of(
            Map.of(
                "name",
                "lm_head.weight",
                "elements",
                4L,
                "nan",
                2L,
                "infinite",
                0L,
                "overflowed",
                0L,
                "left_out",
                0L)),
        json.json().get("not_finite"));
    Cli diff = run("diff", base, spoilt).succeeds();
    assertTrue(
        diff.err()
            .contains(
                "note: lm_head.weight: of 4 elements, base holds 0 NaN and 0 infinite, tuned 2 and"
                    + " 0; left out"),
        diff.err());
    assertFalse(diff.lines().getLast().contains("NaN"), diff.out());
    List<Map<String, @Nullable Object>> found =
        objects(run("diff", base, spoilt, "--json").succeeds().json().get("not_finite"));
    assertEquals(2L, found.getFirst().get("tuned_nan"));
  }

  @Test
  void anInputThatIsNotThereOrMalformedIsReported() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    edit(nowhere, tuned, out).fails(3, nowhere + ": there is no such file or folder");
    edit(base, nowhere, out).fails(3, nowhere.toString());
    Path bad = Files.writeString(folder.resolve("bad.safetensors"), "{}");
    edit(base, bad, out).fails(3, bad.toString());
    assertFalse(Files.exists(out));
  }

  @Test
  void aModelThatIsItsOwnBaseGetsANote() throws IOException {
    Cli run = edit(base, folder.resolve(".").resolve("base.safetensors"), out).succeeds();
    assertTrue(run.err().startsWith("note: base and tuned are the same model, "), run.err());
  }

  @Test
  void aBetaBelowZeroGetsANote() {
    Cli run = edit("--alpha", "1", "--beta", "-0.75").succeeds();
    assertTrue(
        run.err()
            .startsWith(
                "note: beta is below 0: lambda goes from 1.000 in the first layer to 0.2500"),
        run.err());
  }

  @Test
  void aPercentageForANumberGetsANote() {
    Cli run = edit("--alpha", "10", "--beta", "90").succeeds();
    assertTrue(run.err().startsWith("note: lambda is up to 100.0, so the update"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.h5", "x.NPZ"})
  void aFolderIsNotNamedLikeAFileOfWeights(String name) throws IOException {
    Path place = folder.resolve(name);
    edit(base, tuned, place).fails(2, place + ": ", "such as " + folder.resolve("x.safetensors"));
    assertFalse(Files.exists(place));
    Files.createDirectory(place);
    edit(base, tuned, place, "--force").succeeds();
  }

  @Test
  void theWordsOfAPipelineComeWithACommandForItsParts() throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve("pipeline"));
    Files.writeString(pipeline.resolve("model_index.json"), "{}");
    BASE.folder(pipeline.resolve("text_encoder"));
    BASE.folder(pipeline.resolve("unet"));
    edit(pipeline, pipeline, folder.resolve("o"))
        .fails(
            3,
            "holds models in its folders text_encoder, unet",
            "for part in text_encoder unet; do lines edit --force --base " + pipeline + "/$part");
    edit(pipeline, pipeline, folder.resolve("o"), "--alpha", "0.5", "--force", "--skip=a b|m")
        .fails(3, "cp -rL ", "/$part --alpha=0.5 --skip='a b|m' || exit; done)");
  }

  /// An edit of a part where it finds nothing is refused.
  @Test
  void theCommandForPartsAsksForPatternsWhereTheyFindSomething() throws IOException {
    Path pipeline = pipeline("pipeline");
    SmallModel.flat().folder(pipeline.resolve("image_encoder"));
    Path out = folder.resolve("o");
    String inUnet = "mlp";
    edit(pipeline, pipeline, out, "--outside=alpha", "--skip=" + inUnet)
        .fails(
            3,
            "(for part in image_encoder; do lines edit",
            "/$part --outside=alpha || exit; done; for part in unet; do lines edit",
            "/$part --outside=alpha --skip=" + inUnet + " || exit; done)");
    edit(pipeline, pipeline, out, "--outside=alpha", "--only=" + inUnet)
        .fails(3, "with image_encoder as tuned:", "(for part in unet; do lines edit");
  }

  @Test
  void theCommandForPartsHasThoseWhoseWeightsArePickled() throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve("pipeline"));
    Files.writeString(pipeline.resolve("model_index.json"), "{}");
    BASE.folder(pipeline.resolve("text_encoder"));
    Path unet = Files.createDirectory(pipeline.resolve("unet"));
    Files.writeString(unet.resolve("diffusion_pytorch_model.bin"), "weights");
    BASE.file(pipeline.resolve("all.safetensors"));
    BASE.file(pipeline.resolve("pruned.safetensors"));
    edit(pipeline, pipeline, folder.resolve("o"))
        .fails(3, "for part in text_encoder unet; do lines edit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipeline", "pipeline/new", "./pipeline/"})
  void noCommandForPartsCopiesIntoAnInput(String output) throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve("pipeline"));
    Files.writeString(pipeline.resolve("model_index.json"), "{}");
    BASE.folder(pipeline.resolve("unet"));
    Cli run = edit(pipeline, pipeline, folder.resolve(output));
    run.fails(3, "such as ");
    assertFalse(run.err().contains("cp -rL"), run.err());
  }

  @Test
  void theCommandForPartsTakesPlacesWithSpacesAndOutputsThatAreThere() throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve("it's a pipeline"));
    Files.writeString(pipeline.resolve("model_index.json"), "{}");
    BASE.folder(pipeline.resolve("unet"));
    String quoted = "'" + folder + "/it'\\''s a pipeline'";
    edit(pipeline, pipeline, folder.resolve("new/o"))
        .fails(
            3,
            "mkdir -p %s/new/o && cp -rL %s/. %s/new/o && (for part"
                .formatted(folder, quoted, folder),
            "--base %s/$part --tuned %s/$part --out".formatted(quoted, quoted));
  }

  /// The question whether it is a pipeline is none that the user asked.
  @ParameterizedTest
  @ValueSource(strings = {"", "/tree/main"})
  void whatIsWrongWithABaseElsewhereIsSaidOfItsOwnAddress(String end) throws IOException {
    String page = "https://huggingface.co/org/name" + end;
    for (Path model : List.of(tuned, pipeline("pipeline"))) {
      run("edit", "--base", page, "--tuned", model, "--out", out)
          .fails(3, page + ": a page of the Hugging Face hub, not a file; name org/name");
    }
  }

  private Path pipeline(String name) throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve(name));
    Files.writeString(pipeline.resolve("model_index.json"), "{}");
    BASE.folder(pipeline.resolve("unet"));
    return pipeline;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void noCommandForPartsCopiesIntoAnInputThroughALink() throws IOException {
    Path pipeline = pipeline("pipeline");
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipeline);
    Cli run = edit(link, link, pipeline, "--force");
    run.fails(3, "such as ");
    assertFalse(run.err().contains("cp -rL"), run.err());
  }

  @Test
  void theCommandForPartsReplacesNothingUnasked() throws IOException {
    Path pipeline = pipeline("pipeline");
    Path out = Files.createDirectory(folder.resolve("out"));
    edit(pipeline, pipeline, out).fails(3, "mkdir -p " + out);
    Files.writeString(out.resolve("mine"), "");
    Cli run = edit(pipeline, pipeline, out);
    run.fails(3, "To edit every part: name an output that does not exist, or give --force");
    assertFalse(run.err().contains("cp -rL"), run.err());
    edit(pipeline, pipeline, out, "--force").fails(3, "mkdir -p " + out);
  }

  /// As the Hub has Stable Diffusion and FLUX: also whole, for other programs.
  @Test
  void theCommandForPartsSaysWhichWeightsItCopies() throws IOException {
    Path base = pipeline("base-pipeline");
    Path pipeline = pipeline("pipeline");
    Files.writeString(pipeline.resolve("ae.safetensors"), "");
    Files.writeString(pipeline.resolve("v1-5.ckpt"), "");
    BASE.folder(pipeline.resolve("image_encoder"));
    edit(base, pipeline, folder.resolve("o"))
        .fails(
            3,
            "To edit every part that has layers and is in both, with ae.safetensors,"
                + " image_encoder, v1-5.ckpt as tuned:",
            "for part in unet; do lines edit");
  }

  @Test
  void theFoldersOfASentenceTransformerArePartsOfOneToo() throws IOException {
    Path pipeline = Files.createDirectory(folder.resolve("st"));
    Files.writeString(pipeline.resolve("modules.json"), "[]");
    BASE.folder(pipeline.resolve("query_0_Transformer"));
    edit(pipeline, pipeline, folder.resolve("o"))
        .fails(3, "To edit every part:", "for part in query_0_Transformer; do lines edit");
    SmallModel.flat().folder(pipeline.resolve("2_Dense"));
    edit(pipeline, pipeline, folder.resolve("o"))
        .fails(
            3,
            "To edit every part that has layers and is in both, with 2_Dense as tuned:",
            "for part in query_0_Transformer; do lines edit");
    edit(pipeline, pipeline, folder.resolve("o"), "--outside", "alpha")
        .fails(3, "To edit every part:", "for part in 2_Dense query_0_Transformer; do");
  }

  @Test
  void theCommandForPartsWritesNothingInADryRun() throws IOException {
    Path pipeline = pipeline("pipeline");
    edit(pipeline, pipeline, folder.resolve("o"), "--dry-run")
        .fails(
            3,
            "To edit every part:%n  (for part in unet; do lines edit".formatted(),
            "/$part --dry-run || exit; done)");
  }

  @Test
  void anInputIsNeverTheOutput() throws IOException {
    byte[] before = Files.readAllBytes(base);
    edit(base, tuned, base).fails(2, base.toString(), "never touched");
    edit(base, tuned, base, "--force").fails(2, base.toString(), "never touched");
    Path model = BASE.folder(folder.resolve("model"));
    edit(model, tuned, model, "--force").fails(2, model.toString());
    assertArrayEquals(before, Files.readAllBytes(base));
  }

  @Test
  void aPlaceThatCannotBeWrittenToIsAFailure() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    boolean obeyed = locked.toFile().setWritable(false) && !Files.isWritable(locked);
    Path system = Path.of("/proc/sys"); // root may write anywhere but to such places
    if (obeyed || Files.isDirectory(system)) {
      Path place = (obeyed ? locked : system).resolve("out.safetensors");
      edit(base, tuned, place).fails(1, place.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--alpha=x",
        "--alpha=NaN",
        "--alpha=Infinity",
        "--alpha=1e999",
        "--alpha=0x1p3",
        "--alpha=1f",
        "--beta=",
        "--beta=1e39",
        "--threads=0",
        "--threads=-1",
        "--threads=2000",
        "--threads=two",
        "--shard-size=0",
        "--shard-size=5",
        "--shard-size=1.5.5GB",
        "--shard-size=big",
        "--shard-size=99999999999TB",
        "--dtype=int8",
        "--stacks=both",
        "--outside=inside",
        "--on-mismatch=refuse",
        "--only=(",
        "--skip=*",
        "--layers=(",
        "--layers=layers"
      })
  void aWrongValueIsAUsageErrorThatNamesIt(String option) {
    String name = option.substring(0, option.indexOf('='));
    String value = option.substring(option.indexOf('=') + 1);
    edit(option).fails(2, value);
    assertTrue(edit(option).err().contains(name.substring(2, 6)), edit(option).err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aPatternThatFindsNothingIsAUsageError() {
    edit("--only", "nothing").fails(2, "--only", "nothing");
    edit("--skip", "nothing").fails(2, "--skip", "nothing");
  }

  @Test
  void aWrongRulesFileIsAUsageError() throws IOException {
    Path rules = folder.resolve("rules.txt");
    edit("--rules", rules).fails(2, rules.toString(), "no such rules file");
    Files.writeString(rules, "^a here there\n");
    edit("--rules", rules).fails(2, rules + ":1", "there");
    Files.write(rules, new byte[] {(byte) 0xff, ' ', 'a', ' ', '1'});
    edit("--rules", rules).fails(2, rules.toString(), "UTF-8");
  }

  private static Set<String> files(Path model) throws IOException {
    try (Stream<Path> entries = Files.list(model)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .collect(java.util.stream.Collectors.toSet());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--layers", "--only", "--skip"})
  void aPatternThatTakesForEverIsRefused(String option) throws IOException {
    String name = "x" + "a".repeat(5000) + "!";
    Path first = SmallModel.llama().with(name, 1).file(folder.resolve("first.safetensors"));
    Path second = SmallModel.llama().with(name, 2).file(folder.resolve("second.safetensors"));
    run(
            "edit",
            "--base",
            first,
            "--tuned",
            second,
            "--out",
            folder.resolve("slow"),
            option,
            "x((a+)+)$")
        .fails(2, "takes too long to look for in 'xaaa");
  }

  /// The output would have had another name than was asked for.
  @Test
  void wordsThatAreNoTextAreRefused() {
    Path undecoded = folder.resolve("o\ufffd");
    edit(base, tuned, undecoded).fails(2, "o\ufffd: holds bytes that are no text");
    assertFalse(Files.exists(undecoded));
  }

  @Test
  void aNameThatIsMisspeltGetsItsNeighbour() {
    edit(folder.resolve("bass.safetensors"), tuned, out)
        .fails(3, "there is no such file or folder; did you mean 'base.safetensors'?");
    edit(folder.resolve("none/base"), tuned, out)
        .fails(
            3, "there is no such file or folder; nor is there a folder " + folder.resolve("none"));
  }

  /// Tokenizers without a tokenizer.json number tokens, too.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "vocab.txt|a\\nb\\nc|a\\nc\\nd|1 token only in",
        "vocab.json|{\"a\":0,\"b\":1}|{\"a\":1,\"b\":0}|2 numbered otherwise",
        "vocab.json|{\"a\":0}|[]|is not known",
        "tokenizer.model|abc|abd|it is not known whether all rows are of the same tokens",
        "spiece.model|abc|abd|it is not known whether all rows are of the same tokens"
      })
  void vocabulariesOfOtherFormsThatDifferAreNoted(String name, String one, String two, String note)
      throws IOException {
    Path first = withVocabulary(BASE, "first", name, one);
    Path second = withVocabulary(TUNED, "second", name, two);
    Cli differing = edit(first, second, folder.resolve("made"), "--dry-run").succeeds();
    assertTrue(differing.err().contains(note), differing.err());
    Cli checked = run("check", first, second);
    assertTrue(checked.out().contains(note), checked.out());
    Path same = withVocabulary(TUNED, "same", name, one);
    Cli alike = edit(first, same, folder.resolve("made"), "--dry-run").succeeds();
    assertFalse(alike.err().contains("note: "), alike.err());
  }

  /// Written anew, with other white space and in another order, it is the same vocabulary.
  @Test
  void theSameVocabularyInAnotherOrderIsNotNoted() throws IOException {
    Path first = withVocabulary(BASE, "first", "vocab.json", "{\"a\":0,\"b\":1}");
    Path second = withVocabulary(TUNED, "second", "vocab.json", "{ \"b\": 1, \"a\": 0 }");
    Cli alike = edit(first, second, folder.resolve("made"), "--dry-run").succeeds();
    assertFalse(alike.err().contains("note: "), alike.err());
  }

  private Path withVocabulary(SmallModel model, String folderName, String name, String text)
      throws IOException {
    Path made = model.folder(folder.resolve(folderName));
    Files.delete(made.resolve("tokenizer.json"));
    Files.writeString(made.resolve(name), text.replace("\\n", "\n"));
    return made;
  }

  @Test
  void typesHaveTheirLongNames() {
    edit("--dtype", "fp16").fails(2, "found 'fp16'; did you mean 'float16'?");
    edit("--dtype", "BF16").fails(2, "did you mean 'bfloat16'?");
    edit("--dtype", "int3")
        .fails(2, "expected base, float32,", "found 'int3'" + System.lineSeparator());
  }

  /// Other programs take models one after the other.
  @Test
  void modelsAreGivenByOptions() {
    run("edit", base, tuned, out)
        .fails(2, "; what it needs is given by options: --base, --tuned, --out");
    run("merge", base, tuned, out)
        .fails(2, "unexpected argument '" + out + "'" + System.lineSeparator());
  }

  /// `--out "$OUT"` of a variable that is not set must not replace the working folder.
  @Test
  void noNameAtAllIsNotTheWorkingFolder() {
    for (String none : List.of("", " ")) {
      run("edit", "--base", base, "--tuned", tuned, "--out", none, "--force")
          .fails(2, "'--out'", "expected a path, found '" + none + "'; is a variable");
      run("edit", "--base", none, "--tuned", tuned, "--out", out).fails(2, "'--base'", "a path");
      run("inspect", none).fails(2, "expected a path");
      run("merge", none, out).fails(2, "expected a path");
      run("diff", base, tuned, "--html", none).fails(2, "'--html'", "expected a path");
    }
  }
}
