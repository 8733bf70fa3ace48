package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Svd;
import org.lines4j.tensor.Shape;

/// What must hold for any models.
class LawsTest {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ROWS = 12;
  private static final int COLS = 20;

  static Stream<MethodType> methods() {
    return Methods.all().stream().filter(SubspaceMethod.class::isInstance);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void withoutUpdatesNothingChanges(MethodType method) {
    float[] base = random(0, 1);
    for (float value : merge(method, base, base, base)) {
      assertEquals(0, value);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void finiteModelsGiveAFiniteResult(MethodType method) {
    float[] base = random(0, 1);
    float[] opposite = new float[base.length];
    float[] tuned = random(1, 1);
    for (int i = 0; i < base.length; i++) {
      opposite[i] = -tuned[i];
    }
    float[] zero = new float[base.length];
    float[] one = zero.clone();
    one[7] = 1e-30f;
    float[] large = random(2, 1e18f);
    float[][][] cases = {
      {zero, tuned, opposite},
      {zero, one, zero},
      {zero, one, tuned},
      {base, tuned, base},
      {zero, large, one},
      {zero, random(3, 1e-38f), random(4, 1e-38f)}
    };
    for (float[][] models : cases) {
      for (float value : merge(method, models)) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anElementThatIsNotFiniteShowsEverywhere(MethodType method) {
    float[] broken = random(1, 1);
    broken[5] = Float.POSITIVE_INFINITY;
    for (float value : merge(method, random(0, 1), broken, random(2, 1))) {
      assertTrue(Float.isNaN(value));
    }
  }

  @Test
  void twinsAreCutToTheirStrongestDirections() {
    float[] zero = new float[ROWS * COLS];
    float[] tuned = random(1, 1);
    try (Arena arena = Arena.ofConfined()) {
      Svd strongest = Algebra.inJava().svd(arena, matrix(arena, tuned)).first(ROWS / 2);
      Matrix scaled = strongest.u().copy(arena);
      scaled.scaleColumns(strongest.s());
      Matrix expected = Algebra.inJava().product(arena, scaled, strongest.vt());
      float[] found = merge(method("tsv_m"), zero, tuned, tuned);
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected.get(i / COLS, i % COLS), found[i], 1e-6);
      }
    }
  }

  @Test
  void anIsotropicMergeHasEqualSingularValues() {
    float[] zero = new float[ROWS * COLS];
    try (Arena arena = Arena.ofConfined()) {
      float[] merged = merge(method("iso_c"), zero, random(1, 1), random(2, 1));
      double[] values = Algebra.inJava().svd(arena, matrix(arena, merged)).s();
      for (double value : values) {
        assertEquals(values[0], value, 1e-6);
      }
    }
  }

  private static MethodType method(String name) {
    return Methods.find(name).orElseThrow();
  }

  private static Matrix matrix(Arena arena, float[] values) {
    Matrix matrix = Matrix.zeros(arena, ROWS, COLS);
    for (int i = 0; i < values.length; i++) {
      matrix.set(i / COLS, i % COLS, values[i]);
    }
    return matrix;
  }

  private static float[] random(int seed, float most) {
    Random random = new Random(seed);
    float[] values = new float[ROWS * COLS];
    for (int i = 0; i < values.length; i++) {
      values[i] = most * (2 * random.nextFloat() - 1);
    }
    return values;
  }

  /// @param models the base first
  private static float[] merge(MethodType method, float[]... models) {
    Shape shape = Shape.of(ROWS, COLS);
    TensorMerge merge = method.create(Trials.settings(method, shape, models.length - 1, Map.of()));
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> segments = Stream.of(models).map(model -> floats(arena, model)).toList();
      MemorySegment out = arena.allocate((long) ROWS * COLS * Float.BYTES);
      ((TensorMerge.WholeTensor) merge)
          .merge(
              shape,
              0,
              segments.getFirst(),
              segments.subList(1, models.length).toArray(MemorySegment[]::new),
              out);
      return out.toArray(FLOAT);
    }
  }

  private static MemorySegment floats(Arena arena, float[] values) {
    MemorySegment segment = arena.allocate((long) values.length * Float.BYTES);
    MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
    return segment;
  }
}
