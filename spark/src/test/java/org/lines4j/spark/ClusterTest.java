package org.lines4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.cli.Main;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.tensor.TensorInfo;

/// What a cluster of two executors makes is what this JVM makes, to the bit.
class ClusterTest extends OnTwoExecutors {
  private static final float T = 1.0001f;

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
    Path adapter = adapter("adapter", 8);
    List<String> words = List.of("edit", "--tuned", adapter.toString());
    run(with(words, "--out", place("here", "out")));
    run(with(words, "--out", place("there", "out"), "--cluster", SparkClusters.SUBMITTED));
    assertSame("out");
  }

  private static Path adapter(String name, int seed) throws IOException {
    Path adapter = Files.createDirectories(models.resolve(name));
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
    write(adapter.resolve("adapter_model.safetensors"), factors, new Random(seed));
    return adapter;
  }

  /// By their factors, there as here.
  @Test
  void adaptersByTheirSingularDirections() throws IOException {
    adapter("one", 9);
    adapter("other", 10);
    merge(
        recipe("tsv_m", List.of("one", "other"), "{}", "lines: {alpha: auto, beta: 0.5}\n"), "out");
  }

  @Test
  void tiesOverWholeModelsWithAlphaMeasured() throws IOException {
    merge(ties(), "out");
  }

  @Tag("slow")
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
