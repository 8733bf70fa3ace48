package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.kernel.DifferenceSums;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// The figures of a diff: right, and the same to the last bit whoever computes them.
class DiffNumbersTest {
  /// What the engine sums in one go.
  private static final int SEGMENT = 1 << 20;

  private static final List<DType> TYPES =
      List.of(DType.F32, DType.BF16, DType.F16, DType.F64, DType.F8_E4M3);

  private static void makeModels(ModelFile base, ModelFile tuned) {
    Random random = new Random(7);
    base.floats("embed.weight", gaussian(random, 3000, 1), 3000);
    tuned.floats("embed.weight", gaussian(random, 3000, 1), 3000);
    for (int i = 0; i < 3; i++) {
      float[] weights = gaussian(random, 50_000 + i, 0.02);
      float[] moved = weights.clone();
      for (int j = 0; j < moved.length; j += 3) {
        moved[j] += (float) (0.001 * random.nextGaussian());
      }
      base.floats("blocks.%d.weight".formatted(i), weights, weights.length);
      tuned.floats("blocks.%d.weight".formatted(i), moved, weights.length);
    }
    for (DType type : TYPES) {
      int count = type == DType.BF16 ? SEGMENT + 4097 : 12_345;
      base.random("any." + type, DType.U8, 0, 1); // odd offsets
      tuned.random("any." + type, DType.U8, 0, 1);
      base.add("head." + type, type, finite(type, random, count), count);
      tuned.add("head." + type, type, finite(type, random, count), count);
    }
    base.add("head.of_two_types", DType.F64, finite(DType.F64, random, 70_000), 70_000);
    tuned.add("head.of_two_types", DType.BF16, finite(DType.BF16, random, 70_000), 70_000);
    base.random("head.empty", DType.F32, 1, 0, 4);
    tuned.random("head.empty", DType.F32, 1, 0, 4);
  }

  @Test
  void theFiguresAreThoseOfAStraightforwardSumInDouble(@TempDir Path folder) throws IOException {
    withModels(
        folder,
        (base, tuned) -> {
          Diff diff = Diff.between(base, tuned, LayerOptions.defaults(), RunOptions.defaults());
          assertEquals(base.tensors().size() - TYPES.size(), diff.tensors().size());
          for (Diff.Tensor tensor : diff.tensors()) {
            assertClose(naive(base, tuned, List.of(tensor)), tensor.change());
          }
          for (Diff.Layer layer : diff.layers()) {
            List<Diff.Tensor> own =
                diff.tensors().stream().filter(t -> t.place().equals(layer.place())).toList();
            assertEquals(own.size(), layer.tensors());
            assertClose(naive(base, tuned, own), layer.change());
          }
          assertClose(naive(base, tuned, diff.tensors()), diff.whole());
        });
  }

  @Test
  void theFiguresAreTheSameToTheLastBitWithAnyNumberOfThreads(@TempDir Path folder)
      throws IOException {
    withModels(
        folder,
        (base, tuned) -> {
          Diff one =
              Diff.between(
                  base, tuned, LayerOptions.defaults(), RunOptions.defaults().withThreads(1));
          for (int threads : new int[] {2, 3, 8}) {
            RunOptions options =
                RunOptions.defaults().withThreads(threads).withChunkBytes(threads << 16);
            // Records compare doubles by their bits.
            assertEquals(one, Diff.between(base, tuned, LayerOptions.defaults(), options));
          }
        });
  }

  @Test
  void theFiguresAreThoseOfTheScalarKernelsToTheLastBit(@TempDir Path folder) throws IOException {
    withModels(
        folder,
        (base, tuned) -> {
          Diff diff = Diff.between(base, tuned, LayerOptions.defaults(), RunOptions.defaults());
          for (Diff.Tensor tensor : diff.tensors()) {
            DifferenceSums sums = scalar(base, tuned, tensor.info().name());
            Change change = tensor.change();
            assertEquals(Math.sqrt(sums.tauSquared), change.tauNorm());
            assertEquals(sums.tauAbsolute, change.tauAbsolute());
            assertEquals(sums.tauLargest, change.tauLargest());
            assertEquals(Math.sqrt(sums.baseSquared), change.baseNorm());
            assertEquals(Math.sqrt(sums.tunedSquared), change.tunedNorm());
          }
        });
  }

  private static TensorInfo info(String name, long elements) {
    return new TensorInfo(name, DType.F32, Shape.of(elements));
  }

  @Test
  void nanAndInfinityAreNamedWithTheirTensorAndSpoilNoOtherFigure(@TempDir Path folder)
      throws IOException {
    ModelFile base = new ModelFile();
    ModelFile tuned = new ModelFile();
    for (int i = 0; i < 4; i++) {
      for (String part : List.of("attn", "mlp")) {
        base.filled("blocks.%d.%s.weight".formatted(i, part), 1, 5000);
        float[] values = new float[5000];
        java.util.Arrays.fill(values, 1.5f);
        if (part.equals("mlp") && i == 1) {
          values[4999] = Float.NaN;
        }
        if (part.equals("mlp") && i == 2) {
          values[17] = Float.NEGATIVE_INFINITY;
        }
        tuned.floats("blocks.%d.%s.weight".formatted(i, part), values, 5000);
      }
    }
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("b.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("t.safetensors")))) {
      Diff diff = Diff.between(from, to, LayerOptions.defaults(), RunOptions.defaults());
      Map<String, Change> changes =
          diff.tensors().stream()
              .collect(
                  java.util.stream.Collectors.toMap(t -> t.info().name(), Diff.Tensor::change));
      Change nan = changes.getOrDefault("blocks.1.mlp.weight", diff.whole());
      assertTrue(Double.isNaN(nan.tauNorm()) && Double.isNaN(nan.tauLargest()));
      assertTrue(Double.isNaN(nan.tunedNorm()) && Double.isNaN(nan.cosine()));
      assertEquals(Math.sqrt(5000), nan.baseNorm());
      Change infinite = changes.getOrDefault("blocks.2.mlp.weight", diff.whole());
      assertEquals(Double.POSITIVE_INFINITY, infinite.tauNorm());
      assertEquals(Double.POSITIVE_INFINITY, infinite.tauLargest());
      assertEquals(0, infinite.sparsity());
      assertEquals(0.5, changes.getOrDefault("blocks.1.attn.weight", nan).tauLargest());
      assertEquals(
          List.of(10_000L, 5000L, 5000L, 10_000L),
          diff.layers().stream().map(layer -> layer.change().elements()).toList());
      for (Diff.Layer layer : diff.layers()) {
        assertEquals(1 / 2.0, layer.change().relative());
      }
      assertEquals(0.5 * Math.sqrt(30_000), diff.whole().tauNorm(), 1e-9);
      assertEquals(
          List.of(
              new Diff.NotFinite(info("blocks.1.mlp.weight", 5000), 0, 0, 1, 0),
              new Diff.NotFinite(info("blocks.2.mlp.weight", 5000), 0, 0, 0, 1)),
          diff.notFinite());
    }
  }

  @Test
  void layersComeInOrderOfDepth(@TempDir Path folder) throws IOException {
    ModelFile model = new ModelFile();
    for (int i : new int[] {10, 2, 0, 1, 11, 3, 4, 9, 8, 7, 6, 5}) {
      model.filled("blocks.%d.weight".formatted(i), i, 2, 2);
    }
    model.filled("head.weight", 1, 2, 2).filled("embed_tokens.weight", 1, 2, 2);
    Path file = model.write(folder.resolve("model.safetensors"));
    try (Checkpoint base = Checkpoint.open(file)) {
      Diff diff = Diff.between(base, base, LayerOptions.defaults(), RunOptions.defaults());
      assertEquals(14, diff.layers().size());
      assertEquals(new Place.Outside(Place.Side.BEFORE), diff.layers().getFirst().place());
      assertEquals(new Place.Outside(Place.Side.AFTER), diff.layers().getLast().place());
      for (int i = 1; i <= 12; i++) {
        assertEquals(new Place.InLayer(diff.stacks().getFirst(), i), diff.layers().get(i).place());
      }
      assertEquals(0, diff.whole().tauNorm());
      assertEquals(1, diff.whole().sparsity());
      assertEquals(1, diff.whole().cosine(), 1e-15);
    }
  }

  @Test
  void whatCannotBeComparedIsNamedWithItsReason(@TempDir Path folder) throws IOException {
    ModelFile base =
        new ModelFile()
            .filled("blocks.0.w", 1, 2)
            .filled("blocks.1.w", 1, 2)
            .filled("old", 1, 2)
            .filled("resized", 1, 2, 3)
            .random("ids", DType.I64, 1, 2);
    ModelFile tuned =
        new ModelFile()
            .filled("blocks.0.w", 1, 2)
            .filled("blocks.1.w", 1, 2)
            .filled("resized", 1, 3, 2)
            .random("ids", DType.I64, 1, 2)
            .filled("new", 1, 2);
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("b.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("t.safetensors")))) {
      Diff diff = Diff.between(from, to, LayerOptions.defaults(), RunOptions.defaults());
      assertEquals(
          Map.of(
              "old", "only in base",
              "resized", "F32 [2, 3] became F32 [3, 2]",
              "ids", "I64 is not a floating type",
              "new", "only in tuned"),
          diff.uncompared());
      assertEquals(2, diff.tensors().size());
    }
  }

  @Test
  void modelsWithNothingInCommonAreRefused(@TempDir Path folder) throws IOException {
    Path base = new ModelFile().filled("a", 1, 2).write(folder.resolve("b.safetensors"));
    Path tuned = new ModelFile().filled("b", 1, 2).write(folder.resolve("t.safetensors"));
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      assertThrows(
          InputException.class,
          () -> Diff.between(from, to, LayerOptions.defaults(), RunOptions.defaults()));
    }
  }

  @FunctionalInterface
  private interface Check {
    void run(Checkpoint base, Checkpoint tuned) throws IOException;
  }

  private static void withModels(Path folder, Check check) throws IOException {
    ModelFile base = new ModelFile();
    ModelFile tuned = new ModelFile();
    makeModels(base, tuned);
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("b.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("t.safetensors")))) {
      check.run(from, to);
    }
  }

  private static float[] gaussian(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /// Random bytes whose exponents are neither the largest nor near it.
  private static byte[] finite(DType type, Random random, int count) {
    byte[] bytes = new byte[count * type.bytes()];
    random.nextBytes(bytes);
    for (int i = type.bytes() - 1; i < bytes.length; i += type.bytes()) {
      bytes[i] &= (byte) 0xbf;
      if (type == DType.F64) {
        bytes[i] = (byte) ((bytes[i] & 0x80) | 0x3f);
      }
    }
    return bytes;
  }

  private static Change naive(Checkpoint base, Checkpoint tuned, List<Diff.Tensor> tensors)
      throws IOException {
    double tauSquared = 0;
    double tauAbsolute = 0;
    double tauLargest = 0;
    double baseSquared = 0;
    double tunedSquared = 0;
    double product = 0;
    long zeros = 0;
    long elements = 0;
    for (Diff.Tensor tensor : tensors) {
      float[] b = values(base, tensor.info().name());
      float[] t = values(tuned, tensor.info().name());
      for (int i = 0; i < b.length; i++) {
        float tau = t[i] - b[i];
        tauSquared += (double) tau * tau;
        tauAbsolute += Math.abs(tau);
        tauLargest = Math.max(tauLargest, Math.abs(tau));
        baseSquared += (double) b[i] * b[i];
        tunedSquared += (double) t[i] * t[i];
        product += (double) b[i] * t[i];
        zeros += tau == 0 ? 1 : 0;
      }
      elements += b.length;
    }
    return new Change(
        elements,
        Math.sqrt(tauSquared),
        tauAbsolute,
        tauLargest,
        Math.sqrt(baseSquared),
        Math.sqrt(tunedSquared),
        product / Math.sqrt(baseSquared) / Math.sqrt(tunedSquared),
        (double) zeros / elements);
  }

  private static DifferenceSums scalar(Checkpoint base, Checkpoint tuned, String name)
      throws IOException {
    float[] b = values(base, name);
    float[] t = values(tuned, name);
    DifferenceSums total = new DifferenceSums();
    for (int segment = 0; segment < b.length; segment += SEGMENT) {
      DifferenceSums part = new DifferenceSums();
      int end = Math.min(b.length, segment + SEGMENT);
      for (int from = segment; from < end; from += Kernels.TILE) {
        int to = Math.min(end, from + Kernels.TILE);
        new ScalarKernels()
            .difference(
                java.util.Arrays.copyOfRange(b, from, to),
                java.util.Arrays.copyOfRange(t, from, to),
                to - from,
                part);
      }
      total.add(part);
    }
    return total;
  }

  private static float[] values(Checkpoint checkpoint, String name) throws IOException {
    StoredTensor tensor = checkpoint.find(name).orElseThrow();
    return ReferenceEdit.floats(checkpoint, tensor);
  }

  private static void assertClose(Change expected, Change actual) {
    assertEquals(expected.elements(), actual.elements());
    assertEquals(expected.sparsity(), actual.sparsity());
    assertEquals(expected.tauLargest(), actual.tauLargest());
    List<Function<Change, Double>> sums =
        List.of(
            Change::tauNorm,
            Change::tauAbsolute,
            Change::baseNorm,
            Change::tunedNorm,
            Change::relative);
    for (Function<Change, Double> sum : sums) {
      double wanted = sum.apply(expected);
      double found = sum.apply(actual);
      assertTrue(
          wanted == found
              || Math.abs(found - wanted) <= 1e-12 * Math.abs(wanted)
              || (actual.elements() == 0 && Double.isNaN(wanted) && Double.isNaN(found)),
          expected + " expected, found " + actual);
    }
    assertEquals(expected.cosine(), actual.cosine(), 1e-12); // terms of both signs cancel
  }
}
