package org.lines4j.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.lab.demo.Demonstration.Changed;
import org.lines4j.lab.demo.Demonstration.Edited;
import org.lines4j.lab.result.Charts;
import org.lines4j.lab.result.Charts.Point;
import org.lines4j.lab.result.Charts.Series;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentPage;

/// The demo as a page.
///
/// @param story that it tells
public record DemoPage(Story story) {
  private static final int MOST_TEXTS = 8;

  /// One HTML file that needs no other.
  public String html() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Who won here", verdict()));
    sections.add(new Section("What fine-tuning gained, and what it forgot", List.of(edits())));
    sections.add(new Section("How far the update goes", List.of(figure())));
    sections.add(new Section("What was forgotten and won back", List.of(texts())));
    sections.add(new Section("Both adapters in one model", List.of(merges())));
    sections.add(new Section("The same by hand", commands()));
    return DocumentPage.html(
        new Document(
            "LiNeS on a public model",
            ("all-MiniLM-L6-v2, a sentence encoder, with an adapter tuned on %s, and one on %s. One"
                    + " training each: docs/when-it-pays.md has the evidence.")
                .formatted(DemoModels.TARGET, DemoModels.OTHER),
            sections));
  }

  private List<Block> verdict() {
    return story.verdict().stream().<Block>map(Text::new).toList();
  }

  private Table edits() {
    Edited edited = story.edited();
    List<String> header = new ArrayList<>(List.of("model", DemoModels.TARGET));
    header.addAll(Demonstration.CONTROLS);
    header.add("mean of controls");
    List<List<String>> rows = new ArrayList<>();
    for (Outcome outcome : edited.outcomes()) {
      List<String> row = new ArrayList<>(List.of(edited.title(outcome)));
      row.add(Story.percent(outcome.on(DemoModels.TARGET)));
      Demonstration.CONTROLS.forEach(task -> row.add(Story.percent(outcome.on(task))));
      row.add(Story.percent(outcome.mean(Demonstration.CONTROLS)));
      rows.add(row);
    }
    return new Table(
        "Percent of %d texts a task that are classified rightly; the first task is the target"
            .formatted(story.texts()),
        header,
        rows);
  }

  private Figure figure() {
    Edited edited = story.edited();
    return new Figure(
        "path",
        "On the texts that the settings were chosen on: from the fine-tuned model towards the base."
            + " Up and to the right is better. LiNeS scales the first block's update by γ and the"
            + " last one's by 1, uniform scaling all of them by λ.",
        Charts.lines(
            "Control against target accuracy",
            "target accuracy (" + DemoModels.TARGET + ")",
            "mean accuracy on the control tasks",
            List.of(
                series("LiNeS, γ 1 … 0.25", edited.linesPath(), edited.lines()),
                series("uniform, λ 1 … 0.25", edited.uniformPath(), edited.uniform()))));
  }

  private static Series series(String name, List<Outcome> path, Outcome chosen) {
    Optional<Point> ringed =
        path.stream()
            .filter(outcome -> outcome.setting() == chosen.setting())
            .map(DemoPage::point)
            .findFirst();
    return new Series(name, path.stream().map(DemoPage::point).toList(), ringed);
  }

  private static Point point(Outcome outcome) {
    return new Point(outcome.on(DemoModels.TARGET), outcome.mean(Demonstration.CONTROLS));
  }

  private Block texts() {
    if (story.changed().isEmpty()) {
      return new Text("None of the test texts.");
    }
    return new Table(
        "Texts that the base and %s answer rightly, the fine-tuned model wrongly: %d of %d, of which these are the first"
            .formatted(
                story.edited().title(story.edited().better()),
                story.changed().size(),
                Math.multiplyExact(story.texts(), Demonstration.CONTROLS.size())),
        List.of("text", "is", "the fine-tuned model says"),
        story.changed().stream().limit(MOST_TEXTS).map(DemoPage::row).toList());
  }

  private static List<String> row(Changed changed) {
    return List.of(changed.text(), changed.is(), changed.tuned());
  }

  private Table merges() {
    return new Table(
        "Percent of %d texts a task; each merge with the best of three scales on other texts"
            .formatted(story.texts()),
        List.of("model", DemoModels.TARGET, DemoModels.OTHER, "mean"),
        story.pairs().stream().map(Story::row).toList());
  }

  private List<Block> commands() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Text("In the demo's folder:"));
    story.commands().forEach(command -> blocks.add(new Text("`" + command + "`")));
    return blocks;
  }
}
