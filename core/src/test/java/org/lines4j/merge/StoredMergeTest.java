package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.StoredMerge;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.testing.Models;

class StoredMergeTest {
  private static final RunOptions OPTIONS = RunOptions.defaults().withChunkBytes(1 << 16);

  @TempDir private Path folder;
  private final List<Checkpoint> models = new ArrayList<>();

  @BeforeEach
  void makeModels() throws IOException {
    for (int i = 0; i < 4; i++) {
      Path file = folder.resolve("float32-" + i + ".safetensors");
      models.add(Checkpoint.open(Models.file(file, 4, 20_000, 7 + i)));
    }
  }

  @AfterEach
  void closeModels() throws IOException {
    for (Checkpoint model : models) {
      model.close();
    }
  }

  private Recipes recipe(String method, List<Checkpoint> inputs) {
    Recipes recipe = Recipes.of(method).base(inputs.getFirst());
    inputs.stream().skip(1).forEach(recipe::model);
    return method.equals("ties") ? recipe.parameters("trim_scope", "model") : recipe;
  }

  /// The same values in another type.
  private List<Checkpoint> converted(DType type) throws IOException {
    for (int i = 0; i < 4; i++) {
      Path file = folder.resolve(type + "-" + i + ".safetensors");
      Edit.of(models.get(i), models.get(i)).withDtype(type).plan(file).run();
      models.add(Checkpoint.open(file));
    }
    return models.subList(4, 8);
  }

  private Plan plan(Recipes recipe, String file) throws IOException {
    return Merge.of(recipe.resolve()).plan(folder.resolve(file + ".safetensors"));
  }

  @ParameterizedTest
  @CsvSource({
    "task_arithmetic, F32",
    "task_arithmetic, BF16",
    "ties, F32",
    "ties, BF16",
    "consensus, BF16",
    "dare_ties, F32",
    "linear, BF16",
    "model_stock, F32"
  })
  void otherLambdasGiveTheBytesOfTheirOwnMerges(String method, DType type) throws IOException {
    List<Checkpoint> inputs = type == DType.F32 ? models : converted(type);
    Recipes recipe = recipe(method, inputs);
    Plan reference = plan(recipe.lines(1, 1), "unused");
    try (StoredMerge stored =
        StoredMerge.compute(reference, folder.resolve("tau.safetensors"), OPTIONS)) {
      assertEquals(Files.size(folder.resolve("tau.safetensors")), StoredMerge.byteSize(reference));
      for (double beta : new double[] {0, 0.3, 1.5}) {
        for (DepthProfile profile : List.of(DepthProfile.LINES, DepthProfile.UNIFORM)) {
          recipe.lines(new Lines(Optional.of(beta / 2), beta, Outside.ALPHA, profile));
          String name = profile + "-" + beta;
          Path quick = stored.applyTo(plan(recipe, name + "-quick")).run(OPTIONS).out().path();
          Path full = plan(recipe, name + "-full").run(OPTIONS).out().path();
          assertEquals(-1, Files.mismatch(quick, full), name);
        }
      }
    }
  }

  @Test
  void alphaIsMeasuredAsTheMergeMeasuresIt() throws IOException {
    Recipes recipe = recipe("ties", models).autoLines(0.4);
    Plan plan = plan(recipe, "auto");
    Path full = plan.run(OPTIONS).out().path();
    try (StoredMerge stored =
        StoredMerge.compute(plan, folder.resolve("tau.safetensors"), OPTIONS)) {
      assertThrows(IllegalArgumentException.class, () -> stored.applyTo(plan));
      recipe.lines(stored.alpha().orElseThrow(), 0.4);
      Path quick = stored.applyTo(plan(recipe, "quick")).run(OPTIONS).out().path();
      assertEquals(-1, Files.mismatch(quick, full));
    }
  }

  @Test
  void inputsThatAreRoundedFirstAreNotStored() throws IOException {
    Recipes rounded = recipe("task_arithmetic", models).computeType(DType.BF16).lines(1, 1);
    assertFalse(StoredMerge.isPossible(plan(rounded, "a")));
    Recipes asStored = recipe("task_arithmetic", models).computeType(DType.F32).lines(1, 1);
    assertTrue(StoredMerge.isPossible(plan(asStored, "b")));
  }

  @ParameterizedTest
  @EnumSource(DepthProfile.class)
  void oneModelUnderLinesIsAnEditToTheBit(DepthProfile profile) throws IOException {
    Checkpoint base = models.get(0);
    Checkpoint tuned = models.get(1);
    Lines lines = new Lines(Optional.of(0.25), 0.75, Outside.DEPTH, profile);
    Recipes recipe = Recipes.of("task_arithmetic").base(base).model(tuned).lines(lines);

    Path merged = plan(recipe, "merged").run(OPTIONS).out().path();
    Edit edit = Edit.of(base, tuned).withScaling(profile.between(0.25, 0.75, Outside.DEPTH));
    Path edited = edit.plan(folder.resolve("edited.safetensors")).run(OPTIONS).out().path();

    assertEquals(-1, Files.mismatch(merged, edited));
    assertFalse(StoredMerge.isPossible(plan(recipe, "nothing merged")));
  }
}
