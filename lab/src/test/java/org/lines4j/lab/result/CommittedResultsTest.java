package org.lines4j.lab.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.experiment.LabResults;

/// What the project's pages show is what the committed results say.
class CommittedResultsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
  private static final Path RESULTS = ROOT.resolve("docs/results");

  @TempDir private Path folder;

  @Test
  void theFrontPageShowsTheCommittedTables() throws IOException {
    Path readme = ROOT.resolve("README.md");
    LabResults results = LabResults.read(RESULTS.resolve("results.json"));
    assertEquals(
        Files.readString(readme),
        FrontPage.of(readme).with(LabReport.excerpt(results)),
        "run: ./lines lab tables docs/results/results.json --readme README.md");
  }

  @Test
  void theResultsPageIsThatOfTheCommittedResults() throws IOException {
    LabReport.writeMarkdown(LabResults.read(RESULTS.resolve("results.json")), folder);
    assertPageIsWritten("docs/results");
  }

  @Test
  void theTextLabsPageIsThatOfItsCommittedResults() throws IOException {
    FairReport.writeMarkdown(FairResults.read(RESULTS.resolve("text/results.json")), folder);
    assertPageIsWritten("docs/results/text");
  }

  private void assertPageIsWritten(String committed) throws IOException {
    assertEquals(
        Files.readString(ROOT.resolve(committed).resolve("README.md")),
        Files.readString(folder.resolve("README.md")),
        "run: ./lines lab tables %s/results.json --docs %1$s".formatted(committed));
  }

  @Test
  void resultsWhosePartsContradictEachOtherAreRefused() throws IOException {
    String text = Files.readString(RESULTS.resolve("results.json"));
    Path file = folder.resolve("results.json");
    Files.writeString(file, text.replaceFirst("\"kanji\" :", "\"kanij\" :"));
    InputException e = assertThrows(InputException.class, () -> LabResults.read(file));
    assertTrue(
        String.valueOf(e.getMessage()).contains("no pre-trained accuracy of the task kanji"),
        e.getMessage());
  }
}
