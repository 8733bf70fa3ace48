package org.lines4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.StringWriter;
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
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import org.lines4j.conformance.web.S3Server;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A cluster of two executors, models to merge on it, and the comparison with what this JVM makes.
abstract class OnTwoExecutors {
  static final String BUCKET = "models";

  @TempDir static Path models;
  @TempDir Path outputs;
  static TestCluster cluster;
  static JavaSparkContext context;
  static S3Server store;

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

  static TensorInfo tensor(String name, long... dims) {
    return new TensorInfo(name, DType.F32, Shape.of(dims));
  }

  static void write(Path file, List<TensorInfo> infos, Random random) throws IOException {
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

  Path recipe(String method, List<String> names, String model, String rest) throws IOException {
    StringBuilder recipe = new StringBuilder("merge_method: " + method + "\nbase_model: base\n");
    recipe.append("models:\n");
    for (String name : names) {
      recipe.append("- model: %s\n  parameters: %s\n".formatted(name, model));
    }
    return Files.writeString(models.resolve(method + ".yml"), recipe + rest);
  }

  Path ties() throws IOException {
    return recipe(
        "ties",
        List.of("a", "b", "c"),
        "{density: 0.3}",
        "parameters: {trim_scope: model}\nlines: {alpha: auto, beta: 0.5}\n");
  }

  static void run(String... words) {
    StringWriter err = new StringWriter();
    int code = Main.run(words, new StringWriter(), err);
    assertEquals(0, code, err::toString);
  }

  static String[] with(List<String> words, String... more) {
    return Stream.concat(words.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  void merge(Path recipe, String out) throws IOException {
    List<String> words = List.of("merge", recipe.toString());
    run(with(words, place("here", out)));
    run(with(words, place("there", out), "--cluster", SparkClusters.SUBMITTED));
    assertSame(out);
  }

  String place(String side, String out) throws IOException {
    return Files.createDirectories(outputs.resolve(side)).resolve(out).toString();
  }

  void assertSame(String out) throws IOException {
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

  static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new TreeSet<>(
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .toList());
    }
  }
}
