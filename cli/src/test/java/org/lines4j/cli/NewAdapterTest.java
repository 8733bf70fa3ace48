package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Adapters that are made of several adapters, and of whole models, say what these do.
class NewAdapterTest {
  private static final Path PEFT = Path.of("../core/src/test/resources/peft").toAbsolutePath();
  private static final Path BASE = PEFT.resolve("bases/llama");
  private static final Path LORA = adapter("llama_plain");
  private static final Path OTHER = adapter("llama_rslora");

  private static final String PROGRESS = "--progress=json";

  @TempDir private Path folder;

  private static Path adapter(String name) {
    return PEFT.resolve("adapters").resolve(name);
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  private Path recipe(String method, Path base, Path one, Path other, String more)
      throws IOException {
    return Files.writeString(
        folder.resolve("recipe.yml"),
        """
        merge_method: %s
        base_model: %s
        models:
        - {model: %s, parameters: {weight: 0.7}}
        - {model: %s, parameters: {weight: 0.4}}
        %s
        """
            .formatted(method, base, one, other, more));
  }

  /// The adapter on the base is the model, every element of it.
  private static void assertSame(Path model, Path base, Path adapter, double tolerance)
      throws IOException {
    Path both = Path.of(base + "+" + adapter);
    try (Checkpoint expected = Checkpoint.open(model)) {
      for (TensorInfo info : expected.infos()) {
        float[] wanted = tensor(model, info.name());
        float[] found = tensor(both, info.name());
        for (int i = 0; i < wanted.length; i++) {
          assertEquals(wanted[i], found[i], tolerance, info.name());
        }
      }
    }
  }

  private void mergedBothWays(Path recipe, Path base) throws IOException {
    run("merge", recipe, out("model"), "--quiet").succeeds();
    run("merge", recipe, out("adapter"), "--as", "adapter", "--quiet").succeeds();
    assertSame(out("model"), base, out("adapter"), 2e-6);
  }

  @Test
  void adaptersSideBySideAreTheMergedModel() throws IOException {
    mergedBothWays(recipe("task_arithmetic", BASE, LORA, OTHER, ""), BASE);
    String config = config();
    assertTrue(config.contains("\"peft_type\":\"LORA\""), config);
    assertTrue(Files.exists(out("adapter").resolve("README.md")));
  }

  @Test
  void adaptersAreGradedByDepthAsModelsAre() throws IOException {
    String lines = "lines: {alpha: 0.1, beta: 0.9}";
    mergedBothWays(recipe("task_arithmetic", BASE, LORA, OTHER, lines), BASE);
  }

  @Test
  void alphaIsMeasuredForAdaptersToo() throws IOException {
    mergedBothWays(
        recipe("task_arithmetic", BASE, LORA, OTHER, "lines: {alpha: auto, beta: 0.3}"), BASE);
  }

  @Test
  void aSoupOfAdaptersIsAnAdapter() throws IOException {
    mergedBothWays(recipe("linear", BASE, LORA, OTHER, ""), BASE);
  }

  @Test
  void layersThatStoreInputsFirstAndBiasesAreMergedToo() throws IOException {
    Path base = PEFT.resolve("bases/gpt2");
    mergedBothWays(
        recipe("task_arithmetic", base, adapter("gpt2_plain"), adapter("gpt2_bias_lora_only"), ""),
        base);
    String config = config();
    assertTrue(config.contains("\"fan_in_fan_out\":true"), config);
    assertTrue(config.contains("\"bias\":\"lora_only\""), config);
  }

  @Test
  void replacedModulesAndEmbeddingsAndConvolutionsAreMergedToo() throws IOException {
    mergedBothWays(
        recipe("task_arithmetic", BASE, LORA, adapter("llama_modules_to_save"), ""), BASE);
  }

  @Test
  void embeddingsAreMergedToo() throws IOException {
    mergedBothWays(recipe("task_arithmetic", BASE, LORA, adapter("llama_embedding"), ""), BASE);
  }

  @Test
  void convolutionsAreMergedToo() throws IOException {
    Path base = PEFT.resolve("bases/vit-runtime-names");
    mergedBothWays(
        recipe("task_arithmetic", base, adapter("vit_conv"), adapter("vit_plain"), ""), base);
  }

  @Test
  void aTiedHeadChangesWithItsEmbedding() throws IOException {
    Path base = PEFT.resolve("bases/llama-tied");
    Path lora = adapter("llama_tied_embedding");
    mergedBothWays(recipe("task_arithmetic", base, lora, lora, ""), base);
    assertTrue(config().contains("\"modules_to_save\":[\"lm_head\""), config());
  }

  @Test
  void aLowerRankIsTheNearestAndSaysItsError() throws IOException {
    Path recipe = recipe("task_arithmetic", BASE, LORA, OTHER, "");
    Map<String, @Nullable Object> cut =
        run("merge", recipe, out("cut"), "--as=adapter", "--rank=3", "--json").succeeds().json();
    double error =
        ((Number) java.util.Objects.requireNonNull(cut.get("relative_error"))).doubleValue();
    assertTrue(error > 0.01 && error < 0.9, cut.toString());
    for (Map<String, @Nullable Object> module : objects(cut.get("modules"))) {
      assertEquals(3L, module.get("rank"));
    }
    run("merge", recipe, out("model"), "--quiet").succeeds();
    assertEquals(error, measured(out("model"), out("cut")), 1e-4);
    assertTrue(
        run("merge", recipe, out("two"), "--as=adapter", "--rank=3")
            .succeeds()
            .out()
            .contains("error"));
    Map<String, @Nullable Object> all =
        run("merge", recipe, out("all"), "--as=adapter", "--energy=1", "--json").succeeds().json();
    assertEquals(
        0,
        ((Number) java.util.Objects.requireNonNull(all.get("relative_error"))).doubleValue(),
        1e-5);
    assertSame(out("model"), BASE, out("all"), 2e-6);
  }

  private String config() throws IOException {
    return Files.readString(out("adapter").resolve("adapter_config.json")).replaceAll("\\s+", "");
  }

  /// How much of a model's update an adapter lacks.
  private static double measured(Path model, Path adapter) throws IOException {
    double error = 0;
    double norm = 0;
    try (Checkpoint expected = Checkpoint.open(model)) {
      for (TensorInfo info : expected.infos()) {
        float[] wanted = tensor(model, info.name());
        float[] base = tensor(BASE, info.name());
        float[] found = tensor(Path.of(BASE + "+" + adapter), info.name());
        for (int i = 0; i < wanted.length; i++) {
          error += Math.pow(found[i] - (double) wanted[i], 2);
          norm += Math.pow(base[i] - (double) wanted[i], 2);
        }
      }
    }
    return Math.sqrt(error / norm);
  }

  private void nearestToModel(Path recipe, Path base) throws IOException {
    run("merge", recipe, out("model"), "--quiet").succeeds();
    run("merge", recipe, out("adapter"), "--as=adapter", "--energy=1", "--quiet").succeeds();
    assertSame(out("model"), base, out("adapter"), 2e-6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ties",
        "dare_ties",
        "della",
        "breadcrumbs",
        "consensus",
        "tsv_m",
        "iso_c",
        "knots"
      })
  void anyMethodMakesAnAdapter(String method) throws IOException {
    String more =
        switch (method) {
          case "consensus" -> "lines: {alpha: 0.1, beta: 0.9}";
          default -> "";
        };
    nearestToModel(recipe(method, BASE, LORA, OTHER, more), BASE);
    assertFalse(Files.exists(folder.resolve(".adapter.lines-stages")));
  }

  @Test
  void anyMethodTakesWhatHasNoFactors() throws IOException {
    nearestToModel(recipe("ties", BASE, LORA, adapter("llama_dora"), ""), BASE);
  }

  @Test
  void anyMethodTakesEmbeddings() throws IOException {
    nearestToModel(recipe("ties", BASE, LORA, adapter("llama_embedding"), ""), BASE);
  }

  @Test
  void anyMethodTakesReplacedModules() throws IOException {
    nearestToModel(recipe("ties", BASE, adapter("llama_modules_to_save"), OTHER, ""), BASE);
  }

  @ParameterizedTest
  @CsvSource({
    "llama, llama_trainable_tokens",
    "bert, bert_lora_bias",
    "mixtral-runtime-names, mixtral_target_parameters",
  })
  void noMethodLosesWhatIsNoProduct(String model, String lora) throws IOException {
    Path base = PEFT.resolve("bases").resolve(model);
    Path recipe = recipe("ties", base, adapter(lora), adapter(lora), "");
    run("merge", recipe, out("no"), "--as=adapter", "--rank=8")
        .fails(3, "is not s·B·A of one matrix", "make a whole model");
    assertFalse(Files.exists(out("no")));
  }

  @Test
  void anyMethodSaysTheErrorOfItsRank() throws IOException {
    Path recipe = recipe("ties", BASE, LORA, OTHER, "parameters: {density: 0.3}");
    Map<String, @Nullable Object> cut =
        run("merge", recipe, out("cut"), "--as=adapter", "--rank=4", "--json").succeeds().json();
    run("merge", recipe, out("model"), "--quiet").succeeds();
    double error =
        ((Number) java.util.Objects.requireNonNull(cut.get("relative_error"))).doubleValue();
    assertTrue(error > 0.01 && error < 0.9, cut.toString());
    assertEquals(error, measured(out("model"), out("cut")), 1e-4);
  }

  /// Most of the work is done before there is a plan.
  @Test
  void whatIsFoundBeforehandIsToldAsProgressAndSharedByThreads() throws IOException {
    Path recipe = recipe("ties", BASE, LORA, OTHER, "");
    String of = "--as=adapter";
    for (String threads : List.of("1", "5")) {
      Cli merge =
          run("merge", recipe, out(threads), of, "--rank=4", "--threads", threads, PROGRESS);
      assertPhases(merge.succeeds().err(), "merge", "find directions", "write");
    }
    assertSameWeights(out("1"), out("5"));
    run("convert", BASE + "+" + LORA, out("tuned"), "--quiet").succeeds();
    for (String threads : List.of("1", "5")) {
      Object[] extract = {
        "extract", "--base", BASE, "--tuned", out("tuned"), "--out", out("x" + threads)
      };
      Object[] more = {"--rank=4", "--threads", threads, PROGRESS};
      Object[] all = Stream.of(extract, more).flatMap(Stream::of).toArray();
      assertPhases(run(all).succeeds().err(), "compare", "find directions", "write");
    }
    assertSameWeights(out("x1"), out("x5"));
  }

  private static void assertSameWeights(Path one, Path other) throws IOException {
    String weights = "adapter_model.safetensors";
    assertEquals(-1, Files.mismatch(one.resolve(weights), other.resolve(weights)));
  }

  private static void assertPhases(String progress, String... phases) {
    List<String> told = new ArrayList<>();
    Pattern.compile("\"phase\":\"([^\"]*)\"")
        .matcher(progress)
        .results()
        .map(match -> match.group(1))
        .filter(phase -> told.isEmpty() || !told.getLast().equals(phase))
        .forEach(told::add);
    assertEquals(List.of(phases), told, progress);
  }

  @Test
  void adaptersThatCountForNothingAreToldOf() throws IOException {
    Path recipe = recipe("task_arithmetic", BASE, LORA, OTHER, "");
    Files.writeString(recipe, Files.readString(recipe).replaceAll("weight: 0\\..", "weight: 0"));
    Cli run = run("merge", recipe, out("zero"), "--as=adapter").succeeds();
    assertTrue(run.err().contains("note: every weight is 0"), run.err());
    run = run("edit", "--tuned", LORA, "--out", out("edited"), "--alpha=0", "--beta=0");
    assertTrue(run.succeeds().err().contains("note: lambda is 0 everywhere"), run.err());
  }

  /// PEFT loads all tensors of a module that is replaced, or none.
  @Test
  void aBiasThatIsReplacedAloneIsRefused() throws IOException {
    Path base = PEFT.resolve("bases/bert");
    Path biases = adapter("bert_bias_all");
    run("merge", recipe("task_arithmetic", base, biases, biases, ""), out("no"), "--as=adapter")
        .fails(3, "the bias changes alone", "make a whole model");
  }

  @Test
  void whatIsNoSumOfAdaptersIsRefused() throws IOException {
    run("merge", recipe("ties", BASE, LORA, OTHER, ""), out("no"), "--as=adapter")
        .fails(2, "ties", "rank", "whole model");
    run(
            "merge",
            recipe("task_arithmetic", BASE, LORA, adapter("llama_dora"), ""),
            out("no"),
            "--as=adapter")
        .fails(3, "DoRA", "make a whole model");
    run(
            "merge",
            recipe("task_arithmetic", BASE, LORA, BASE, ""),
            out("no"),
            "--as=adapter",
            "--rank=0")
        .fails(2, "rank");
    run("merge", recipe("task_arithmetic", BASE, LORA, OTHER, ""), out("no"), "--rank=3")
        .fails(2, "--as adapter");
    run(
            "merge",
            recipe("task_arithmetic", BASE, LORA, OTHER, ""),
            out("no.safetensors"),
            "--as=adapter")
        .fails(2, "folder");
    assertFalse(Files.exists(out("no")));
  }

  @Test
  void anAdapterIsExtractedOfAModel() throws IOException {
    run("convert", BASE + "+" + LORA, out("tuned"), "--quiet").succeeds();
    Map<String, @Nullable Object> found =
        run(
                "extract",
                "--base",
                BASE,
                "--tuned",
                out("tuned"),
                "--out",
                out("lora"),
                "--energy=0.999999",
                "--json")
            .succeeds()
            .json();
    assertEquals(
        0,
        ((Number) java.util.Objects.requireNonNull(found.get("relative_error"))).doubleValue(),
        2e-3);
    assertSame(out("tuned"), BASE, out("lora"), 1e-4);
    String dry =
        run(
                "extract",
                "--base",
                BASE,
                "--tuned",
                out("tuned"),
                "--out",
                out("dry"),
                "--rank=1",
                "--dry-run")
            .succeeds()
            .out();
    assertTrue(dry.contains("error"), dry);
    assertFalse(Files.exists(out("dry")));
  }

  /// The adapter will run with the base's configuration and, most likely, its tokenizer.
  @Test
  void anExtractionTellsWhatModelsWereTrainedForOtherwise() throws IOException {
    run("convert", BASE + "+" + LORA, out("tuned"), "--quiet").succeeds();
    Path config = out("tuned").resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("10000.0", "5000000.0"));
    Path base = out("base");
    run("convert", BASE, base, "--quiet").succeeds();
    String tokens =
        "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"%s\": 0, \"%s\": 1}},"
            + " \"added_tokens\": []}";
    Files.writeString(base.resolve("tokenizer.json"), tokens.formatted("a", "b"));
    Files.writeString(out("tuned").resolve("tokenizer.json"), tokens.formatted("b", "a"));
    Cli run =
        run("extract", "--base", base, "--tuned", out("tuned"), "--out", out("x"), "--rank=4");
    run.succeeds();
    assertTrue(run.err().contains("rope_theta is 5000000.0 there and 10000.0 here"), run.err());
    assertTrue(run.err().contains("2 numbered otherwise"), run.err());
  }

  @Test
  void whatIsNoMatrixGoesAlongWhole() throws IOException {
    Path saved = adapter("llama_modules_to_save");
    run("convert", BASE + "+" + saved, out("tuned"), "--quiet").succeeds();
    run(
            "extract",
            "--base",
            BASE,
            "--tuned",
            out("tuned"),
            "--out",
            out("lora"),
            "--rank=8",
            "--quiet")
        .succeeds();
    assertSame(out("tuned"), BASE, out("lora"), 1e-5);
    Path base = PEFT.resolve("bases/bert");
    run("convert", base + "+" + adapter("bert_bias_all"), out("bert"), "--quiet").succeeds();
    run(
            "extract",
            "--base",
            base,
            "--tuned",
            out("bert"),
            "--out",
            out("bias"),
            "--rank=8",
            "--quiet")
        .succeeds();
    assertSame(out("bert"), base, out("bias"), 1e-5);
  }

  @Test
  void layersThatStoreInputsFirstAreExtracted() throws IOException {
    Path base = PEFT.resolve("bases/gpt2");
    run("convert", base + "+" + adapter("gpt2_plain"), out("tuned"), "--quiet").succeeds();
    run(
            "extract",
            "--base",
            base,
            "--tuned",
            out("tuned"),
            "--out",
            out("lora"),
            "--rank=8",
            "--quiet")
        .succeeds();
    assertSame(out("tuned"), base, out("lora"), 1e-5);
  }

  /// PEFT loads a module that is replaced with all of its tensors, or stops.
  @Test
  void countersOfNormsThatAreReplacedGoAlong() throws IOException {
    List<TensorInfo> norms = new ArrayList<>();
    List<TensorInfo> factors = new ArrayList<>();
    List<TensorInfo> base = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String layer = "layers." + i + ".";
      norms.add(new TensorInfo(layer + "norm.weight", DType.F32, Shape.of(4)));
      norms.add(new TensorInfo(layer + "norm.num_batches_tracked", DType.I64, Shape.of()));
      base.add(new TensorInfo(layer + "up.weight", DType.F32, Shape.of(4, 4)));
      factors.add(new TensorInfo(layer + "up.lora_A.weight", DType.F32, Shape.of(2, 4)));
      factors.add(new TensorInfo(layer + "up.lora_B.weight", DType.F32, Shape.of(4, 2)));
    }
    base.addAll(norms);
    factors.addAll(norms);
    write(out("base").resolve("model.safetensors"), "", base);
    for (String name : List.of("one", "other")) {
      write(out(name).resolve("adapter_model.safetensors"), "base_model.model.", factors);
      Files.writeString(
          out(name).resolve("adapter_config.json"),
          """
          {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["up"], "modules_to_save": ["norm"]}
          """);
    }
    Path recipe = recipe("task_arithmetic", out("base"), out("one"), out("other"), "");
    run("merge", recipe, out("joined"), "--as=adapter", "--quiet").succeeds();
    try (Checkpoint joined = Checkpoint.openParts(Location.of(out("joined")))) {
      for (TensorInfo norm : norms) {
        assertTrue(joined.find("base_model.model." + norm.name()).isPresent(), norm.name());
      }
    }
  }

  private static void write(Path file, String prefix, List<TensorInfo> tensors) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    List<TensorInfo> named =
        tensors.stream()
            .map(info -> new TensorInfo(prefix + info.name(), info.dtype(), info.shape()))
            .toList();
    try (CheckpointWriter writer = CheckpointWriter.create(file, named, Map.of("format", "pt"))) {
      for (TensorInfo info : named) {
        byte[] bytes = new byte[Math.toIntExact(info.byteSize())];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (i % 4 == 3 ? 0x3e : file.hashCode() + i); // small numbers
        }
        writer.write(info.name(), MemorySegment.ofArray(bytes));
      }
      writer.publish();
    }
  }

  @Test
  void whatCannotBeExtractedIsRefused() {
    run("extract", "--base", BASE, "--tuned", BASE, "--out", out("no"), "--rank=4")
        .fails(3, "nothing changed");
    run("extract", "--base", BASE, "--tuned", LORA, "--out", out("no")).fails(2, "--rank");
    run("extract", "--base", BASE, "--tuned", LORA, "--out", out("no"), "--energy=2")
        .fails(2, "energy");
    run(
            "extract",
            "--base",
            BASE,
            "--tuned",
            PEFT.resolve("bases/gpt2"),
            "--out",
            out("no"),
            "--rank=4")
        .fails(3, "fit");
    assertFalse(Files.exists(out("no")));
  }
}
