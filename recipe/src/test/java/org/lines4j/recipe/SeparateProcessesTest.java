package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Units that separate JVMs carry out, in no order, each planning again from what was asked for and
/// what was measured, come to the same bytes as this JVM's threads.
class SeparateProcessesTest {
  private static final float T = 1.0001f;
  private static final RunOptions OPTIONS = RunOptions.defaults().withChunkBytes(1 << 16);

  @TempDir private static Path models;
  @TempDir private Path outputs;

  @BeforeAll
  static void writeModels() throws IOException {
    Random random = new Random(7);
    List<TensorInfo> infos = new ArrayList<>();
    infos.add(tensor("model.embed_tokens.weight", 300, 64));
    for (int i = 0; i < 3; i++) {
      infos.add(tensor("model.layers." + i + ".mlp.up_proj.weight", 600, 64));
      infos.add(tensor("model.layers." + i + ".input_layernorm.weight", 64));
    }
    infos.add(tensor("lm_head.weight", 300, 64));
    for (String name : List.of("base", "a", "b", "c")) {
      Path folder = Files.createDirectories(models.resolve(name));
      Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
      write(folder.resolve("model.safetensors"), infos, random);
    }
  }

  private static TensorInfo tensor(String name, long... dims) {
    return new TensorInfo(name, DType.F32, Shape.of(dims));
  }

  /// Updates come in steps, so that many magnitudes are equal, and many sums zero.
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

  private static String recipe(String method, String model, String rest) {
    return recipe(method, List.of("a", "b", "c"), model, rest);
  }

  private static String recipe(String method, List<String> names, String model, String rest) {
    StringBuilder recipe = new StringBuilder("merge_method: " + method + "\nbase_model: base\n");
    recipe.append("models:\n");
    for (String name : names) {
      recipe.append("- model: %s\n  parameters: %s\n".formatted(name, model));
    }
    return recipe + rest;
  }

  @Test
  void anEdit() throws IOException {
    assertEquals(List.of("write"), check("", 0));
  }

  /// The checksums of what others write come back with their units.
  @Test
  void anEditIntoAFileOfPyTorch() throws IOException {
    assertEquals(List.of("write"), check("", 0, "out.pt"));
  }

  @Test
  void aMergeOfWholeTensorsIntoAFileOfPyTorch() throws IOException {
    String recipe = recipe("nuslerp", List.of("a", "b"), "{weight: 0.5}", "");
    assertEquals(List.of("write"), check(recipe, 0, "out.pt"));
  }

  @Test
  void tiesOverWholeModels() throws IOException {
    String recipe =
        recipe("ties", "{density: 0.4, weight: 0.5}", "parameters: {trim_scope: model}\n");
    List<String> passes = check(recipe, 0);
    assertTrue(passes.contains("magnitudes"), passes.toString());
  }

  /// Of the magnitudes that are kept, those that share most bits with the threshold are told apart
  /// last: three are plus, as it looks until then, and five minus.
  @Test
  void aMajorityThatProvesWrongWhileWriting() throws IOException {
    model("zero", new float[16]);
    model("plus", Arrays.copyOf(new float[] {9, 2, 2, 2, -T, -T, -T, -T, -T}, 16));
    model("minus", Arrays.copyOf(new float[] {-9}, 16));
    String recipe =
        """
        merge_method: ties
        base_model: zero
        models:
        - model: plus
        - model: minus
        parameters: {density: 0.5, trim_scope: model, aggregate: sum}
        """;
    assertEquals(List.of("magnitudes", "magnitudes", "write", "write"), check(recipe, 0));
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

  @Test
  void consensusWithAlphaMeasured() throws IOException {
    String recipe =
        recipe(
            "consensus",
            "{}",
            "parameters: {tall_lambda: 0.4, min_tasks: 2}\nlines: {alpha: auto, beta: 0.5}\n");
    List<String> passes = check(recipe, 0);
    assertTrue(passes.contains("norms for α"), passes.toString());
  }

  @Test
  void tiesWithAlphaMeasured() throws IOException {
    String recipe =
        recipe(
            "ties",
            "{density: 0.2}",
            "parameters: {trim_scope: model}\nlines: {alpha: auto, beta: 0.5}\n");
    List<String> passes = check(recipe, 0);
    assertTrue(
        passes.containsAll(List.of("magnitudes", "norms for α", "write")), passes.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"metagpt", "pcb"})
  void whatIsMeasuredOfWholeModels(String method) throws IOException {
    List<String> passes = check(recipe(method, "{}", "lines: {alpha: auto, beta: 0.5}\n"), 0);
    assertTrue(
        passes.containsAll(List.of("whole models", "norms for α", "write")), passes.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model_stock", "della", "nuslerp", "arcee_fusion"})
  void whatIsMeasuredOfTensors(String method) throws IOException {
    List<String> names =
        switch (method) {
          case "nuslerp" -> List.of("a", "b");
          case "arcee_fusion" -> List.of("a");
          default -> List.of("a", "b", "c");
        };
    String model =
        switch (method) {
          case "della" -> "{density: 0.5, epsilon: 0.2}";
          case "nuslerp" -> "{weight: 0.5}";
          default -> "{}";
        };
    String recipe = recipe(method, names, model, "lines: {alpha: auto, beta: 0.5}\n");
    assertEquals(List.of("norms for α", "write"), check(recipe, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aPath(int variant) throws IOException {
    String recipe =
        """
        merge_method: linear
        models:
        - model: a
          parameters: {weight: w}
        - model: b
          parameters: {weight: 1 - w}
        path:
          w: [0, 0.5 … 1]
        """;
    assertEquals(List.of("write"), check(recipe, variant));
  }

  /// The passes that other processes have carried out, but for hashing, which is done where hashes
  /// are not known.
  private List<String> check(String recipe, int variant) throws IOException {
    return check(recipe, variant, "out");
  }

  private List<String> check(String recipe, int variant, String name) throws IOException {
    Path here = outputs.resolve("here").resolve(name);
    Path there = outputs.resolve("there").resolve(name);
    Files.createDirectories(here.getParent());
    Files.createDirectories(there.getParent());
    RunResult ours;
    try (PlanRequest.Planned planned =
        new PlanRequest(models, recipe, variant, Location.of(here)).plan()) {
      ours = planned.plan().run(OPTIONS);
    }
    PlanRequest request = new PlanRequest(models, recipe, variant, Location.of(there));
    try (PlanRequest.Planned planned = request.plan();
        OtherProcesses others = new OtherProcesses(request, outputs.resolve("exchange"))) {
      RunResult theirs = PlanRunner.local().run(planned.plan(), OPTIONS, others);
      assertEquals(ours.plan().settings(), theirs.plan().settings());
      assertEquals(ours.notFinite(), theirs.notFinite());
      assertSameFiles(here, there);
      return others.passes().stream().filter(pass -> !pass.equals("hash")).toList();
    }
  }

  private static void assertSameFiles(Path here, Path there) throws IOException {
    if (Files.isRegularFile(here)) {
      assertArrayEquals(Files.readAllBytes(here), Files.readAllBytes(there));
      return;
    }
    List<String> names = names(here);
    assertFalse(names.isEmpty());
    assertEquals(names, names(there));
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(here.resolve(name)), Files.readAllBytes(there.resolve(name)), name);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
