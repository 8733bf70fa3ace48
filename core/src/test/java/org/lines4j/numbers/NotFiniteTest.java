package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// NaN and infinity in an output are told, tensor by tensor.
class NotFiniteTest {
  /// More than a tile, and no multiple of one.
  private static final int ELEMENTS = 40_001;

  @TempDir private Path folder;

  private List<NotFinite> edit(
      ModelFile base, ModelFile tuned, double alpha, RunOptions options, UnaryOperator<Edit> more)
      throws IOException {
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("base.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")))) {
      Edit edit =
          Edit.of(from, to)
              .withScaling(LayerScaling.lines(alpha, 0, Outside.ALPHA))
              .withStackless()
              .withForce();
      return more.apply(edit).plan(folder.resolve("out.safetensors")).run(options).notFinite();
    }
  }

  private List<NotFinite> edit(ModelFile base, ModelFile tuned, double alpha) throws IOException {
    return edit(base, tuned, alpha, RunOptions.defaults(), edit -> edit);
  }

  /// Stored as `type`, which must be a half or a float.
  private static ModelFile model(DType type, float... values) {
    return with(new ModelFile(), "w", type, values);
  }

  private static ModelFile with(ModelFile file, String name, DType type, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F16 -> bytes.putShort(Float.floatToFloat16(value));
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        case F64 -> bytes.putDouble(value);
        default -> bytes.putFloat(value);
      }
    }
    return file.add(name, type, bytes.array(), values.length);
  }

  private static float[] filled(float value) {
    float[] values = new float[ELEMENTS];
    Arrays.fill(values, value);
    return values;
  }

  private static String words(List<NotFinite> found) {
    return String.join("\n", found.stream().map(NotFinite::inWords).toList());
  }

  @Test
  void float16ResultsPastTheLargestAreToldFromOthers() throws IOException {
    List<NotFinite> found =
        edit(model(DType.F16, 40_000, 1, 2), model(DType.F16, 60_000, 2, Float.NaN), 2);
    assertEquals(1, found.size());
    assertEquals(1, found.getFirst().nan());
    assertEquals(1, found.getFirst().infinite());
    assertEquals(1, found.getFirst().overflowed());
    assertEquals(
        "w: 1 NaN and 1 infinite of 3 elements in the output, 1 of them past the largest float16,"
            + " 65504; as bfloat16 they would be finite",
        words(found));
  }

  @Test
  void narrowerTypesOverflowWhereNothingIsScaledToo() throws IOException {
    ModelFile wide = model(DType.F32, 1e6f, -1e6f, 3);
    List<NotFinite> found =
        edit(wide, wide, 1, RunOptions.defaults(), edit -> edit.withDtype(DType.F16));
    assertEquals(2, found.getFirst().overflowed());
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F32", "F64"})
  void whatIsNotFiniteInAnInputIsCountedOnce(DType type) throws IOException {
    float[] base = filled(1);
    float[] tuned = filled(2);
    tuned[0] = Float.NaN;
    tuned[4095] = Float.POSITIVE_INFINITY;
    base[4096] = Float.NEGATIVE_INFINITY; // −∞ + ∞ is NaN
    tuned[ELEMENTS - 1] = Float.NEGATIVE_INFINITY;
    for (RunOptions options :
        List.of(
            RunOptions.defaults(),
            RunOptions.defaults().withThreads(1),
            RunOptions.defaults().withThreads(3).withChunkBytes(1 << 16))) {
      List<NotFinite> found =
          edit(
              with(model(type, base), "finite", type, 1, 2),
              with(model(type, tuned), "finite", type, 3, 4),
              0.5,
              options,
              edit -> edit);
      assertEquals(List.of("w"), found.stream().map(one -> one.tensor().name()).toList());
      assertEquals(2, found.getFirst().nan(), type.name());
      assertEquals(2, found.getFirst().infinite(), type.name());
      assertEquals(0, found.getFirst().overflowed(), type.name());
      assertEquals("w: 2 NaN and 2 infinite of 40,001 elements in the output", words(found));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F32", "F64"})
  void copiesAreLookedAt(DType type) throws IOException {
    float[] tuned = filled(2);
    tuned[7000] = Float.POSITIVE_INFINITY;
    List<NotFinite> found = edit(model(type, filled(1)), model(type, tuned), 1);
    assertEquals("w: 1 infinite of 40,001 elements in the output", words(found));
    assertEquals(List.of(), edit(model(type, filled(1)), model(type, tuned), 0));
  }

  @Test
  void largeDoublesAndIntegersAreFinite() throws IOException {
    byte[] large = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1e300).array();
    byte[] ones = {-1, -1, -1, -1};
    ModelFile model = new ModelFile().add("w", DType.F64, large, 1).add("ids", DType.I32, ones, 1);
    assertTrue(edit(model, model, 1).isEmpty());
  }

  @Test
  void whatAMethodLeavesOutIsTold() throws IOException {
    model(DType.F32, filled(1)).write(folder.resolve("base.safetensors"));
    model(DType.F32, filled(Float.POSITIVE_INFINITY)).write(folder.resolve("tuned.safetensors"));
    ModelUse tuned = ModelUse.of("tuned.safetensors", Map.of("density", Setting.of(0.3)));
    Recipe recipe = Recipe.of("recipe", "dare_linear", List.of(tuned)).withBase("base.safetensors");
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = resolver.open(Location.of(folder))) {
      Merge merge = Merge.of(resolver.resolve(models, LayerOptions.defaults()));
      List<NotFinite> found =
          merge.plan(folder.resolve("out.safetensors")).run(RunOptions.defaults()).notFinite();
      long kept = found.getFirst().infinite();
      assertEquals(0.3, kept / (double) ELEMENTS, 0.01);
      assertEquals(ELEMENTS - kept, found.getFirst().leftOut());
      assertEquals(
          "w: %,d infinite of 40,001 elements in the output; %,d of 40,001 elements are NaN or"
                  .formatted(kept, ELEMENTS - kept)
              + " infinite in an input, and finite in the output: the method left them out"
              + " (`lines check` tells which model holds them)",
          words(found));
    }
  }
}
