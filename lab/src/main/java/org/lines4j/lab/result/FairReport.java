package org.lines4j.lab.result;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.experiment.FairResults.Run;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.Soups;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentMarkdown;
import org.lines4j.report.DocumentPage;

/// The results of a lab of a base and its tasks as a document.
public final class FairReport {
  private static final double LEAST_SHOWN = 0.4;

  private FairReport() {}

  /// One HTML file that needs no other.
  public static String html(FairResults results) {
    return DocumentPage.html(document(results));
  }

  /// Writes `README.md` and the figures that it shows into a folder.
  public static void writeMarkdown(FairResults results, Path folder) throws IOException {
    Pages.write(document(results), folder);
  }

  /// The tables that count most.
  public static String excerpt(FairResults results) {
    List<Block> blocks = new ArrayList<>();
    for (double rate : rates(results)) {
      blocks.add(new Text("Fine-tuned at a rate of " + Cells.rate(rate) + "."));
      blocks.add(FairTables.kept(editings(results.at(rate))));
      blocks.add(FairTables.fewMerges(merges(results.at(rate))));
    }
    return blocks.stream().map(DocumentMarkdown::block).collect(Collectors.joining("\n\n"));
  }

  private static List<Double> rates(FairResults results) {
    return results.settings().rates().stream().filter(rate -> !results.at(rate).isEmpty()).toList();
  }

  private static List<Editing> editings(List<Run> runs) {
    return runs.stream().map(Run::editing).toList();
  }

  private static List<ScaledMerges> merges(List<Run> runs) {
    return runs.stream().map(Run::merges).toList();
  }

  private static Document document(FairResults results) {
    List<Section> sections = new ArrayList<>();
    sections.add(setup(results));
    for (double rate : rates(results)) {
      sections.add(section(rate, results.at(rate)));
    }
    results.soups().ifPresent(soups -> sections.add(soups(soups)));
    FairWords words = FairWords.of(results.settings());
    return new Document(
        words.title(),
        "%s, measured by `%s` in %s."
            .formatted(
                words.base(),
                results.command(),
                Cells.duration(results.seconds().values().stream().mapToDouble(s -> s).sum())),
        sections);
  }

  private static Section soups(Soups soups) {
    return new Section(
        "Soups",
        List.of(
            new Text(
                "A task's models of all seeds and rates, averaged: all of them, or those that do"
                    + " not harm the average on validation data, from the best on (greedy). Then"
                    + " the average's update is scaled further: uniformly by λ = 1, 1.1 … 2, by"
                    + " LiNeS with α = 1 and β = 0, 0.1 … 1, the best on validation data."),
            FairTables.soups(soups),
            FairTables.soupsByTask(soups)));
  }

  private static Section setup(FairResults results) {
    FairWords words = FairWords.of(results.settings());
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Text(words.setUp()));
    if (!results.missing().isEmpty()) {
      blocks.add(
          new Text(
              "Not done yet: %s. The command goes on where it was."
                  .formatted(String.join("; ", results.missing()))));
    }
    if (!results.runs().isEmpty()) {
      blocks.add(tasks(results));
    }
    blocks.add(Cells.times("Time, all runs together", results.seconds()));
    blocks.add(Cells.versions(results.versions()));
    return new Section("Set-up", blocks);
  }

  private static Table tasks(FairResults results) {
    List<Double> rates = rates(results);
    List<String> header =
        new ArrayList<>(
            List.of("task", "classes", FairWords.of(results.settings()).inputs(), "base"));
    rates.forEach(rate -> header.add("fine-tuned at " + Cells.rate(rate)));
    header.add("source");
    List<List<String>> rows = new ArrayList<>();
    for (FairResults.Task task : results.tasks()) {
      List<String> row = new ArrayList<>();
      row.add(task.name() + ": " + task.question());
      row.add(String.valueOf(task.classes()));
      row.add(String.valueOf(task.inputs()));
      row.add(accuracy(results.runs(), ScaledMerges::base, task.name()));
      for (double rate : rates) {
        row.add(accuracy(results.at(rate), ScaledMerges::tuned, task.name()));
      }
      row.add(task.source());
      rows.add(row);
    }
    return new Table("The tasks: accuracy in percent on test data", header, rows);
  }

  private static String accuracy(
      List<Run> runs,
      java.util.function.Function<ScaledMerges, Map<String, Double>> figure,
      String task) {
    return Cells.percent(
        runs.stream()
            .map(run -> figure.apply(run.merges()).getOrDefault(task, Double.NaN))
            .toList());
  }

  private static Section section(double rate, List<Run> runs) {
    List<Editing> editings = editings(runs);
    List<ScaledMerges> merges = merges(runs);
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            "%d %s. A difference of no more than two standard errors is no difference."
                .formatted(runs.size(), runs.size() == 1 ? "seed" : "seeds")));
    blocks.add(FairTables.kept(editings));
    blocks.add(FairTables.byRule(editings));
    blocks.add(
        new Figure(
            "pareto-" + new BigDecimal(String.valueOf(rate)).toPlainString(), // names of files
            "Every γ and λ, means over tasks and seeds: up and to the right is better.",
            FairTables.pareto(editings, LEAST_SHOWN)));
    blocks.add(FairTables.probes(editings));
    if (!FairTables.shifts(editings).isEmpty()) {
      blocks.add(FairTables.shifted(editings));
    }
    blocks.addAll(FairTables.merging(merges));
    blocks.add(FairTables.choices(runs.stream().map(Run::seed).toList(), merges));
    return new Section("Fine-tuned at a rate of " + Cells.rate(rate), blocks);
  }
}
