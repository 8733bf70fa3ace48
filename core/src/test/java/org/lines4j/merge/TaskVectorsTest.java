package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;

/// SPEC §2 as `taskvectors/make.py` renders it in PyTorch: eight tasks, a ViT of twelve blocks.
class TaskVectorsTest {
  private static final double RELATIVE = 2e-6;
  private static final int TASKS = 8;

  @TempDir private Path folder;
  private final List<Checkpoint> tasks = new ArrayList<>();
  private Checkpoint base;

  @BeforeEach
  void openModels() throws IOException {
    base = open("base");
    for (int i = 0; i < TASKS; i++) {
      tasks.add(open("task" + i));
    }
  }

  @AfterEach
  void closeModels() throws IOException {
    base.close();
    for (Checkpoint task : tasks) {
      task.close();
    }
  }

  private Recipes recipe(String name) {
    Recipes recipe =
        switch (name) {
          case "task_arithmetic" -> Recipes.of("task_arithmetic");
          case "ties_mean" -> Recipes.of("ties").parameters("trim_scope", "model");
          case "ties_sum" ->
              Recipes.of("ties").parameters("trim_scope", "model", "aggregate", "sum");
          case "consensus" -> Recipes.of("consensus");
          case "consensus_ties" ->
              Recipes.of("consensus").parameters("task_vector", "ties", "aggregate", "sum");
          default -> throw new IllegalArgumentException(name);
        };
    recipe.base(base);
    for (Checkpoint task : tasks) {
      if (name.startsWith("ties")) {
        recipe.model(task, "density", 0.2);
      } else {
        recipe.model(task);
      }
    }
    return recipe;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"task_arithmetic", "ties_mean", "ties_sum", "consensus", "consensus_ties"})
  void agreesWithPyTorch(String name) throws IOException {
    Merge merge = Merge.of(recipe(name).parameters("lambda", 0.3).resolve());
    RunResult result = merge.plan(folder.resolve("out.safetensors")).run();
    assertClose(name, result.out().path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"task_arithmetic", "ties_mean", "ties_sum", "consensus", "consensus_ties"})
  void agreesWithPyTorchUnderLines(String name) throws IOException {
    Merge merge = Merge.of(recipe(name).autoLines(0.3).resolve());
    RunResult result = merge.plan(folder.resolve("out.safetensors")).run();
    double alpha = result.plan().alpha().orElseThrow();
    Properties expected = new Properties();
    try (InputStream file =
        TaskVectorsTest.class.getResourceAsStream("/taskvectors/expected.properties")) {
      expected.load(Objects.requireNonNull(file));
    }
    double want = Double.parseDouble(expected.getProperty(name));
    assertEquals(want, alpha, RELATIVE * want);
    assertClose(name + "_lines", result.out().path());
  }

  @ParameterizedTest
  @CsvSource({"1, 65536", "2, 65536", "7, 131072", "3, 4194304"})
  void threadsAndChunksChangeNoByte(int threads, int chunk) throws IOException {
    for (String name : List.of("ties_mean", "consensus_ties", "task_arithmetic")) {
      Merge merge = Merge.of(recipe(name).autoLines(0.3).resolve()).withForce();
      Path one = merge.plan(folder.resolve("one.safetensors")).run().out().path();
      RunOptions options = RunOptions.defaults().withThreads(threads).withChunkBytes(chunk);
      Path other = merge.plan(folder.resolve("other.safetensors")).run(options).out().path();
      assertEquals(-1, java.nio.file.Files.mismatch(one, other), name);
    }
  }

  private static void assertClose(String name, Path out) throws IOException {
    try (Checkpoint expected = open(name + ".expected");
        Checkpoint merged = Checkpoint.open(out)) {
      for (StoredTensor tensor : expected.tensors()) {
        float[] want = Values.read(expected, tensor.name());
        float[] got = Values.read(merged, tensor.name());
        for (int i = 0; i < want.length; i++) {
          int element = i;
          assertTrue(
              Math.abs(want[i] - got[i]) <= RELATIVE * Math.max(Math.abs(want[i]), 1e-2),
              () ->
                  "%s[%d]: expected %s, found %s"
                      .formatted(tensor.name(), element, want[element], got[element]));
        }
      }
    }
  }

  private static Checkpoint open(String name) throws IOException {
    try {
      return Checkpoint.open(
          Path.of(
              Objects.requireNonNull(
                      TaskVectorsTest.class.getResource("/taskvectors/" + name + ".safetensors"))
                  .toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
