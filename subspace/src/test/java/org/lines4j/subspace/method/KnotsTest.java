package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.RunOptions;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;

/// `knots`, on the adapters that the authors' code merged.
class KnotsTest {
  private static final RunOptions OPTIONS = RunOptions.defaults().withThreads(2);

  @TempDir Path scratch = Path.of("");

  private Path out() {
    return scratch.resolve("out.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"0.2, 0.6, knots-ties", "1, 0.5, knots-ties.top100"})
  void adaptersAreMergedAsTheAuthorsMergeThem(double density, double lambda, String file) {
    Golden golden = Golden.of("lora");
    Recipe recipe = golden.recipe("knots", Map.of("density", density, "lambda", lambda));
    golden.check(golden.merge(recipe, out(), OPTIONS), file, 5e-6);
  }

  @Test
  void neitherOrderNorThreadsChangeAByte() throws IOException {
    Golden golden = Golden.of("lora");
    byte[] merged = bytes(golden, OPTIONS);
    assertArrayEquals(merged, bytes(golden.reversed(), OPTIONS));
    assertArrayEquals(merged, bytes(golden, OPTIONS.withThreads(1)));
  }

  private byte[] bytes(Golden golden, RunOptions options) throws IOException {
    Recipe recipe = golden.recipe("knots", Map.of()).withLines(Golden.lines());
    return Files.readAllBytes(golden.merge(recipe, out(), options));
  }

  /// Few directions of large matrices are found without decomposing these, and are all there are.
  @Test
  void updatesAreWhatTheirDirectionsSay() {
    int rows = 300;
    int cols = 400;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment base = arena.allocate((long) rows * cols * Float.BYTES);
      MemorySegment[] models = new MemorySegment[3];
      for (int m = 0; m < models.length; m++) {
        models[m] = lowRank(arena, rows, cols, 4 + m, m);
      }
      Updates updates =
          new StoredUpdates(rows, cols, base, models, Collections.nCopies(models.length, 1.0));
      Joint joint = Joint.of(arena, Algebra.fastest(), updates);
      assertEquals(4 + 5 + 6, joint.u().cols());
      for (int i = 0; i < models.length; i++) {
        Matrix expected = updates.get(arena, i);
        Matrix found = Algebra.fastest().product(arena, joint.u(), joint.parts().get(i));
        found.add(-1, expected);
        assertEquals(0, Math.sqrt(found.sumOfSquares() / expected.sumOfSquares()), 1e-6);
      }
    }
  }

  private static MemorySegment lowRank(Arena arena, int rows, int cols, int rank, int seed) {
    Random random = new Random(seed);
    float[][] left = new float[rows][rank];
    float[][] right = new float[rank][cols];
    for (float[][] factor : new float[][][] {left, right}) {
      for (float[] row : factor) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) random.nextGaussian() * 0.05f;
        }
      }
    }
    MemorySegment product = arena.allocate((long) rows * cols * Float.BYTES);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += (double) left[i][k] * right[k][j];
        }
        product.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * cols + j, (float) sum);
      }
    }
    return product;
  }
}
