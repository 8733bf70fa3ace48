package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.method.MethodType;
import org.lines4j.method.TensorMerge;
import org.lines4j.tensor.Shape;

/// What adapters change is merged from their factors as from the matrices, where these hold it
/// without rounding.
class ProductUpdatesTest {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ROWS = 24;
  private static final int COLS = 40;
  private static final Shape SHAPE = Shape.of(ROWS, COLS);

  static Stream<MethodType> methods() {
    return Methods.all().stream()
        .filter(SubspaceMethod.class::isInstance)
        .filter(method -> merge(method, 3) instanceof TensorMerge.OfProducts);
  }

  private static TensorMerge merge(MethodType method, int models) {
    return method.create(Trials.settings(method, SHAPE, models, Map.of()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void productsAreMergedAsTheMatricesThatTheyAre(MethodType method) {
    List<ProductUpdate> apart = List.of(product(1, 2), product(2, 3), product(3, 2));
    check(method, apart);
    ProductUpdate first = apart.getFirst();
    ProductUpdate sharing = new ProductUpdate(matrix(9, ROWS, 2), first.right());
    check(method, List.of(first, sharing, product(3, 1)));
    check(method, List.of(first, product(4, 2), nothing()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theOrderOfTheModelsChangesNoByte(MethodType method) {
    List<ProductUpdate> updates =
        new ArrayList<>(List.of(product(1, 2), product(2, 3), product(3, 2)));
    float[] before = merged(method, updates);
    Collections.reverse(updates);
    assertArrayEquals(before, merged(method, updates));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void whatIsNotFiniteShowsEverywhereAndNothingStaysNothing(MethodType method) {
    ProductUpdate broken = product(1, 2);
    broken.left().set(3, 1, Float.NaN);
    for (float value : merged(method, List.of(broken, product(2, 2), product(3, 2)))) {
      assertTrue(Float.isNaN(value));
    }
    for (float value : merged(method, List.of(nothing(), nothing(), nothing()))) {
      assertEquals(0, value);
    }
  }

  private static void check(MethodType method, List<ProductUpdate> updates) {
    float[] expected = whole(method, updates);
    float[] found = merged(method, updates);
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest > 0);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 2e-6f * largest, method.name() + ", element " + i);
    }
  }

  private static float[] merged(MethodType method, List<ProductUpdate> updates) {
    TensorMerge.OfProducts merge = (TensorMerge.OfProducts) merge(method, updates.size());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate((long) ROWS * COLS * Float.BYTES, Float.BYTES);
      merge.mergeProducts(SHAPE, updates, out);
      return out.toArray(FLOAT);
    }
  }

  /// The same from the matrices.
  private static float[] whole(MethodType method, List<ProductUpdate> updates) {
    TensorMerge.OfProducts merge = (TensorMerge.OfProducts) merge(method, updates.size());
    try (Arena arena = Arena.ofConfined()) {
      long bytes = (long) ROWS * COLS * Float.BYTES;
      MemorySegment[] models = new MemorySegment[updates.size()];
      for (int m = 0; m < models.length; m++) {
        models[m] = arena.allocate(bytes, Float.BYTES);
        ProductUpdate update = updates.get(m);
        for (int i = 0; i < ROWS; i++) {
          for (int j = 0; j < COLS; j++) {
            float sum = 0;
            for (int k = 0; k < update.rank(); k++) {
              sum += update.left().get(i, k) * update.right().get(k, j); // exact
            }
            models[m].setAtIndex(FLOAT, (long) i * COLS + j, sum);
          }
        }
      }
      MemorySegment out = arena.allocate(bytes, Float.BYTES);
      merge.merge(SHAPE, 0, arena.allocate(bytes, Float.BYTES), models, out);
      return out.toArray(FLOAT);
    }
  }

  private static ProductUpdate nothing() {
    return new ProductUpdate(DenseMatrix.zeros(ROWS, 0), DenseMatrix.zeros(0, COLS));
  }

  private static ProductUpdate product(int seed, int rank) {
    return new ProductUpdate(matrix(seed, ROWS, rank), matrix(100 + seed, rank, COLS));
  }

  /// Of small whole numbers, so that products are exact.
  private static DenseMatrix matrix(int seed, int rows, int columns) {
    Random random = new Random(seed);
    DenseMatrix matrix = DenseMatrix.zeros(rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        matrix.set(i, j, random.nextInt(-8, 9));
      }
    }
    return matrix;
  }
}
