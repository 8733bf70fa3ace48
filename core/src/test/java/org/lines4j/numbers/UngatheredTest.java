package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.error.InputException;

/// What a process of ZeRO-3 saves has the names of all tensors, and no element.
class UngatheredTest {
  private static ModelFile model(int empty, float number) {
    ModelFile model = new ModelFile();
    for (int i = 0; i < 4; i++) {
      boolean isEmpty = i < empty;
      model.floats(
          "model.layers." + i + ".weight",
          isEmpty ? new float[0] : new float[] {number, number + i},
          isEmpty ? 0 : 2);
    }
    return model;
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "0, 4", "4, 0", "2, 2"})
  void aModelWithoutItsWeightsIsCalledSo(int base, int tuned, @TempDir Path folder) {
    Planning planning = new Planning(folder);
    InputException e =
        assertThrows(
            InputException.class,
            () -> planning.plan(model(base, 1), model(tuned, 2), edit -> edit));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("ZeRO-3"), message);
  }

  @Test
  void aTensorMayBeEmpty(@TempDir Path folder) throws IOException {
    Planning planning = new Planning(folder);
    assertEquals(4, planning.plan(model(1, 1), model(1, 2), edit -> edit).tensors().size());
  }
}
