package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Merge;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.method.InMemoryScan;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.Shape;

/// A tensor of so many blocks that all threads measure it together, against one in arrays.
class LargeTensorsMergeTest {
  private static final int ROWS = 5;
  private static final Shape SHAPE = Shape.of(ROWS, TensorScan.BLOCK - 1001);

  @TempDir private Path folder;
  private final Random random = new Random(11);
  private float[] base = {};
  private float[] one = {};
  private float[] other = {};

  @BeforeEach
  void write() throws IOException {
    base = values("base", 1);
    one = values("one", 0.5f);
    other = values("other", 2);
  }

  private float[] values(String name, float spread) throws IOException {
    float[] values = new float[Math.toIntExact(SHAPE.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = spread * (random.nextFloat() - 0.5f);
    }
    Values.write(folder.resolve(name), Map.of("w", values), Optional.of(SHAPE));
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "ties, density, 0.3",
    "breadcrumbs_ties, density, 0.6",
    "sce, select_topk, 0.4",
    "dare_linear, rescale_by, norm",
    "ramplus_tl, r, 0.2",
    "multislerp, eps, 1e-8",
    "model_stock, filter_wise, false"
  })
  void twoModelsOfABase(String method, String parameter, String value) throws IOException {
    Recipes recipe = Recipes.of(method).parameters(parameter, parsed(value));
    try (Checkpoint from = open("base");
        Checkpoint first = open("one");
        Checkpoint second = open("other")) {
      Object[] own = {parameter, parsed(value)};
      check(recipe.base(from).model(first, own).model(second, own), List.of(one, other));
    }
  }

  @Test
  void oneModelAndABase() throws IOException {
    try (Checkpoint from = open("base");
        Checkpoint model = open("one")) {
      check(Recipes.of("slerp").base(from).model(model).parameters("t", 0.3), List.of(one));
      check(Recipes.of("arcee_fusion").base(from).model(model), List.of(one));
    }
  }

  private Checkpoint open(String name) throws IOException {
    return Checkpoint.open(folder.resolve(name));
  }

  private static Object parsed(String value) {
    return switch (value) {
      case "true", "false" -> Boolean.valueOf(value);
      default -> Character.isLetter(value.charAt(0)) ? value : (Object) Double.valueOf(value);
    };
  }

  private void check(Recipes recipe, List<float[]> models) throws IOException {
    ResolvedTensors resolved = recipe.resolve();
    float[] expected = inArrays(resolved, models);
    for (int threads : new int[] {1, 5}) {
      Path out = folder.resolve("out" + threads + ".safetensors");
      RunOptions options = RunOptions.defaults().withThreads(threads).withChunkBytes(1 << 16);
      Merge.of(resolved).withForce().plan(out).run(options);
      try (Checkpoint merged = Checkpoint.open(out)) {
        assertArrayEquals(expected, Values.read(merged, "w"), threads + " threads");
      }
    }
  }

  private float[] inArrays(ResolvedTensors resolved, List<float[]> models) throws IOException {
    MergeTensor tensor = resolved.tensors().getFirst();
    TensorMerge merge =
        resolved
            .method()
            .create(new Settings("w", SHAPE, 0, tensor.parameters(), tensor.modelParameters()));
    TensorMerge.Elementwise known =
        assertInstanceOf(TensorMerge.Measured.class, merge)
            .given(new InMemoryScan(SHAPE, base, models));
    float[] merged = new float[base.length];
    float[] tile = new float[Kernels.TILE];
    for (int first = 0; first < merged.length; first += tile.length) {
      int count = Math.min(tile.length, merged.length - first);
      int from = first;
      float[][] inputs =
          models.stream()
              .map(model -> Arrays.copyOfRange(model, from, from + Kernels.TILE))
              .toArray(float[][]::new);
      float[] origin = Arrays.copyOfRange(base, from, from + Kernels.TILE);
      known.merge(first, origin, inputs, tile, count);
      for (int i = 0; i < count; i++) {
        merged[first + i] = known.givesTaskVector() ? base[first + i] + tile[i] : tile[i];
      }
    }
    return merged;
  }
}
