package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// Every adapter that PEFT writes gives, on its base, what PEFT's `merge_and_unload` gives; every
/// other is refused in words.
class PeftCasesTest {
  @TempDir private Path folder;

  static Stream<PeftCase> merges() throws IOException {
    return PeftCase.ofKind("merge");
  }

  static Stream<PeftCase> edits() throws IOException {
    return PeftCase.ofKind("edit");
  }

  @ParameterizedTest
  @MethodSource("merges")
  void anAdapterOnItsBaseIsTheMergedModel(PeftCase golden) {
    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> merge(golden));
  }

  private void merge(PeftCase golden) throws IOException {
    if (golden.base().isEmpty()) {
      refuseAlone(golden);
      return;
    }
    Path from = golden.base(folder);
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint base = Checkpoint.open(from);
        Checkpoint tuned = Checkpoint.open(golden.name(from, folder))) {
      assertTrue(golden.mayBeRead(), () -> "should be refused: " + tuned.location());
      if (golden.expected().isEmpty()) {
        return;
      }
      if (!golden.isRounded()) {
        golden.check(base, tuned);
      }
      Edit.of(base, tuned)
          .withScaling(LayerScaling.uniform(1))
          .plan(out)
          .run(RunOptions.defaults());
      try (Checkpoint written = Checkpoint.open(out)) {
        golden.check(base, written);
      }
    } catch (InputException e) {
      assertTrue(golden.mayBeRefused(), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("peft"), e::toString);
    }
  }

  private static void refuseAlone(PeftCase golden) throws IOException {
    Path base = PeftCase.FOLDER.resolve("bases", "llama");
    Path out = Path.of("no.safetensors");
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint tuned = Checkpoint.openOn(from, Location.of(golden.adapters().getFirst()))) {
      Edit.of(from, tuned).plan(out);
      throw new AssertionError("should be refused");
    } catch (InputException e) {
      assertTrue(golden.mayBeRefused(), e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("edits")
  void anEditScalesWhatTheAdapterAdds(PeftCase golden) throws IOException {
    Path from = golden.base(folder);
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint base = Checkpoint.open(from);
        Checkpoint tuned = Checkpoint.openOn(base, Location.of(golden.adapters().getFirst()))) {
      Edit.of(base, tuned).plan(out).run(RunOptions.defaults());
      try (Checkpoint written = Checkpoint.open(out)) {
        golden.check(base, written);
      }
    }
  }

  @Test
  void aHeadThatIsTheEmbeddingChangesWithItWhereItIsStoredTwice() throws IOException {
    Path tied = PeftCase.FOLDER.resolve("bases", "llama-tied");
    Path twice = folder.resolve("twice");
    Files.createDirectories(twice);
    Files.copy(tied.resolve("config.json"), twice.resolve("config.json"));
    String embedding = "model.embed_tokens.weight";
    try (Checkpoint base = Checkpoint.open(tied)) {
      List<TensorInfo> infos = new ArrayList<>(base.infos());
      TensorInfo own = base.find(embedding).orElseThrow().info();
      infos.add(new TensorInfo("lm_head.weight", own.dtype(), own.shape()));
      try (CheckpointWriter writer =
          CheckpointWriter.create(twice.resolve("model.safetensors"), infos, Map.of())) {
        for (TensorInfo info : infos) {
          String name = info.name().equals("lm_head.weight") ? embedding : info.name();
          writer.write(
              info.name(),
              MemorySegment.ofArray(
                  TensorContents.bytes(base.source(base.find(name).orElseThrow()))));
        }
        writer.publish();
      }
    }
    Path adapter = PeftCase.FOLDER.resolve("adapters", "llama_tied_embedding");
    try (Checkpoint model = Checkpoint.open(Path.of(twice + "+" + adapter))) {
      assertArrayEquals(
          PeftCase.values(model, model.find(embedding).orElseThrow()),
          PeftCase.values(model, model.find("lm_head.weight").orElseThrow()));
    }
  }
}
