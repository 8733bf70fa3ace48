package org.lines4j.lab.result;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    assertEquals(
        Files.readString(RESULTS.resolve("README.md")),
        Files.readString(folder.resolve("README.md")),
        "run: ./lines lab tables docs/results/results.json --docs docs/results");
  }
}
