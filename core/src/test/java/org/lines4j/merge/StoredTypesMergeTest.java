package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Merge;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Merges of 16-bit models, and of many: arithmetic is in float32 whatever the storage type (SPEC
/// §1), so the result is that of the same values in float32, rounded once, when it is stored.
class StoredTypesMergeTest {
  private static final int ELEMENTS = 10_001;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"task_arithmetic, BF16", "task_arithmetic, F16", "ties, BF16", "ties, F16"})
  void sixteenBitModelsGiveTheFloat32ResultRoundedOnce(String method, DType type)
      throws IOException {
    Path halves = merged(method, type, models(type, type, 4));
    Path floats = merged(method, DType.F32, models(type, DType.F32, 4));
    try (Checkpoint rounded = Checkpoint.open(halves);
        Checkpoint exact = Checkpoint.open(floats)) {
      assertEquals(type, rounded.find("w").orElseThrow().info().dtype());
      float[] expected = Values.rounded(type, Values.read(exact, "w"));
      assertArrayEquals(expected, Values.read(rounded, "w"));
    }
  }

  @Test
  void aTypeThatIsNarrowerThanAModelsIsNoted() throws IOException {
    Path narrow = folder.resolve("narrow.safetensors");
    Path wide = folder.resolve("wide.safetensors");
    Values.write(narrow, Map.of("w", new float[] {1, 2}), Optional.empty(), DType.BF16);
    Values.write(wide, Map.of("w", new float[] {1, 2}), Optional.empty(), DType.F32);
    try (Checkpoint base = Checkpoint.open(narrow);
        Checkpoint model = Checkpoint.open(wide)) {
      assertEquals(
          List.of(
              "1 tensor is bfloat16 in the output, as in the base, and float32 in another model;"
                  + " out_dtype: float32 keeps that"),
          notices(Recipes.of("task_arithmetic").base(base).model(model)));
      assertEquals(
          List.of(), notices(Recipes.of("task_arithmetic").base(model).model(base)), "the wider");
      Recipes asked = Recipes.of("task_arithmetic").base(base).model(model).outType(DType.BF16);
      assertEquals(List.of(), notices(asked));
    }
  }

  private List<String> notices(Recipes recipe) throws IOException {
    return Merge.of(recipe.resolve()).plan(folder.resolve("planned.safetensors")).notices();
  }

  /// What float32 cannot hold: it is not even read as such.
  @Test
  void passthroughCopiesBytes() throws IOException {
    byte[] header =
        HeaderWriter.write(Map.of(), List.of(new TensorInfo("w", DType.F64, Shape.of(3))));
    ByteBuffer bytes = ByteBuffer.allocate(header.length + 24).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(header).putDouble(0.1).putDouble(1e300).putLong(0x7ff8_0000_0000_1234L);
    Path file = Files.write(folder.resolve("doubles.safetensors"), bytes.array());
    Path out = folder.resolve("copy.safetensors");
    try (Checkpoint model = Checkpoint.open(file)) {
      Merge.of(Recipes.of("passthrough").model(model).resolve()).plan(out).run();
    }
    assertArrayEquals(
        Arrays.copyOfRange(bytes.array(), header.length, header.length + 24), lastBytes(out, 24));
  }

  private static byte[] lastBytes(Path file, int count) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return Arrays.copyOfRange(all, all.length - count, all.length);
  }

  @Test
  void twentyModelsMerge() throws IOException {
    List<Path> files = models(DType.F32, DType.F32, 20);
    try (Checkpoint merged = Checkpoint.open(merged("task_arithmetic", DType.F32, files))) {
      assertArrayEquals(sumByHand(files), Values.read(merged, "w"));
    }
    Path ties = merged("ties", DType.F32, files);
    assertEquals(Files.size(files.getFirst()), Files.size(ties));
  }

  /// θ0 + Σ 0.3·(θᵢ − θ0), as written.
  private static float[] sumByHand(List<Path> files) throws IOException {
    float[] base = values(files.getFirst());
    float[] sum = new float[base.length];
    for (Path file : files.subList(1, files.size())) {
      float[] model = values(file);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += (model[i] - base[i]) * 0.3f;
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += base[i];
    }
    return sum;
  }

  private static float[] values(Path file) throws IOException {
    try (Checkpoint model = Checkpoint.open(file)) {
      return Values.read(model, "w");
    }
  }

  private Path merged(String method, DType type, List<Path> files) throws IOException {
    List<Checkpoint> open = new ArrayList<>();
    try {
      for (Path file : files) {
        open.add(Checkpoint.open(file));
      }
      Recipes recipe = Recipes.of(method).base(open.getFirst());
      for (Checkpoint model : open.subList(1, open.size())) {
        recipe.model(model, "density", 0.3, "weight", 0.3);
      }
      if (method.equals("ties")) {
        recipe.parameters("trim_scope", "model");
      }
      Path out = folder.resolve("%s-%s.safetensors".formatted(method, type));
      return Merge.of(recipe.resolve()).plan(out).run().out().path();
    } finally {
      for (Checkpoint model : open) {
        model.close();
      }
    }
  }

  /// A base and `count` models with values that `exact` can hold, stored as `stored`. Their updates
  /// are few values, so that many of them cancel, and many equal the threshold.
  private List<Path> models(DType exact, DType stored, int count) throws IOException {
    List<Path> files = new ArrayList<>();
    float[] base = new float[ELEMENTS];
    Random weights = new Random(1);
    for (int i = 0; i < ELEMENTS; i++) {
      base[i] = (float) weights.nextGaussian();
    }
    for (int m = 0; m <= count; m++) {
      Random updates = new Random(100 + m);
      float[] values = base.clone();
      for (int i = 0; i < ELEMENTS && m > 0; i++) {
        values[i] += (updates.nextInt(9) - 4) / 64f;
      }
      Path file = folder.resolve("%s%d.safetensors".formatted(stored, m));
      files.add(
          Values.write(file, Map.of("w", Values.rounded(exact, values)), Optional.empty(), stored));
    }
    return files;
  }
}
