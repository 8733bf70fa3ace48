package org.lines4j.lab.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Point;
import org.lines4j.lab.experiment.Editing.Trace;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.experiment.IconSettings;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.ScaledMerges.Row;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.experiment.Score;
import org.lines4j.lab.experiment.Soups;
import org.lines4j.lab.experiment.Soups.Scaled;
import org.lines4j.lab.experiment.Soups.Soup;
import org.lines4j.lab.experiment.TextSettings;
import org.lines4j.report.Document.Table;

class FairTablesTest {
  @TempDir private Path folder;

  private static Row row(String method, Way way, boolean atEnd, double one, double other) {
    return new Row(method, way, 0, 1, 0.8, atEnd, 5, Map.of("one", one, "other", other));
  }

  private static ScaledMerges merges(double shift) {
    return new ScaledMerges(
        Map.of("one", 0.4, "other", 0.2),
        Map.of("one", 0.9, "other", 0.7),
        List.of(
            row("ties", Way.UNIFORM, false, 0.6, 0.5),
            row("ties", Way.LINES, shift > 0, 0.6 + shift, 0.5 + shift)));
  }

  @Test
  void aMergeWithLinesStandsBesideUniformScalingOfTheSameUpdate() {
    Table table = FairTables.merges(List.of(merges(0.02), merges(0.04)));
    assertEquals(List.of("base", "30.0 ± 0.0", "", "", ""), table.rows().get(0));
    assertEquals(
        List.of("`ties`", "55.0 ± 0.0", "58.0 ± 1.4 †", "+3.0 ± 0.6", "LiNeS"),
        table.rows().get(2));
  }

  @Test
  void whatRoundsToNothingHasNoSignAndRatesNoExponent() {
    assertEquals("0.0 ± 0.1", Paired.of(List.of(-0.001, 0.0006)).points());
    assertEquals("0.0", Paired.of(List.of(0.0001)).points());
    assertEquals("-0.1", Paired.of(List.of(-0.001)).points());
    assertEquals("0.0006", Cells.rate(6e-4));
  }

  @Test
  void parametersThatAreNotTheUsualOnesAreTold() {
    assertEquals(
        " Parameters are the usual ones, but for `ties` (density 0.2, trim_scope model).",
        FairTables.parameters(List.of(merges(0))));
  }

  @Test
  void aShortTableHasTheOldestMethodsAndTheBest() {
    List<Row> rows = new ArrayList<>();
    for (String method : List.of("task_arithmetic", "ties", "star", "iso_c")) {
      double accuracy = method.equals("iso_c") ? 0.8 : 0.6;
      rows.add(row(method, Way.UNIFORM, false, accuracy, accuracy));
      rows.add(row(method, Way.LINES, false, 0.5, 0.5));
    }
    ScaledMerges merges = new ScaledMerges(Map.of("one", 0.4), Map.of("one", 0.9), rows);
    assertEquals(
        List.of(
            "base",
            "fine-tuned, one model for each task",
            "`task_arithmetic`",
            "`ties`",
            "`iso_c`"),
        FairTables.fewMerges(List.of(merges)).rows().stream().map(List::getFirst).toList());
  }

  @Test
  void aDifferenceWithinTwoStandardErrorsHasNoWinner() {
    assertEquals("neither", Paired.of(List.of(0.01, -0.02, 0.03)).winner("a", "b"));
    assertEquals("b", Paired.of(List.of(-0.01, -0.02, -0.03)).winner("a", "b"));
    assertEquals("neither", Paired.of(List.of(0.5)).winner("a", "b"));
    assertEquals("–", Paired.of(List.of(Double.NaN)).points());
  }

  private static Point point(double at, double target, double control) {
    Score score = new Score(target, control, target, control);
    return new Point(at, score, score, Map.of("noise", target / 2 + control / 10));
  }

  private static OfTask task(double lines) {
    return new OfTask(
        "one",
        new Score(0.2, 0.5, 0.2, 1),
        new Score(1, 0.4, 1, 0.8),
        new Trace(List.of(point(1, 1, 0.8), point(0, 0.9, lines))),
        new Trace(List.of(point(1, 1, 0.8), point(0, 0.9, 0.9))),
        Optional.of(new Trace(List.of(point(1, 1, 0.8), point(0, 0.9, 0.7)))),
        Stream.of(0.6, 0.8, 0.3, 0.4, 0.5, 0.7)
            .map(target -> new Score(target, 0.4, target, target + 0.3))
            .toList());
  }

  @Test
  void pathsAreComparedWhereTheyKeepAsMuchOfTheTarget() {
    List<Editing> seeds = List.of(new Editing(List.of(task(1))), new Editing(List.of(task(1))));
    Table kept = FairTables.kept(seeds);
    assertEquals(
        List.of(
            "95.0",
            "85.0 ± 0.0",
            "90.0 ± 0.0",
            "+5.0 ± 0.0",
            "LiNeS",
            "80.0 ± 0.0",
            "-5.0 ± 0.0",
            "uniform scaling"),
        kept.rows().get(2));
    Table probes = FairTables.probes(seeds);
    assertEquals(
        List.of("1 of 2", "2 of 2", "1 of 4", "2 of 4", "3 of 4", "4 of 4", "all"),
        probes.rows().stream().map(List::getFirst).toList());
    assertEquals(List.of("1 of 2", "50.0 ± 0.0", "90.0 ± 0.0"), probes.rows().get(0));
    assertEquals(List.of("4 of 4", "62.5 ± 0.0", "100.0 ± 0.0"), probes.rows().get(5));
  }

  @Test
  void underAShiftPathsAreComparedWhereTheyKeepAsMuchOfTheUnshiftedTarget() {
    Table shifted =
        FairTables.shifted(List.of(new Editing(List.of(task(1))), new Editing(List.of(task(1)))));
    assertEquals(
        List.of("noise", "54.0 ± 0.0", "58.0 ± 0.0", "95.0", "58.0 ± 0.0"),
        shifted.rows().get(1).subList(0, 5));
  }

  private static Soup soup(double uniform, double lines) {
    return new Soup(
        6, 0.5, List.of(new Scaled(Way.UNIFORM, 0.2, uniform), new Scaled(Way.LINES, 0.3, lines)));
  }

  @Test
  void aSoupWithLinesStandsBesideUniformScalingOfTheSameSoup() {
    Soups soups =
        new Soups(
            List.of(
                new Soups.OfTask("one", 0.4, 0.45, soup(0.6, 0.5), soup(0.6, 0.6)),
                new Soups.OfTask("other", 0.6, 0.65, soup(0.8, 0.7), soup(0.6, 0.6))));
    assertEquals(
        List.of(
            "all averaged",
            "50.0",
            "55.0",
            "50.0",
            "70.0",
            "60.0",
            "-10.0 ± 0.0",
            "uniform scaling"),
        FairTables.soups(soups).rows().getFirst());
    assertEquals(
        "λ 1.2: 60.0; LiNeS β 0.3: 50.0", FairTables.soupsByTask(soups).rows().getFirst().get(4));
  }

  @Test
  void resultsOfATextLabAreReadAsTheyWereWrittenAndSayWhatIsMissing() throws IOException {
    TextSettings settings = TextSettings.quick();
    FairResults results =
        new FairResults(
            "./lines lab text --quick",
            Map.of("Java", "25"),
            settings,
            List.of(new FairResults.Task("one", "What is it?", "a source", 2, 100)),
            Map.of("merging", 3.0),
            List.of(
                new FairResults.Run(
                    11, settings.rates().getFirst(), new Editing(List.of(task(1))), merges(0.02))),
            Optional.empty(),
            List.of("seed 12, rate 4.0E-4"));
    Path file = folder.resolve("results.json");
    results.write(file);
    assertEquals(results, FairResults.read(file));
    FairReport.writeMarkdown(results, folder);
    String page = java.nio.file.Files.readString(folder.resolve("README.md"));
    assertTrue(page.contains("Not done yet: seed 12, rate 4.0E-4."), page);
    assertTrue(FairReport.html(results).contains("one: What is it?"));
  }

  @Test
  void resultsOfAnIconLabAreToldFromThoseOfATextLab() throws IOException {
    FairResults results =
        new FairResults(
            "./lines lab icons --quick",
            Map.of("Java", "25"),
            IconSettings.quick(),
            List.of(new FairResults.Task("one", "What is it?", "a source", 2, 100)),
            Map.of(),
            List.of(),
            Optional.empty(),
            List.of("seed 11, rate 0.002"));
    Path file = folder.resolve("results.json");
    results.write(file);
    assertEquals(results, FairResults.read(file));
    assertTrue(FairReport.html(results).contains("The icon lab"));
    assertTrue(FairReport.html(results).contains("3 tasks for 30 steps of 32 images"));
  }
}
