package org.lines4j.evaluate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lines4j.format.Checkpoint;
import org.lines4j.subspace.matrix.FloatAlgebra;

class TransformerTest {
  private static final Path MODEL = model();
  private final List<int[]> texts = new ArrayList<>();

  TransformerTest() {
    for (int i = 0; i < 9; i++) {
      int[] text = new int[5 + 7 * i];
      for (int j = 0; j < text.length; j++) {
        text[j] = (31 * i + 7 * j) % 250;
      }
      texts.add(text);
    }
  }

  private static Path model() {
    try {
      return Path.of(
          Objects.requireNonNull(TransformerTest.class.getResource("/models/gemma2")).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private double[] losses(FloatAlgebra algebra, long memory) throws Exception {
    try (Checkpoint model = Checkpoint.open(MODEL);
        Transformer transformer = Transformer.of(model, algebra, memory)) {
      return transformer.losses(texts, 1);
    }
  }

  @Test
  void textsThatDoNotFitIntoMemoryComeOneAfterTheOther() throws Exception {
    double[] together = losses(FloatAlgebra.fastest(), 1L << 30);
    assertArrayEquals(together, losses(FloatAlgebra.fastest(), 1));
    assertArrayEquals(together, losses(FloatAlgebra.fastest(), 20_000));
  }

  @Test
  void withoutNativesTheSameComesOut() throws Exception {
    double[] natives = losses(FloatAlgebra.fastest(), 1L << 30);
    double[] inJava = losses(FloatAlgebra.inJava(), 1L << 30);
    for (int i = 0; i < natives.length; i++) {
      assertEquals(natives[i], inJava[i], 1e-4 * natives[i]);
    }
  }

  @Test
  void noTextGivesNoLoss() throws Exception {
    texts.clear();
    assertEquals(0, losses(FloatAlgebra.fastest(), 1).length);
  }

  @Test
  void whatIsNotFiniteIsNotHidden() {
    float[] values = {Float.NaN, 1, 2};
    new Norm(new float[] {1, 1, 1}, java.util.Optional.empty(), 1e-6).apply(values, 0);
    assertTrue(Float.isNaN(values[1]));
  }
}
