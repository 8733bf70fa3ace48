package org.lines4j.lab.result;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lines4j.lab.experiment.PaperResults;
import org.lines4j.lab.experiment.PaperSettings;
import org.lines4j.lab.experiment.PublishedModels;
import org.lines4j.lab.experiment.ScaledMerges;
import org.lines4j.lab.experiment.ScaledMerges.Row;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.result.PublishedFigures.Figures;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentMarkdown;
import org.lines4j.report.DocumentPage;

/// What published models gave, as a document.
public final class PaperReport {
  private static final double LEAST_SHOWN = 0.4;

  /// In percent: fine-tuned models that differ by more are other models.
  private static final double SAME = 0.5;

  private PaperReport() {}

  /// One HTML file that needs no other.
  public static String html(PaperResults results) {
    return DocumentPage.html(document(results));
  }

  /// Writes `README.md` and the figures that it shows into a folder.
  public static void writeMarkdown(PaperResults results, Path folder) throws IOException {
    Pages.write(document(results), folder);
  }

  /// The tables that count most.
  public static String excerpt(PaperResults results) {
    List<Block> blocks = new ArrayList<>(merging(results));
    if (!results.editing().isEmpty()) {
      blocks.add(FairTables.kept(results.editing()));
    }
    return blocks.stream().map(DocumentMarkdown::block).collect(Collectors.joining("\n\n"));
  }

  private static Document document(PaperResults results) {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Set-up", setup(results)));
    sections.add(new Section("Merging", merging(results)));
    if (!results.editing().isEmpty()) {
      sections.add(new Section("Editing", editing(results)));
    }
    return new Document(
        "Published models, edited and merged: %s, %d tasks"
            .formatted(results.settings().model(), results.settings().tasks().size()),
        "Measured by `%s` in %s."
            .formatted(
                results.command(),
                Cells.duration(results.seconds().values().stream().mapToDouble(s -> s).sum())),
        sections);
  }

  private static List<Block> setup(PaperResults results) {
    PaperSettings settings = results.settings();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            "%s, from `%s`, fine-tuned on %s. Choices are made on validation data, figures are of test data. Each model is measured by `%s`."
                .formatted(
                    settings.model(),
                    settings.from(),
                    String.join(", ", settings.tasks()),
                    settings.evaluator())));
    if (!results.leftOut().isEmpty()) {
      blocks.add(
          new Table(
              "Merge methods that take no part",
              List.of("", "why"),
              results.leftOut().entrySet().stream()
                  .map(entry -> List.of("`" + entry.getKey() + "`", entry.getValue()))
                  .toList()));
    }
    blocks.add(Cells.times("Time, all runs together", results.seconds()));
    blocks.add(Cells.versions(results.versions()));
    return blocks;
  }

  private static List<Block> merging(PaperResults results) {
    List<Block> blocks = new ArrayList<>();
    blocks.addAll(FairTables.merging(results.merges()));
    blocks.add(tasks(results.merges().getFirst()));
    blocks.addAll(beside(results));
    return blocks;
  }

  private static Table tasks(ScaledMerges merges) {
    return new Table(
        "Each task: accuracy in percent",
        List.of("task", "base", "fine-tuned on it"),
        merges.base().keySet().stream()
            .map(
                task ->
                    List.of(
                        task,
                        Cells.percent(merges.base().getOrDefault(task, Double.NaN)),
                        Cells.percent(merges.tuned().getOrDefault(task, Double.NaN))))
            .toList());
  }

  /// Published figures, where there are some of such models.
  private static List<Block> beside(PaperResults results) {
    PaperSettings settings = results.settings();
    PublishedFigures published = PublishedFigures.read();
    Optional<Figures> figures = published.of(settings.model(), settings.tasks().size());
    if (settings.published() != PublishedModels.TALL || figures.isEmpty()) {
      return List.of(new Text("No figures that were published of these models are at hand."));
    }
    Map<String, Double> theirs = figures.get().accuracy();
    ScaledMerges merges = results.merges().getFirst();
    double tuned = 100 * merges.tuned().values().stream().mapToDouble(x -> x).average().orElse(0);
    double there = theirs.getOrDefault(PublishedFigures.FINE_TUNED, Double.NaN);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "fine-tuned, one model for each task",
            "%.1f".formatted(there),
            "%.1f".formatted(tuned),
            ""));
    for (Row row : merges.rows()) {
      Double their = theirs.get(row.method());
      if (row.way() == Way.UNIFORM && their != null) {
        rows.add(
            List.of(
                "`" + row.method() + "`",
                "%.1f".formatted(their),
                Cells.percent(row.mean()),
                Cells.percent(best(merges, row.method()))));
      }
    }
    String verdict =
        Math.abs(tuned - there) <= SAME
            ? "The fine-tuned models are as good here as there, so the rows may be compared."
            : "The fine-tuned models are at %.1f here and at %.1f there: other checkpoints, or other data. The rows must not be compared."
                .formatted(tuned, there);
    return List.of(
        new Table(
            "Beside what was published: mean accuracy in percent",
            List.of("", "published", "here, uniform scaling", "here, better of LiNeS' two"),
            rows),
        new Text("Source: %s. %s".formatted(published.source(), verdict)));
  }

  private static double best(ScaledMerges merges, String method) {
    return merges.rows().stream()
        .filter(row -> row.method().equals(method) && row.way() != Way.UNIFORM)
        .mapToDouble(Row::mean)
        .max()
        .orElse(Double.NaN);
  }

  private static List<Block> editing(PaperResults results) {
    return List.of(
        FairTables.kept(results.editing()),
        FairTables.byRule(results.editing()),
        new Figure(
            "pareto",
            "Every γ and λ, means over tasks: up and to the right is better.",
            FairTables.pareto(results.editing(), LEAST_SHOWN)),
        FairTables.probes(results.editing()));
  }
}
