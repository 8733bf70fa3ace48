package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AccuracyTest {
  private static final float[][] AXES = {{1, 0}, {0, 1}};

  @Test
  void theNearestClassCounts() {
    float[] embeddings = {0.8f, 0.6f, 0.6f, 0.8f, 0.8f, 0.6f, -0.8f, -0.6f};
    assertEquals(0.75, Accuracy.of(embeddings, new int[] {0, 1, 1, 1}, AXES));
  }

  @Test
  void ofEquallyNearClassesTheFirstCounts() {
    float[] between = {0.5f, 0.5f};
    assertEquals(1, Accuracy.of(between, new int[] {0}, AXES));
    assertEquals(0, Accuracy.of(between, new int[] {1}, AXES));
  }

  @Test
  void classVectorsOfAnotherLengthAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Accuracy.of(new float[] {1, 0, 0, 0, 1, 0}, new int[] {0, 1}, AXES));
  }
}
