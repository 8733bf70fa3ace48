package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Merge;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedPass;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// Each method on 4×4 numbers that can be checked by hand.
class ByHandTest {
  private static final Shape SQUARE = Shape.of(4, 4);
  private static final float[] ZERO = new float[16];
  private static final float[] ONE = filled(1);
  private static final float[] COUNT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  private static final float[] MIXED = {
    1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16
  };

  @TempDir private Path folder;
  private int files;

  private static float[] filled(float value) {
    float[] values = new float[16];
    Arrays.fill(values, value);
    return values;
  }

  private Checkpoint model(float[] values) throws IOException {
    return model(Map.of("w", values), SQUARE);
  }

  private Checkpoint model(Map<String, float[]> tensors, Shape shape) throws IOException {
    Path file = folder.resolve("model" + files++ + ".safetensors");
    return Checkpoint.open(Values.write(file, new LinkedHashMap<>(tensors), Optional.of(shape)));
  }

  private float[] merged(Recipes recipe) throws IOException {
    Path out = folder.resolve("out.safetensors");
    Merge.of(recipe.resolve()).withForce().withStackless().plan(out).run();
    try (Checkpoint checkpoint = Checkpoint.open(out)) {
      return Values.read(checkpoint, "w");
    }
  }

  private static float[] of(float... values) {
    return values;
  }

  @Test
  void linearAverages() throws IOException {
    float[] out =
        merged(
            Recipes.of("linear")
                .model(model(ZERO), "weight", 1.0)
                .model(model(ONE), "weight", 3.0));
    assertArrayEquals(filled(0.75f), out);
  }

  @Test
  void taskArithmeticAddsWeightedUpdates() throws IOException {
    float[] out =
        merged(
            Recipes.of("task_arithmetic")
                .base(model(ONE))
                .model(model(filled(3)), "weight", 0.5)
                .model(model(filled(0)), "weight", 2.0)
                .parameters("lambda", 2.0));
    assertArrayEquals(filled(1 + 2 * (0.5f * 2 - 2)), out);
  }

  @Test
  void tiesKeepsTheLargestThatAgree() throws IOException {
    // density 0.25 keeps 4 of 16: 13 … 16 of both; where signs cancel, plus wins, sum 0 ≥ 0
    float[] out =
        merged(
            Recipes.of("ties")
                .base(model(ZERO))
                .model(model(COUNT), "density", 0.25)
                .model(model(MIXED), "density", 0.25));
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 14, 15, 16), out);
  }

  @Test
  void modelTiesResolvesCancelledSignsByTheMajority() throws IOException {
    // votes: 13 and 15 plus, 14 and 16 cancel: the majority is plus
    Recipes recipe =
        Recipes.of("ties")
            .base(model(ZERO))
            .model(model(COUNT), "density", 0.2)
            .model(model(MIXED), "density", 0.2)
            .parameters("trim_scope", "model", "aggregate", "sum");
    // k = ⌊16·0.2⌋ = 3, the 13th smallest is 13: entries ≥ 13 are kept
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 14, 30, 16), merged(recipe));
    recipe.parameters("aggregate", "max");
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 14, 15, 16), merged(recipe));
  }

  @Test
  void aNarrowMajorityIsThatOfTheExactThresholds() throws IOException {
    // 1.0001 is the threshold: three plus, five minus, and what cancels out becomes minus.
    // Magnitudes
    // that share most bits with it are told apart last, so it looks like three plus and none minus.
    float[] first = {9, 2, 2, 2, -1.0001f, -1.0001f, -1.0001f, -1.0001f, -1.0001f};
    float[] second = {-9};
    Recipes recipe =
        Recipes.of("ties")
            .base(model(ZERO))
            .model(model(Arrays.copyOf(first, 16)), "density", 0.5)
            .model(model(Arrays.copyOf(second, 16)), "density", 0.5)
            .parameters("trim_scope", "model", "aggregate", "sum");
    float[] expected = Arrays.copyOf(first, 16);
    expected[0] = -9;
    assertArrayEquals(expected, merged(recipe));
    recipe.parameters("aggregate", "max");
    assertArrayEquals(expected, merged(recipe));
    // α = ½·(9 − 9 + 6 + 5.0005)/(9 + 6 + 5.0005)
    assertEquals(-9 * 11.0005 / 20.0005 / 2, merged(recipe.autoLines(0))[0], 1e-5);
  }

  @Test
  void modelTiesHasOneThresholdForAllTensors() throws IOException {
    Checkpoint base = model(Map.of("v", ZERO, "w", ZERO), SQUARE);
    Checkpoint tuned = model(Map.of("v", filled(100), "w", COUNT), SQUARE);
    Recipes recipe =
        Recipes.of("ties")
            .base(base)
            .model(tuned, "density", 0.5)
            .parameters("trim_scope", "model");
    // d = 32, k = 16: the 16th smallest is 16, which is kept with the hundreds
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16), merged(recipe));
  }

  @Test
  void tensorsThatAreNotChangedCountForTheThreshold() throws IOException {
    String first = "model.layers.0.w";
    String second = "model.layers.1.w";
    Recipes recipe =
        Recipes.of("ties")
            .base(model(Map.of(first, ZERO, second, ZERO), SQUARE))
            .model(model(Map.of(first, filled(100), second, COUNT), SQUARE), "density", 0.5)
            .model(model(Map.of(first, filled(100), second, COUNT), SQUARE), "density", 0.5)
            .parameters("trim_scope", "model")
            .lines(0, 1);
    Path out = folder.resolve("layers.safetensors");
    Merge.of(recipe.resolve()).plan(out).run();
    try (Checkpoint merged = Checkpoint.open(out)) {
      assertArrayEquals(ZERO, Values.read(merged, first)); // λ = 0
      // of 32, the 16th smallest is 16, which is kept with the hundreds
      assertArrayEquals(
          of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16), Values.read(merged, second));
    }
  }

  @Test
  void onlyTensorsWithAThresholdOfTheWholeModelAreSurveyed() throws IOException {
    Recipes recipe =
        Recipes.of("ties")
            .base(model(Map.of("v", ZERO, "w", ZERO), SQUARE))
            .model(model(Map.of("v", ONE, "w", COUNT), SQUARE), "density", 0.5)
            .parameters(
                "trim_scope", (Recipes.Value) name -> name.equals("w") ? "model" : "tensor");
    Plan plan = Merge.of(recipe.resolve()).withStackless().plan(folder.resolve("o.safetensors"));
    long tensor = 16L * Float.BYTES;
    assertEquals(
        List.of(2 * tensor, 8 * tensor), // once w of both models, then all, and v twice before
        plan.passes().stream().map(PlannedPass::bytesToRead).toList());
  }

  @Test
  void consensusKeepsWhatTwoTasksRelyOn() throws IOException {
    float[] first = {4, 4, 0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4, 0, 0};
    float[] second = {4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0};
    // where both changed by 4: 4 > 0.4·|8 − 4|, two masks; elsewhere at most one
    float[] out =
        merged(Recipes.of("consensus").base(model(ZERO)).model(model(first)).model(model(second)));
    assertArrayEquals(of(8, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0), out);
  }

  @Test
  void breadcrumbsDropsBothEnds() throws IOException {
    // of 16: 2 largest dropped, 8 kept, so 6 smallest dropped
    float[] out =
        merged(
            Recipes.of("breadcrumbs")
                .base(model(ZERO))
                .model(model(MIXED), "density", 0.5, "gamma", 0.125));
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 7, -8, 9, -10, 11, -12, 13, -14, 0, 0), out);
  }

  @Test
  void breadcrumbsWithoutGammaKeepsTheLargest() throws IOException {
    float[] out =
        merged(
            Recipes.of("breadcrumbs_ties")
                .base(model(ZERO))
                .model(model(MIXED), "density", 0.25, "gamma", 0.0));
    assertArrayEquals(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, -14, 15, -16), out);
  }

  @Test
  void equalMagnitudesKeepTheEarlier() throws IOException {
    float[] out = merged(Recipes.of("ties").base(model(ZERO)).model(model(ONE), "density", 0.25));
    assertArrayEquals(of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), out);
  }

  @Test
  void slerpWalksTheArc() throws IOException {
    float[] right = new float[16];
    float[] up = new float[16];
    right[0] = 1;
    up[1] = 1;
    float[] out =
        merged(Recipes.of("slerp").base(model(right)).model(model(up)).parameters("t", 0.5));
    float[] expected = new float[16];
    expected[0] = (float) Math.sqrt(0.5);
    expected[1] = (float) Math.sqrt(0.5);
    assertArrayEquals(expected, out, 1e-7f);
    Recipes three = Recipes.of("karcher").model(model(right)).model(model(up));
    assertArrayEquals(expected, merged(three), 1e-6f);
    Recipes multi = Recipes.of("multislerp").model(model(right)).model(model(up));
    assertArrayEquals(expected, merged(multi), 1e-6f);
    Recipes nu = Recipes.of("nuslerp").model(model(right)).model(model(up));
    assertArrayEquals(expected, merged(nu), 1e-6f);
  }

  @Test
  void modelStockOfEqualModelsIsThatModel() throws IOException {
    Recipes same = Recipes.of("model_stock").base(model(ZERO)).model(model(ONE)).model(model(ONE));
    assertArrayEquals(ONE, merged(same), 1e-6f); // cos ω = 1: t = 1
    float[] right = new float[16];
    float[] up = new float[16];
    right[0] = 1;
    up[1] = 1;
    Recipes square =
        Recipes.of("model_stock").base(model(ZERO)).model(model(right)).model(model(up));
    assertArrayEquals(ZERO, merged(square)); // cos ω = 0: t = 0
  }

  @Test
  void sceWeighsBySize() throws IOException {
    // weights 1 : 4, all signs agree: (1·1 + 4·2)/5
    float[] out =
        merged(Recipes.of("sce").base(model(ZERO)).model(model(ONE)).model(model(filled(2))));
    assertArrayEquals(filled(1.8f), out, 1e-6f);
  }

  @Test
  void nearswapTakesWhatIsNear() throws IOException {
    float[] out =
        merged(Recipes.of("nearswap").base(model(ZERO)).model(model(COUNT)).parameters("t", 4.0));
    // up to 4 the other's value; beyond, 4/d · d = 4
    assertArrayEquals(of(1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4), out, 1e-6f);
  }

  @Test
  void ramAveragesWhatIsShared() throws IOException {
    float[] first = {2, 2, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0};
    float[] second = {4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0};
    Recipes ram = Recipes.of("ram").base(model(ZERO)).model(model(first)).model(model(second));
    assertArrayEquals(of(3, 2, 4, 0, 3, 2, 4, 0, 3, 2, 4, 0, 3, 2, 4, 0), merged(ram));
    Recipes plus =
        Recipes.of("ramplus_tl")
            .base(model(ZERO))
            .model(model(first))
            .model(model(second))
            .parameters("r", 0.5, "alpha", 1.0);
    // shared : unique = 1 for both, so unique updates times 1.5
    assertArrayEquals(of(3, 3, 6, 0, 3, 3, 6, 0, 3, 3, 6, 0, 3, 3, 6, 0), merged(plus), 1e-6f);
  }

  @Test
  void arceeFusionTakesWhatStandsOut() throws IOException {
    float[] other = new float[16];
    other[5] = 3;
    float[] out = merged(Recipes.of("arcee_fusion").base(model(ZERO)).model(model(other)));
    assertArrayEquals(other, out); // all quartiles are 0, and so is the threshold
  }

  @Test
  void passthroughScales() throws IOException {
    assertArrayEquals(filled(2), merged(Recipes.of("passthrough").model(model(ONE), "scale", 2.0)));
  }

  @Test
  void linesScaleWhatMethodsWithoutTaskVectorsGive() throws IOException {
    Recipes soup =
        Recipes.of("linear")
            .base(model(ONE))
            .model(model(filled(2)))
            .model(model(filled(4)))
            .lines(0.5, 0.5);
    assertArrayEquals(filled(1 + 0.5f * 2), merged(soup)); // no stack: all outside, λ = α
  }

  @Test
  void inputsAreRoundedToTheComputeTypeAndOutputsToTheirs() throws IOException {
    Recipes recipe =
        Recipes.of("passthrough").model(model(filled(0x1.01p0f))).computeType(DType.BF16);
    assertArrayEquals(filled(1), merged(recipe)); // 1 + 2⁻⁸ lies half-way: to even
  }

  @Test
  void differentShapesAreAnErrorThatNamesFileAndTensor() throws IOException {
    Checkpoint flat = model(Map.of("w", ONE), Shape.of(16));
    Recipes recipe = Recipes.of("task_arithmetic").base(model(ONE)).model(flat);
    InputException e = assertThrows(InputException.class, () -> merged(recipe));
    assertTrue(String.valueOf(e.getMessage()).contains("w: "), String.valueOf(e.getMessage()));
    assertTrue(
        String.valueOf(e.getMessage()).contains("model0.safetensors has F32 [16]"),
        String.valueOf(e.getMessage()));
  }

  @Test
  void parametersOutOfRangeAreErrors() throws IOException {
    Recipes recipe = Recipes.of("ties").base(model(ONE)).model(model(ONE), "density", 1.5);
    RequestException e = assertThrows(RequestException.class, () -> merged(recipe));
    assertEquals(
        "recipe: ties: tensor w: density should be a number from 0 to 1, found 1.5",
        String.valueOf(e.getMessage()));
    Recipes infinite = Recipes.of("linear").model(model(ONE), "weight", Double.POSITIVE_INFINITY);
    assertThrows(RequestException.class, () -> merged(infinite));
    Recipes two = Recipes.of("slerp").base(model(ONE)).model(model(ONE)).model(model(ONE));
    assertThrows(RequestException.class, () -> merged(two.parameters("t", 0.5)));
    Recipes baseless = Recipes.of("ties").model(model(ONE));
    assertThrows(RequestException.class, () -> merged(baseless));
  }

  @Test
  void oneThresholdTakesOneDensity() throws IOException {
    Map<String, float[]> two = new TreeMap<>(Map.of("a", ONE, "b", ONE));
    Recipes recipe =
        Recipes.of("ties")
            .base(model(two, Shape.of(4, 4)))
            .model(
                model(two, Shape.of(4, 4)),
                "density",
                (Recipes.Value) tensor -> tensor.equals("a") ? 0.25 : 0.5)
            .parameters("trim_scope", "model");
    RequestException e = assertThrows(RequestException.class, () -> merged(recipe));
    assertTrue(
        String.valueOf(e.getMessage()).endsWith("found [0.25] for a, [0.5] for b"),
        String.valueOf(e.getMessage()));
  }
}
