package org.lines4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.cli.Main;
import org.lines4j.conformance.web.S3Server;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.spark.hadoop.TestHdfs;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What a cluster of two executors makes is what this JVM makes, to the bit, whatever happens to
/// them.
class ClusterTest {
  private static final float T = 1.0001f;
  private static final String BUCKET = "models";

  @TempDir private static Path models;
  @TempDir private Path outputs;
  private static TestCluster cluster;
  private static JavaSparkContext context;
  private static S3Server store;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    writeModels();
    store = S3Server.start(BUCKET);
    System.setProperty("aws.endpointUrl", store.address());
    System.setProperty("aws.accessKeyId", "anybody");
    System.setProperty("aws.secretAccessKey", "secret");
    System.setProperty("aws.region", "eu-central-1");
    cluster =
        TestCluster.start(
            models,
            Map.of(
                "AWS_ENDPOINT_URL",
                store.address(),
                "AWS_ACCESS_KEY_ID",
                "anybody",
                "AWS_SECRET_ACCESS_KEY",
                "secret",
                "AWS_REGION",
                "eu-central-1"));
    context = cluster.connect();
  }

  @AfterAll
  static void stopCluster() throws IOException {
    context.close();
    cluster.close();
    store.close();
    System.getProperties().keySet().removeIf(name -> String.valueOf(name).startsWith("aws."));
  }

  private static void writeModels() throws IOException {
    Random random = new Random(7);
    List<TensorInfo> infos = new ArrayList<>();
    infos.add(tensor("model.embed_tokens.weight", 3000, 256));
    for (int i = 0; i < 6; i++) {
      infos.add(tensor("model.layers." + i + ".mlp.up_proj.weight", 3000, 256));
      infos.add(tensor("model.layers." + i + ".self_attn.q_proj.weight", 256, 256));
      infos.add(tensor("model.layers." + i + ".input_layernorm.weight", 256));
    }
    infos.add(tensor("lm_head.weight", 3000, 256));
    for (String name : List.of("base", "a", "b", "c")) {
      Path folder = Files.createDirectories(models.resolve(name));
      Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
      write(folder.resolve("model.safetensors"), infos, random);
    }
  }

  private static TensorInfo tensor(String name, long... dims) {
    return new TensorInfo(name, DType.F32, Shape.of(dims));
  }

  private static void write(Path file, List<TensorInfo> infos, Random random) throws IOException {
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of("format", "pt"))) {
      for (TensorInfo info : infos) {
        MemorySegment bytes = arena.allocate(info.byteSize());
        for (long i = 0; i < info.elements(); i++) {
          bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, (random.nextInt(41) - 21) / 64f);
        }
        writer.write(info.name(), bytes);
      }
      writer.publish();
    }
  }

  private Path recipe(String method, List<String> names, String model, String rest)
      throws IOException {
    StringBuilder recipe = new StringBuilder("merge_method: " + method + "\nbase_model: base\n");
    recipe.append("models:\n");
    for (String name : names) {
      recipe.append("- model: %s\n  parameters: %s\n".formatted(name, model));
    }
    return Files.writeString(models.resolve(method + ".yml"), recipe + rest);
  }

  private Path ties() throws IOException {
    return recipe(
        "ties",
        List.of("a", "b", "c"),
        "{density: 0.3}",
        "parameters: {trim_scope: model}\nlines: {alpha: auto, beta: 0.5}\n");
  }

  private static void run(String... words) {
    StringWriter err = new StringWriter();
    int code = Main.run(words, new StringWriter(), err);
    assertEquals(0, code, err::toString);
  }

  private static String[] with(List<String> words, String... more) {
    return Stream.concat(words.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private void merge(Path recipe, String out) throws IOException {
    List<String> words = List.of("merge", recipe.toString());
    run(with(words, place("here", out)));
    run(with(words, place("there", out), "--cluster", SparkClusters.SUBMITTED));
    assertSame(out);
  }

  private String place(String side, String out) throws IOException {
    return Files.createDirectories(outputs.resolve(side)).resolve(out).toString();
  }

  private void assertSame(String out) throws IOException {
    Path here = outputs.resolve("here").resolve(out);
    Path there = outputs.resolve("there").resolve(out);
    Set<String> names = names(here);
    assertFalse(names.isEmpty());
    assertEquals(names, names(there));
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(here.resolve(name)), Files.readAllBytes(there.resolve(name)), name);
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new TreeSet<>(
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .toList());
    }
  }

  @Test
  void anEdit() throws IOException {
    List<String> words =
        List.of(
            "edit", "--base", models + "/base", "--tuned", models + "/a", "--shard-size", "5MB");
    run(with(words, "--out", place("here", "out")));
    run(with(words, "--out", place("there", "out"), "--cluster", SparkClusters.SUBMITTED));
    assertSame("out");
  }

  /// A file has no card: what is compared is the file alone.
  @Test
  void anEditIntoAFileOfPyTorch() throws IOException {
    List<String> words = List.of("edit", "--base", models + "/base", "--tuned", models + "/a");
    run(with(words, "--out", place("here", "out.pt")));
    run(with(words, "--out", place("there", "out.pt"), "--cluster", SparkClusters.SUBMITTED));
    assertArrayEquals(
        Files.readAllBytes(outputs.resolve("here/out.pt")),
        Files.readAllBytes(outputs.resolve("there/out.pt")));
  }

  @Test
  void anEditOfAnAdapter() throws IOException {
    Path adapter = Files.createDirectories(models.resolve("adapter"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["up_proj"]}
        """);
    List<TensorInfo> factors = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String module = "base_model.model.model.layers." + i + ".mlp.up_proj.";
      factors.add(tensor(module + "lora_A.weight", 4, 256));
      factors.add(tensor(module + "lora_B.weight", 3000, 4));
    }
    write(adapter.resolve("adapter_model.safetensors"), factors, new Random(8));
    List<String> words = List.of("edit", "--tuned", adapter.toString());
    run(with(words, "--out", place("here", "out")));
    run(with(words, "--out", place("there", "out"), "--cluster", SparkClusters.SUBMITTED));
    assertSame("out");
  }

  @Test
  void tiesOverWholeModelsWithAlphaMeasured() throws IOException {
    merge(ties(), "out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"consensus", "model_stock", "della", "iso_c"})
  void otherMethodsWithAlphaMeasured(String method) throws IOException {
    String model = method.equals("della") ? "{density: 0.5, epsilon: 0.2}" : "{}";
    merge(
        recipe(method, List.of("a", "b", "c"), model, "lines: {alpha: auto, beta: 0.5}\n"), "out");
  }

  @Test
  void everyOutputOfAPath() throws IOException {
    merge(
        recipe("task_arithmetic", List.of("a", "b"), "{weight: w}", "path: {w: [0, 0.5 ... 1]}\n"),
        "out");
  }

  @Test
  void aMajorityThatProvesWrongWhileWriting() throws IOException {
    model("zero", new float[16]);
    model("plus", Arrays.copyOf(new float[] {9, 2, 2, 2, -T, -T, -T, -T, -T}, 16));
    model("minus", Arrays.copyOf(new float[] {-9}, 16));
    Path recipe =
        Files.writeString(
            models.resolve("wrong.yml"),
            """
            merge_method: ties
            base_model: zero
            models:
            - model: plus
            - model: minus
            parameters: {density: 0.5, trim_scope: model, aggregate: sum}
            """);
    merge(recipe, "out");
  }

  private static void model(String name, float[] values) throws IOException {
    TensorInfo info = tensor("model.layers.0.mlp.weight", values.length);
    Path folder = Files.createDirectories(models.resolve(name));
    Path file = folder.resolve("model.safetensors");
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(file, List.of(info), Map.of())) {
      writer.write(info.name(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
      writer.publish();
    }
  }

  /// Kills an executor after the first tasks of every pass.
  private static final class Killer extends SparkListener {
    private final int times;
    private final Map<Integer, Integer> byStage = new TreeMap<>();

    /// @param times how many executors of each pass die, one after the other
    Killer(int times) {
      this.times = times;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskInfo().successful()
          && killed(end.stageId()) < times
          && cluster.killAnExecutor()) {
        byStage.merge(end.stageId(), 1, Integer::sum);
      }
    }

    private int killed(int stage) {
      return byStage.getOrDefault(stage, 0);
    }

    /// How many passes have lost as many.
    synchronized long passes() {
      return byStage.values().stream().filter(killed -> killed == times).count();
    }
  }

  @Test
  void executorsThatDieTwiceInEachPass() throws IOException {
    Killer killer = new Killer(2);
    context.sc().addSparkListener(killer);
    try {
      merge(ties(), "out");
    } finally {
      context.sc().removeSparkListener(killer);
    }
    assertTrue(killer.passes() >= 3, "executors were killed in passes: " + killer.byStage);
  }

  /// From a store to the same store: parts of a file come from both executors, whose shares end
  /// anywhere in them.
  @Test
  void executorsThatDieWhileTheyWriteIntoAStore() throws IOException {
    for (String name : List.of("base", "a", "b", "c")) {
      for (String file : names(models.resolve(name))) {
        store.put(
            BUCKET, name + "/" + file, Files.readAllBytes(models.resolve(name).resolve(file)));
      }
    }
    Path recipe = tiesOf("s3://models");
    for (String out : List.of("out", "out.pt")) {
      mergeWhileExecutorsDie(recipe, out, "s3://models/there/");
      assertStored(outputs.resolve("here").resolve(out), "there/" + out);
    }
    assertEquals(List.of(), store.uploads());
    assertTrue(store.keys(BUCKET).stream().noneMatch(key -> key.contains("lines-partial")));
  }

  @Test
  void executorsThatDieWhileTheyWriteIntoHdfs() throws IOException {
    try (TestHdfs hdfs = TestHdfs.start(outputs.resolve("hdfs"))) {
      for (String name : List.of("base", "a", "b", "c")) {
        for (String file : names(models.resolve(name))) {
          hdfs.put(
              Location.parse(hdfs.address() + "/models/" + name + "/" + file),
              Files.readAllBytes(models.resolve(name).resolve(file)));
        }
      }
      Path recipe = tiesOf(hdfs.address() + "/models");
      for (String out : List.of("out", "out.pt")) {
        mergeWhileExecutorsDie(recipe, out, hdfs.address() + "/there/");
        hdfs.get(hdfs.address() + "/there/" + out, outputs.resolve("there/" + out));
      }
      assertSame("out");
      assertArrayEquals(
          Files.readAllBytes(outputs.resolve("here/out.pt")),
          Files.readAllBytes(outputs.resolve("there/out.pt")));
      assertEquals(List.of("out", "out.pt"), hdfs.names("/there"), "and nothing else");
    }
  }

  /// The recipe, with models elsewhere.
  private Path tiesOf(String folder) throws IOException {
    return Files.writeString(
        outputs.resolve("store.yml"),
        Files.readString(ties())
            .replaceAll("(base_model|model): (base|[abc])\n", "$1: " + folder + "/$2\n"));
  }

  private void mergeWhileExecutorsDie(Path recipe, String out, String there) throws IOException {
    List<String> words = List.of("merge", recipe.toString());
    run(with(words, place("here", out)));
    Killer killer = new Killer(1);
    context.sc().addSparkListener(killer);
    try {
      run(with(words, there + out, "--cluster", SparkClusters.SUBMITTED));
    } finally {
      context.sc().removeSparkListener(killer);
    }
    assertTrue(killer.passes() >= 3, "executors were killed in passes: " + killer.byStage);
  }

  private static void assertStored(Path here, String there) throws IOException {
    if (Files.isRegularFile(here)) {
      assertArrayEquals(Files.readAllBytes(here), store.content(BUCKET, there).orElseThrow());
      return;
    }
    for (String name : names(here)) {
      assertArrayEquals(
          Files.readAllBytes(here.resolve(name)),
          store.content(BUCKET, there + "/" + name).orElseThrow(),
          name);
    }
  }

  @Test
  void aDriverThatDiesLeavesNothingAndTheNextRunClearsUp()
      throws IOException, InterruptedException {
    List<String> words = List.of("merge", ties().toString());
    run(with(words, place("here", "out")));
    List<String> there = new ArrayList<>(words);
    there.add(place("there", "out"));
    Path left = outputs.resolve("there/.out.lines-partial/parts");
    context.close(); // for there are but two cores to have
    File log = outputs.resolve("log").toFile();
    Process driver = cluster.driver(there).redirectErrorStream(true).redirectOutput(log).start();
    while (driver.isAlive() && !Files.exists(left)) {
      Thread.sleep(5);
    }
    assertTrue(Files.exists(left), () -> text(log.toPath()));
    driver.destroyForcibly().waitFor();
    assertFalse(Files.exists(outputs.resolve("there/out")), "nothing is published");
    assertTrue(Files.exists(left), "and something is left");
    context = cluster.connect();
    there.addAll(List.of("--cluster", SparkClusters.SUBMITTED));
    run(there.toArray(String[]::new));
    assertSame("out");
    assertFalse(Files.exists(outputs.resolve("there/.out.lines-partial")));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// As on this machine: the exit code, and a message that names what is wrong.
  @Test
  void whatAnExecutorFindsWrongIsTold() throws IOException {
    Path recipe = ties();
    Path broken = Files.createDirectories(models.resolve("broken"));
    Files.copy(models.resolve("a/model.safetensors"), broken.resolve("model.safetensors"));
    Path text =
        Files.writeString(
            models.resolve("broken.yml"),
            Files.readString(recipe).replace("model: b\n", "model: broken\n"));
    SparkListener cutter =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            try {
              Files.write(broken.resolve("model.safetensors"), new byte[10]);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    context.sc().addSparkListener(cutter);
    StringWriter err = new StringWriter();
    try {
      int code =
          Main.run(
              new String[] {
                "merge",
                text.toString(),
                place("there", "out"),
                "--cluster",
                SparkClusters.SUBMITTED
              },
              new StringWriter(),
              err);
      assertTrue(code == 1 || code == 3, code + " " + err);
    } finally {
      context.sc().removeSparkListener(cutter);
    }
    assertTrue(err.toString().contains("broken/model.safetensors"), err::toString);
    assertFalse(Files.exists(outputs.resolve("there/out")));
  }
}
