package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.tensor.DType;

/// What is not a number is not lost, and what cancels out does not become so.
class ExtremeValuesMergeTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;
  private static final int REPEATED = 8; // beyond any vector, so that both kernels come to work
  private static final float[] ZERO = new float[6 * REPEATED];
  private static final float[] ONE = repeated(Float.NaN, Float.NaN, INFINITY, 1, 2, 3);
  private static final float[] OTHER = repeated(1, -1, -INFINITY, 1, 2, -3);

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "task_arithmetic",
        "ties",
        "dare_ties",
        "dare_linear",
        "della",
        "breadcrumbs_ties",
        "consensus",
        "ram",
        "ramplus_tl"
      })
  void nanStaysNan(String method) throws IOException {
    assertNanWhereItWas(merged(Recipes.of(method), ZERO, ONE, OTHER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "sum", "max"})
  void nanStaysNanUnderOneThreshold(String aggregate) throws IOException {
    Recipes recipe = Recipes.of("ties").parameters("trim_scope", "model", "aggregate", aggregate);
    assertNanWhereItWas(merged(recipe, ZERO, ONE, OTHER));
  }

  private static void assertNanWhereItWas(float[] values) {
    for (int i = 0; i < values.length; i++) {
      boolean undefined = i % 6 < 3; // ∞ − ∞ is the third
      assertEquals(undefined, Float.isNaN(values[i]), "element " + i + " is " + values[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({"arcee_fusion, ", "nearswap, t", "slerp, t", "passthrough, "})
  void nanOfOneModelStaysNan(String method, String parameter) throws IOException {
    Recipes recipe = Recipes.of(method);
    if (parameter != null) {
      recipe.parameters(parameter, 0.5);
    }
    try (Checkpoint base = model("base", ZERO);
        Checkpoint one = model("one", ONE)) {
      float[] values = run(("passthrough".equals(method) ? recipe : recipe.base(base)).model(one));
      for (int i = 0; i < values.length; i++) {
        assertTrue(!Float.isNaN(ONE[i]) || Float.isNaN(values[i]), "element " + i);
      }
    }
  }

  @Test
  void variancesOfNanMakeAllOfTheTensorNan() throws IOException {
    for (float value : merged(Recipes.of("sce"), ZERO, ONE, OTHER)) {
      assertEquals(Float.NaN, value);
    }
  }

  @Test
  void aThresholdThatIsNanIsReachedByNanAlone() throws IOException {
    float[] model = {Float.NaN, 1, 2, 3, 4, 5};
    Recipes recipe = Recipes.of("ties").parameters("trim_scope", "model");
    try (Checkpoint base = model("base", new float[6]);
        Checkpoint one = model("one", model)) {
      float[] values = run(recipe.base(base).model(one, "density", 0.0));
      assertArrayEquals(new float[] {Float.NaN, 0, 0, 0, 0, 0}, values);
    }
  }

  /// To the sign of zero, whatever the models hold.
  @ParameterizedTest
  @CsvSource({
    "task_arithmetic, normalize, false",
    "ties, trim_scope, tensor",
    "ties, trim_scope, model",
    "consensus, task_vector, ties",
    "sce, select_topk, 1"
  })
  void lambdaZeroIsTheBase(String method, String parameter, String value) throws IOException {
    float[] origin = {-0f, -0f, 1, -0f, Float.NaN};
    float[] tuned = {0.5f, Float.NaN, 2, -0.5f, 1};
    Object parsed =
        switch (value) {
          case "false" -> false;
          case "1" -> 1.0;
          default -> value;
        };
    Recipes recipe = Recipes.of(method).parameters(parameter, parsed).lines(0, 1);
    assertArrayEquals(origin, merged(recipe, origin, tuned, tuned));
  }

  @Test
  void anUpdateScaledByTheAlphaOfOneModelIsThatModel() throws IOException {
    float[] origin = {1e-8f, 1, 3.3f, 1e10f};
    float[] tuned = {1, 1.1f, 1e-3f, 0.7f};
    try (Checkpoint base = model("base", origin);
        Checkpoint one = model("one", tuned)) {
      Recipes recipe = Recipes.of("task_arithmetic").autoLines(0.5).base(base).model(one);
      assertArrayEquals(tuned, run(recipe));
    }
  }

  @Test
  void alphaOfWhatIsNotFiniteNamesTheTensor() throws IOException {
    Recipes recipe = Recipes.of("task_arithmetic").autoLines(0.5);
    try (Checkpoint base = model("base", ZERO);
        Checkpoint one = model("one", ONE)) {
      Merge merge = Merge.of(recipe.base(base).model(one).resolve()).withStackless();
      Plan plan = merge.plan(folder.resolve("out.safetensors"));
      InputException e = assertThrows(InputException.class, plan::run);
      assertEquals(
          "alpha: auto cannot be measured: ‖Σ τᵢ‖₁ is NaN and ‖τ_mtl‖₁ is NaN; the first tensor"
              + " that holds NaN or infinity in some model is w",
          String.valueOf(e.getMessage()));
      assertTrue(Files.notExists(folder.resolve("out.safetensors")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void updatesThatCancelOutLeaveTheBase(boolean filterWise) throws IOException {
    Recipes recipe = Recipes.of("model_stock").parameters("filter_wise", filterWise);
    float[] values = merged(recipe, new float[] {4.5f}, new float[] {4.75f}, new float[] {4.25f});
    assertArrayEquals(new float[] {4.5f}, values);
  }

  @ParameterizedTest
  @CsvSource({
    "karcher, max_iter, 0.9, max_iter should be a whole number from 0 to 1000000",
    "karcher, tol, 0, tol should be a number > 0 and ≤ 1",
    "nearswap, t, 0, t should be a number > 0",
    "multislerp, eps, -5, eps should be a number ≥ 0",
    "consensus, min_tasks, 2.9, min_tasks should be a whole number ≥ 0",
    "ram, epsilon, -1, epsilon should be a number ≥ 0",
  })
  void aNumberOutOfRangeIsRefused(String method, String parameter, double value, String message)
      throws IOException {
    try (Checkpoint base = model("base", ZERO);
        Checkpoint one = model("one", ONE);
        Checkpoint other = model("other", OTHER)) {
      Recipes recipe = Recipes.of(method).model(one).parameters(parameter, value);
      if (!"karcher".equals(method)) {
        recipe.base(base);
      }
      if (!"nearswap".equals(method)) {
        recipe.model(other);
      }
      RequestException e = assertThrows(RequestException.class, () -> run(recipe));
      assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    }
  }

  private float[] merged(Recipes recipe, float[] base, float[] one, float[] other)
      throws IOException {
    try (Checkpoint origin = model("base", base);
        Checkpoint first = model("one", one);
        Checkpoint second = model("other", other)) {
      return run(recipe.base(origin).model(first).model(second));
    }
  }

  private float[] run(Recipes recipe) throws IOException {
    Path out = folder.resolve("out.safetensors");
    Merge.of(recipe.resolve()).withStackless().plan(out).run();
    try (Checkpoint result = Checkpoint.open(out)) {
      return Values.read(result, "w");
    }
  }

  private Checkpoint model(String name, float[] values) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    Values.write(file, Map.of("w", values), Optional.empty(), DType.F32);
    return Checkpoint.open(file);
  }

  private static float[] repeated(float... values) {
    float[] all = new float[values.length * REPEATED];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i % values.length];
    }
    return all;
  }
}
