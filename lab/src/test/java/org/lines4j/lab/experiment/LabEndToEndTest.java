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
import org.lines4j.lab.experiment.FairResults.Run;
import org.lines4j.lab.result.FairReport;
import org.lines4j.plan.Progress;

/// Trains, forgets, edits, merges, averages.
class LabEndToEndTest {
  @TempDir private static Path shared;
  private static Path folder = Path.of("");
  private static FairResults results;

  @BeforeAll
  static void runOnce() throws IOException {
    folder = shared.resolve("lab");
    results = TinyLab.run(folder);
  }

  private static Run fastRun() {
    return results.runs().getLast();
  }

  private static List<OfTask> editing() {
    return fastRun().editing().tasks();
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
  void allPathsBeginWithTheFineTunedModelAndUniformScalingEndsInTheBase() {
    for (OfTask task : editing()) {
      Point tuned = task.lines().points().getFirst();
      assertEquals(1, tuned.at());
      assertEquals(task.tuned(), tuned.test());
      assertEquals(tuned, task.uniform().points().getFirst());
      assertEquals(tuned, task.linesDepth().orElseThrow().points().getFirst());
      assertEquals(task.base(), task.uniform().points().getLast().test());
      assertEquals(List.of("NOISE"), List.copyOf(tuned.shifted().keySet()));
    }
  }

  @Test
  void mergesAreMeasuredInEachWayAtAsManyEvaluations() {
    ScaledMerges merges = fastRun().merges();
    assertEquals(6, merges.rows().size());
    assertTrue(merges.rows().stream().allMatch(row -> row.evaluations() == 2));
    assertTrue(merges.rows().stream().allMatch(row -> row.accuracy().size() == 2));
  }

  @Test
  void aSoupIsOfAllRates() {
    Soups soups = results.soups().orElseThrow();
    for (Soups.OfTask task : soups.tasks()) {
      assertEquals(2, task.all().models());
      assertEquals(3, task.all().scaled().size());
      assertTrue(task.best() >= task.mean(), task::toString);
    }
  }

  @Test
  void anotherRunTrainsAndMeasuresNothingAgain() throws IOException {
    Path weights = folder.resolve("seed-1/rate-0.002/tuned/textures/model.safetensors");
    Path journal = folder.resolve("seed-1/rate-0.002/evaluations.jsonl");
    FileTime written = Files.getLastModifiedTime(weights);
    long length = Files.size(journal);
    FairResults again = TinyLab.run(folder);
    assertEquals(results.runs(), again.runs());
    assertEquals(results.soups(), again.soups());
    assertEquals(written, Files.getLastModifiedTime(weights));
    assertEquals(length, Files.size(journal));
  }

  @Test
  void resultsComeBackFromTheirFile() throws IOException {
    FairResults read = FairResults.read(folder.resolve("results.json"));
    assertEquals(results.runs(), read.runs());
    assertEquals(results.soups(), read.soups());
  }

  @Test
  void thePageNamesEveryExperimentAndNeedsNoOtherFile() {
    String page = FairReport.html(results);
    for (String part :
        List.of("Editing", "Editing under shifts", "Merging", "Soups", "Which blocks learnt")) {
      assertTrue(page.contains(part), part);
    }
    assertTrue(page.contains("<svg"), "figures");
    assertTrue(!page.contains("src=") && !page.contains("url(http"), "self-contained");
  }

  @Test
  void aFolderOfOtherSettingsIsRefused() throws IOException {
    Path own = folder.resolveSibling("other");
    LabSettings tiny = TinyLab.settings();
    LabFolder.checkSettings(own, tiny);
    Lab other = new Lab(own, LabSettings.quick(), 1, 1, Progress.SILENT);
    RequestException refused = assertThrows(RequestException.class, other::train);
    assertTrue(String.valueOf(refused.getMessage()).contains("settings.json"), refused::toString);
  }
}
