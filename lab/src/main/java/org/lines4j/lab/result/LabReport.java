package org.lines4j.lab.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.experiment.LabSettings;
import org.lines4j.lab.experiment.SeedResults;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentMarkdown;
import org.lines4j.report.DocumentPage;

/// A lab's results as a document.
public final class LabReport {
  private LabReport() {}

  /// One HTML file that needs no other.
  public static String html(LabResults results) {
    return DocumentPage.html(document(results));
  }

  /// Writes `README.md` and the figures that it shows into a folder.
  public static void writeMarkdown(LabResults results, Path folder) throws IOException {
    write(document(results), folder);
  }

  /// Writes a document and its figures.
  static void write(Document document, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Section section : document.sections()) {
      for (Block block : section.blocks()) {
        if (block instanceof Figure(String name, String _, String svg)) {
          AtomicFile.write(folder.resolve(name + ".svg"), svg + "\n");
        }
      }
    }
    AtomicFile.write(folder.resolve("README.md"), DocumentMarkdown.text(document));
  }

  /// The tables for a project's front page.
  public static String excerpt(LabResults results) {
    return List.<Block>of(
            EditingSection.summary(results),
            MergingSection.summary(results, results.seeds().getFirst().merging().size() - 1))
        .stream()
        .map(DocumentMarkdown::block)
        .collect(Collectors.joining("\n\n"));
  }

  private static Document document(LabResults results) {
    return new Document(
        "The lab: train, forget, recover",
        "Small vision transformers, trained by `%s` in %s on images rendered by program, then edited and merged."
            .formatted(
                results.command(),
                Cells.duration(results.seconds().values().stream().mapToDouble(s -> s).sum())),
        List.of(
            setup(results),
            EditingSection.of(results),
            MergingSection.of(results),
            RobustnessSection.of(results),
            SoupsSection.of(results),
            StudySection.of(results)));
  }

  private static Section setup(LabResults results) {
    LabSettings settings = results.settings();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Text(
            ("A ViT of %d blocks, %d wide, is pre-trained for %,d steps of %d images on all tasks,"
                 + " each read through its own class vectors. Then the class vectors of each task"
                 + " are turned away (a random direction of %s times their length is added), so"
                 + " that the features are good but the alignment is off, and the base is"
                 + " fine-tuned on each of %d tasks for %,d steps of %d images. Class vectors are"
                 + " frozen and outside the task vector. %,d validation and %,d test images a"
                 + " task.")
                .formatted(
                    settings.encoder().blocks(),
                    settings.encoder().width(),
                    settings.pretraining().steps(),
                    settings.pretraining().batch(),
                    settings.mismatch(),
                    settings.tasks().size(),
                    settings.fineTuning().steps(),
                    settings.fineTuning().batch(),
                    settings.validationImages(),
                    settings.testImages())));
    blocks.add(pretrained(results));
    blocks.add(Cells.times("Time, all seeds together", results.seconds()));
    blocks.add(Cells.versions(results.versions()));
    return new Section("Set-up", blocks);
  }

  private static Table pretrained(LabResults results) {
    SeedResults first = results.seeds().getFirst();
    return new Table(
        "Accuracy in percent of the base through the class vectors of pre-training, and through"
            + " those of the experiments",
        List.of("task", "its own", "turned away", "fine-tuned"),
        first.editing().tasks().stream()
            .map(
                task ->
                    List.of(
                        task.task(),
                        Cells.percent(results, seed -> seed.pretrained().get(task.task())),
                        Cells.percent(results, seed -> find(seed, task.task()).base().target()),
                        Cells.percent(results, seed -> find(seed, task.task()).tuned().target())))
            .toList());
  }

  private static org.lines4j.lab.experiment.Editing.OfTask find(SeedResults seed, String task) {
    return seed.editing().tasks().stream()
        .filter(each -> each.task().equals(task))
        .findFirst()
        .orElseThrow();
  }
}
