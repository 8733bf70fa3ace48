package org.lines4j.lab.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;
import org.lines4j.lab.experiment.FairResults;

/// What the project's pages show is what the committed results say.
class CommittedResultsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
  private static final Path RESULTS = ROOT.resolve("docs/results");

  @TempDir private Path folder;

  @Test
  void theFrontPageShowsTheCommittedTables() throws IOException {
    Path readme = ROOT.resolve("README.md");
    FairResults results = FairResults.read(RESULTS.resolve("icons/results.json"));
    assertEquals(
        Files.readString(readme),
        FrontPage.of(readme).with(FairReport.excerpt(results)),
        "run: ./lines lab tables docs/results/icons/results.json --readme README.md");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "icons"})
  void theLabsPagesAreThoseOfTheirCommittedResults(String name) throws IOException {
    Path committed = RESULTS.resolve(name);
    FairReport.writeMarkdown(FairResults.read(committed.resolve("results.json")), folder);
    assertEquals(
        Files.readString(committed.resolve("README.md")),
        Files.readString(folder.resolve("README.md")),
        "run: ./lines lab tables docs/results/%s --docs docs/results/%1$s".formatted(name));
  }

  @Test
  void whatIsNoResultsOfALabIsRefused() throws IOException {
    Path file = folder.resolve("results.json");
    Files.writeString(file, "{\"runs\": 3}");
    InputException e = assertThrows(InputException.class, () -> FairResults.read(file));
    assertTrue(
        String.valueOf(e.getMessage()).contains("not the results.json of a lab"), e.getMessage());
  }
}
