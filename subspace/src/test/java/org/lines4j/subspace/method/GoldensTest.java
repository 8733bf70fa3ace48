package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.merge.Recipe;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.RunOptions;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.method.Golden.Tensor;
import org.lines4j.tensor.Shape;

/// What the authors' code gives, as far as it is sensible: see the goldens' README.
class GoldensTest {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final RunOptions OPTIONS = RunOptions.defaults().withThreads(2);

  @TempDir Path scratch = Path.of("");

  /// @param file of the goldens
  /// @param share of an update's largest element that a result may differ by
  record Case(String method, Map<String, Object> parameters, String file, double share) {
    Case(String method, String file, double share) {
      this(method, Map.of(), file, share);
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("tsv_m", "tsvm", 1e-4),
        new Case("iso_c", "iso-c", 5e-5),
        new Case("dc_merge", "dc-merge", 1e-4),
        new Case("iso_cts", "iso-cts", 2e-4),
        new Case("star", Map.of("matrices", "^(?!lm_head|.*embed_tokens)"), "star", 2e-5),
        new Case("swudi", Map.of("matrices", "^(?!lm_head)"), "swudi-a", 5e-4),
        new Case("swudi", Map.of("matrices", "^(?!lm_head)", "filter", "time"), "swudi", 1e-3),
        new Case("magmax", "magmax", 5e-7));
  }

  /// What is measured over whole models, which `llama` is not here.
  static List<Case> overWholeModels() {
    return List.of(
        new Case("metagpt", "metagpt", 1e-5),
        new Case("task_arithmetic", Map.of("weights", "auto"), "metagpt", 1e-5),
        new Case("pcb", "pcb", 2e-6),
        new Case("pcb", Map.of("ratio", 0.05), "pcb.ratio0.05", 2e-6));
  }

  @ParameterizedTest
  @MethodSource("overWholeModels")
  void whatIsMeasuredOverWholeModelsIsAsTheAuthorsHaveIt(Case wanted) throws IOException {
    check("vit", wanted);
    byte[] merged = bytes(Golden.of("vit"), wanted);
    assertArrayEquals(
        merged, bytes(Golden.of("vit").reversed(), wanted), "the order of the models");
    Recipe recipe = Golden.of("vit").recipe(wanted.method, wanted.parameters);
    RunOptions alone = RunOptions.defaults().withThreads(1);
    Golden.of("vit").merge(recipe, out(), alone);
    assertArrayEquals(merged, Files.readAllBytes(out()), "threads");
  }

  /// Of deltas that are float32 in the end, exact but for that.
  @ParameterizedTest
  @MethodSource("overWholeModels")
  void theDeltaOverWholeModelsIsExact(Case wanted) throws IOException {
    Golden golden = Golden.of("vit");
    WholeModelInMemory models = WholeModelInMemory.of(golden);
    MethodType method = Methods.find(wanted.method).orElseThrow();
    MethodType.Settings settings =
        Trials.settings(method, Shape.of(1), golden.models().size(), wanted.parameters);
    TensorMerge.MeasuredModel merge = (TensorMerge.MeasuredModel) method.create(settings);
    TensorMerge.Elementwise given =
        (TensorMerge.Elementwise) merge.given(merge.measure().of(models));
    int compared = 0;
    for (Map.Entry<String, Tensor> delta : golden.read("exact-delta").entrySet()) {
      int slash = delta.getKey().indexOf('/');
      if (delta.getKey().substring(0, slash).equals(wanted.file)) {
        double[] expected = delta.getValue().values();
        float[] found = models.merge(given, delta.getKey().substring(slash + 1));
        double most = 1e-9 * delta.getValue().largest();
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], found[i], most + Math.ulp((float) expected[i]) / 2);
        }
        compared++;
      }
    }
    assertEquals(2, compared);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aVisionModelIsMergedAsTheAuthorsMergeIt(Case wanted) {
    check("vit", wanted);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aLanguageModelIsMergedAsTheAuthorsMergeIt(Case wanted) {
    if (Golden.of("llama").has(wanted.file)) {
      check("llama", wanted);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatTheAuthorsMergeWrongIsMergedSensibly(Case wanted) {
    if (!wanted.method.equals("magmax")) {
      check(
          "edge",
          new Case(wanted.method, wanted.parameters, wanted.file + ".sensible", wanted.share));
    }
  }

  @Test
  void whatSwudiExcludesStaysAsTheBaseHasIt() {
    Map<String, Object> parameters = Map.of("matrices", ".", "exclude", "embed_tokens|lm_head");
    check("llama", new Case("swudi", parameters, "swudi-a.excluded", 5e-4));
  }

  private void check(String folder, Case wanted) {
    Golden golden = Golden.of(folder);
    Recipe recipe = golden.recipe(wanted.method, wanted.parameters);
    golden.check(golden.merge(recipe, out(), OPTIONS), wanted.file, wanted.share);
  }

  private Path out() {
    return scratch.resolve("out.safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "tsv_m, ^(?!.*text_projection), lines-tsvm, 1e-4",
    "iso_c, ^(?!.*text_projection), lines-iso-c, 5e-5",
    "swudi, ., lines-swudi-a, 5e-4"
  })
  void linesGoesOnTop(String method, String matrices, String file, double share) {
    Golden golden = Golden.of("vit");
    Recipe recipe = golden.recipe(method, Map.of("matrices", matrices)).withLines(Golden.lines());
    golden.check(golden.merge(recipe, out(), OPTIONS), file, share);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theDeltaIsExact(Case wanted) {
    for (String folder : List.of("vit", "llama")) {
      Golden golden = Golden.of(folder);
      golden
          .read("exact-delta")
          .forEach(
              (key, expected) -> {
                int slash = key.indexOf('/');
                if (key.substring(0, slash).equals(wanted.file)
                    && !wanted.method.equals("magmax")) {
                  for (Algebra algebra : List.of(Algebra.fastest(), Algebra.inJava())) {
                    checkExact(golden, wanted, key.substring(slash + 1), expected, algebra);
                  }
                }
              });
    }
  }

  private static void checkExact(
      Golden golden, Case wanted, String name, Tensor expected, Algebra algebra) {
    int rows = expected.shape().dims().getFirst().intValue();
    int cols = expected.shape().dims().getLast().intValue();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment base = floats(arena, Golden.at(golden.read("base"), name));
      MemorySegment[] models =
          golden.models().stream()
              .map(model -> floats(arena, Golden.at(golden.read(model), name)))
              .toArray(MemorySegment[]::new);
      List<Double> weights = Collections.nCopies(models.length, 1.0);
      Updates updates = new StoredUpdates(rows, cols, base, models, weights);
      Combining combining = combining(wanted, expected, models.length);
      Matrix delta = combining.combine(arena, algebra, updates);
      double most = 1e-9 * expected.largest();
      for (int i = 0; i < expected.values().length; i++) {
        double found = delta.get(i / cols, i % cols);
        assertEquals(expected.values()[i], found, most, name + " by " + algebra.name());
      }
    }
  }

  private static Combining combining(Case wanted, Tensor expected, int models) {
    MethodType method = Methods.find(wanted.method).orElseThrow();
    MethodType.Settings settings =
        Trials.settings(method, expected.shape(), models, wanted.parameters);
    return ((ProductMerge) method.create(settings)).matrices().combining();
  }

  private static MemorySegment floats(Arena arena, Tensor tensor) {
    MemorySegment segment = arena.allocate((long) tensor.values().length * Float.BYTES);
    for (int i = 0; i < tensor.values().length; i++) {
      segment.setAtIndex(FLOAT, i, (float) tensor.values()[i]);
    }
    return segment;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOrderOfTheModelsChangesNoByte(Case wanted) throws IOException {
    assumeFalse(wanted.method.equals("magmax"), "of two that are as large, the later one counts");
    for (String folder : List.of("vit", "edge")) {
      Golden golden = Golden.of(folder);
      byte[] merged = bytes(golden, wanted);
      assertArrayEquals(merged, bytes(golden.reversed(), wanted), folder);
    }
  }

  private byte[] bytes(Golden golden, Case wanted) throws IOException {
    Recipe recipe = golden.recipe(wanted.method, wanted.parameters);
    return Files.readAllBytes(golden.merge(recipe, out(), OPTIONS));
  }
}
