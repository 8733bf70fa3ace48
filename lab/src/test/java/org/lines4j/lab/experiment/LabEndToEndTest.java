package org.lines4j.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Point;
import org.lines4j.lab.result.LabReport;
import org.lines4j.plan.Progress;

/// Trains, forgets, edits.
class LabEndToEndTest {
  @TempDir private static Path shared;
  private static Path folder = Path.of("");
  private static LabResults results;

  @BeforeAll
  static void runOnce() throws IOException {
    folder = shared.resolve("lab");
    results = TinyLab.in(folder).run("test");
  }

  private static List<OfTask> editing() {
    return results.seeds().getFirst().editing().tasks();
  }

  @Test
  void theBaseLearnsItsTasks() {
    results
        .seeds()
        .getFirst()
        .pretrained()
        .forEach((task, accuracy) -> assertTrue(accuracy > 0.4, task + " " + accuracy));
  }

  @Test
  void fineTuningLearnsTheTaskAndForgetsTheOther() {
    for (OfTask task : editing()) {
      assertTrue(task.tuned().target() > task.base().target() + 0.15, task::toString);
      assertTrue(task.tuned().controlNormalised() < 0.9, task::toString);
    }
  }

  @Test
  void editingWinsBackWhatWasForgotten() {
    for (OfTask task : editing()) {
      Score least = task.lines().points().getLast().test();
      assertTrue(least.control() > task.tuned().control() + 0.03, task::toString);
      assertTrue(least.target() > task.base().target(), task::toString);
    }
  }

  @Test
  void bothPathsBeginWithTheFineTunedModelAndUniformScalingEndsInTheBase() {
    for (OfTask task : editing()) {
      Point tuned = task.lines().points().getFirst();
      assertEquals(1, tuned.at());
      assertEquals(task.tuned(), tuned.test());
      assertEquals(tuned, task.uniform().points().getFirst());
      assertEquals(task.base(), task.uniform().points().getLast().test());
    }
  }

  @Test
  void anotherRunTrainsAndMeasuresNothingAgain() throws IOException {
    Path weights = folder.resolve("seed-1/tuned/textures/model.safetensors");
    Path journal = folder.resolve("seed-1/evaluations.jsonl");
    FileTime written = Files.getLastModifiedTime(weights);
    long length = Files.size(journal);
    LabResults again = TinyLab.in(folder).run("test");
    assertEquals(results.seeds(), again.seeds());
    assertEquals(written, Files.getLastModifiedTime(weights));
    assertEquals(length, Files.size(journal));
  }

  @Test
  void resultsComeBackFromTheirFile() throws IOException {
    assertEquals(results.seeds(), LabResults.read(folder.resolve("results.json")).seeds());
  }

  @Test
  void thePageNamesEveryExperimentAndNeedsNoOtherFile() {
    String page = LabReport.html(results);
    for (String part :
        List.of("Editing", "Merging", "Out of distribution", "Soups", "When it does not pay")) {
      assertTrue(page.contains("<h2>" + part + "</h2>"), part);
    }
    assertTrue(page.contains("<svg"), "figures");
    assertTrue(!page.contains("src=") && !page.contains("url(http"), "self-contained");
  }

  @Test
  void aFolderOfOtherSettingsIsRefused() {
    Lab other = new Lab(folder, LabSettings.quick(), List.of(1L), 1, Progress.SILENT);
    RequestException refused = assertThrows(RequestException.class, other::train);
    assertTrue(String.valueOf(refused.getMessage()).contains("settings.json"), refused::toString);
  }
}
