package org.lines4j.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.StoredMerge;
import org.lines4j.UnwrittenModel;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Storages;
import org.lines4j.tensor.DType;
import org.lines4j.testing.Models;

class UnwrittenModelTest {
  @TempDir private Path folder;
  private final List<Checkpoint> models = new ArrayList<>();

  @BeforeEach
  void makeModels() throws IOException {
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve("model-" + i + ".safetensors");
      models.add(Checkpoint.open(Models.file(file, 4, 20_000, 7 + i)));
    }
  }

  @AfterEach
  void closeModels() throws IOException {
    for (Checkpoint model : models) {
      model.close();
    }
  }

  private Recipes recipe(String method) {
    Recipes recipe = Recipes.of(method).base(models.getFirst());
    models.stream().skip(1).forEach(recipe::model);
    return recipe.lines(0.2, 0.7);
  }

  private Plan plan(Recipes recipe) throws IOException {
    return Merge.of(recipe.resolve()).plan(folder.resolve("out.safetensors"));
  }

  private static void checkSameBytes(Plan plan, UnwrittenModel unwritten) throws IOException {
    byte[] written = Files.readAllBytes(plan.run().out().path());
    try (ByteSource file = Storages.of(unwritten.location()).open(unwritten.location())) {
      assertEquals(written.length, file.size());
      byte[] whole = new byte[written.length];
      file.read(0, MemorySegment.ofArray(whole));
      assertEquals(-1, java.util.Arrays.mismatch(written, whole));
      Random random = new Random(1);
      for (int i = 0; i < 50; i++) {
        int from = random.nextInt(written.length);
        int count = Math.min(random.nextInt(5000), written.length - from);
        byte[] part = new byte[count];
        file.read(from, MemorySegment.ofArray(part));
        assertEquals(
            -1, java.util.Arrays.mismatch(written, from, from + count, part, 0, count), "" + from);
      }
    }
  }

  @Test
  void anEditIsReadAsItWouldBeWritten() throws IOException {
    for (DType type : List.of(DType.F32, DType.BF16)) {
      Plan plan =
          Edit.of(models.get(0), models.get(1))
              .withScaling(LayerScaling.lines(0.3, 0.7, LayerScaling.Outside.ALPHA))
              .withDtype(type)
              .withForce()
              .plan(folder.resolve("out.safetensors"));
      try (UnwrittenModel unwritten = UnwrittenModel.of(plan)) {
        checkSameBytes(plan, unwritten);
      }
    }
  }

  @Test
  void aMergeOfElementsIsReadAsItWouldBeWritten() throws IOException {
    Plan plan = plan(recipe("task_arithmetic"));
    try (UnwrittenModel unwritten = UnwrittenModel.of(plan)) {
      checkSameBytes(plan, unwritten);
    }
  }

  @Test
  void whatDependsOnTheWholeIsReadOnceItsUpdateIsStored() throws IOException {
    Plan plan = plan(recipe("ties"));
    assertFalse(UnwrittenModel.isPossible(plan));
    assertThrows(IllegalArgumentException.class, () -> UnwrittenModel.of(plan));
    Path update = folder.resolve("update.safetensors");
    try (StoredMerge stored = StoredMerge.compute(plan, update, RunOptions.defaults())) {
      Plan known = stored.applyTo(plan);
      try (UnwrittenModel unwritten = UnwrittenModel.of(known);
          Checkpoint model = Checkpoint.open(unwritten.location())) {
        assertEquals(models.getFirst().tensors().size(), model.tensors().size());
        checkSameBytes(known, unwritten);
      }
    }
  }

  @Test
  void nothingIsThereOnceItIsClosed() throws IOException {
    UnwrittenModel unwritten = UnwrittenModel.of(plan(recipe("task_arithmetic")));
    unwritten.close();
    assertThrows(
        IOException.class, () -> Storages.of(unwritten.location()).open(unwritten.location()));
  }
}
