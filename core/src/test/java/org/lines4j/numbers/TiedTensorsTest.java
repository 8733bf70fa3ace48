package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;

/// One parameter under two names is scaled once and stays one parameter.
class TiedTensorsTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final int WIDTH = 300;
  private static final int WORDS = 90;

  private Planning planning;

  @BeforeEach
  void useFolder(@TempDir Path folder) {
    planning = new Planning(folder);
  }

  /// `outside depth` would give the two names different λ.
  private static Edit depth(Edit edit) {
    return edit.withScaling(LayerScaling.lines(0.25, 0.5, Outside.DEPTH));
  }

  private static ModelFile model(long seed, float[] embedding, float[]... head) {
    ModelFile model = new ModelFile().floats(EMBEDDING, embedding, WORDS, WIDTH);
    for (int i = 0; i < 3; i++) {
      model.floats("model.layers." + i + ".mlp.weight", weights(seed + i), WORDS, WIDTH);
    }
    for (float[] values : head) {
      model.floats(HEAD, values, WORDS, WIDTH);
    }
    return model;
  }

  private static float[] weights(long seed) {
    Random random = new Random(seed);
    float[] values = new float[WORDS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void aTiedTensorThatBothStoreOnceIsScaledAsItsOwnNameSays() throws IOException {
    Plan plan = planning.plan(model(10, weights(1)), model(20, weights(2)), TiedTensorsTest::depth);
    assertEquals(0.25, Planning.lambda(plan, EMBEDDING));
    assertEquals(4, plan.tensors().size());
    assertEquals(List.of(), plan.notices());
  }

  @Test
  void aTiedTensorThatBothStoreTwiceStaysTied() throws IOException {
    ModelFile base = model(10, weights(1), weights(1));
    ModelFile tuned = model(20, weights(2), weights(2));
    Plan plan = planning.plan(base, tuned, TiedTensorsTest::depth);
    assertEquals(0.25, Planning.lambda(plan, HEAD));
    assertEquals(List.of(HEAD + ": tied to " + EMBEDDING + ", scaled as it is"), plan.notices());
    try (Checkpoint out = planning.run(base, tuned, TiedTensorsTest::depth)) {
      assertArrayEquals(Planning.values(out, EMBEDDING), Planning.values(out, HEAD));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {EMBEDDING, HEAD})
  void onlyAndSkipTakeBothNamesOfATiedTensor(String name) throws IOException {
    ModelFile base = model(10, weights(1), weights(1));
    ModelFile tuned = model(20, weights(2), weights(2));
    Plan only = planning.plan(base, tuned, e -> depth(e).withOnly(Pattern.compile(name)));
    assertEquals(0.25, Planning.lambda(only, EMBEDDING));
    assertEquals(0.25, Planning.lambda(only, HEAD));
    assertEquals(1, Planning.lambda(only, "model.layers.0.mlp.weight"));
    Plan skip = planning.plan(base, tuned, e -> depth(e).withSkip(Pattern.compile(name)));
    assertEquals(1, Planning.lambda(skip, EMBEDDING));
    assertEquals(1, Planning.lambda(skip, HEAD));
    assertTrue(
        skip.notices()
            .contains(HEAD + ": tied to " + EMBEDDING + ", so only and skip take them together"));
  }

  @Test
  void aHeadThatFineTuningUntiedIsScaledByItself() throws IOException {
    Plan plan =
        planning.plan(
            model(10, weights(1), weights(1)),
            model(20, weights(2), weights(3)),
            TiedTensorsTest::depth);
    assertEquals(0.75, Planning.lambda(plan, HEAD));
    assertEquals(List.of(), plan.notices());
  }

  @Test
  void aCopyThatOnlyTheBaseStoresIsEditedWithTheTunedOriginal() throws IOException {
    ModelFile base = model(10, weights(1), weights(1));
    ModelFile tuned = model(20, weights(2));
    Plan plan = planning.plan(base, tuned, TiedTensorsTest::depth);
    assertEquals(0.25, Planning.lambda(plan, HEAD));
    try (Checkpoint out = planning.run(base, tuned, TiedTensorsTest::depth)) {
      assertEquals(5, out.tensors().size());
      assertArrayEquals(Planning.values(out, EMBEDDING), Planning.values(out, HEAD));
      assertEquals(scaled(0.25f), Planning.values(out, HEAD)[7]);
    }
  }

  @Test
  void aCopyThatOnlyTheTunedModelStoresIsEditedWithTheBasesOriginal() throws IOException {
    ModelFile base = model(10, weights(1));
    ModelFile tuned = model(20, weights(2), weights(2));
    Plan plan = planning.plan(base, tuned, TiedTensorsTest::depth);
    assertEquals(0.25, Planning.lambda(plan, HEAD));
    try (Checkpoint out = planning.run(base, tuned, TiedTensorsTest::depth)) {
      assertEquals(5, out.tensors().size());
      assertArrayEquals(Planning.values(out, EMBEDDING), Planning.values(out, HEAD));
      assertEquals(scaled(0.25f), Planning.values(out, HEAD)[7]);
    }
  }

  @Test
  void aHeadOfItsOwnThatOneModelLacksIsAnError() {
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                planning.plan(
                    model(10, weights(1), weights(3)),
                    model(20, weights(2)),
                    TiedTensorsTest::depth));
    assertTrue(String.valueOf(e.getMessage()).contains(HEAD + ": only in base"), e.getMessage());
  }

  /// Fresh parameters are zero, or one; equal bytes say nothing then.
  @ParameterizedTest
  @ValueSource(floats = {0, 1, -0.5f})
  void tensorsFilledWithOneValueAreNotTiedThoughEqual(float value) throws IOException {
    float[] filled = new float[WORDS * WIDTH];
    Arrays.fill(filled, value);
    Plan plan =
        planning.plan(
            model(10, filled.clone(), filled.clone()),
            model(20, filled.clone(), filled.clone()),
            TiedTensorsTest::depth);
    assertEquals(0.75, Planning.lambda(plan, HEAD));
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                planning.plan(
                    model(10, filled.clone(), filled.clone()),
                    model(20, weights(2)),
                    TiedTensorsTest::depth));
    assertTrue(String.valueOf(e.getMessage()).contains(HEAD + ": only in base"), e.getMessage());
  }

  /// As with the rows of padding and unused words in front of a vocabulary.
  @Test
  void tensorsThatOnlyBeginWithZerosAreTied() throws IOException {
    float[] before = weights(1);
    float[] after = weights(2);
    int rows = 60 * WIDTH; // 70 KiB
    Arrays.fill(before, 0, rows, 0);
    Arrays.fill(after, 0, rows, 0);
    Plan plan =
        planning.plan(
            model(10, before.clone(), before.clone()),
            model(20, after.clone(), after.clone()),
            TiedTensorsTest::depth);
    assertEquals(0.25, Planning.lambda(plan, HEAD));
  }

  private static float scaled(float lambda) {
    float b = weights(1)[7];
    return b + (weights(2)[7] - b) * lambda;
  }
}
