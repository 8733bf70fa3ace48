package org.lines4j.lab.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Json;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.Table;
import org.lines4j.cli.VectorModule;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.demo.DemoModels;
import org.lines4j.lab.demo.DemoPage;
import org.lines4j.lab.demo.Demonstration;
import org.lines4j.lab.demo.Demonstration.Edited;
import org.lines4j.lab.demo.Outcome;
import org.lines4j.lab.demo.Story;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// `lines demo`.
@Command(
    name = "demo",
    header = "Edit and merge two adapters on a public model, and measure it.",
    customSynopsis = "lines demo [OPTIONS]",
    description = {
      "all-MiniLM-L6-v2, a sentence encoder, and two small LoRA adapters that come",
      "along. Shows what fine-tuning gained, what it forgot, and what LiNeS, uniform",
      "scaling and merging give; all of it is measured now. The first call fetches",
      "PyTorch (115 MB) and model and texts (120 MB)."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  private static final int MOST_TEXTS = 100;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for the models and the page (default: a temporary one).")
  private @Nullable Path out;

  @Option(
      names = "--texts",
      paramLabel = "N",
      defaultValue = "60",
      description = "Measured for each task, 100 at most (default ${DEFAULT-VALUE}).")
  private int texts;

  @Mixin private RunMixin run = new RunMixin();

  DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    if (texts < 1 || texts > MOST_TEXTS) {
      throw new RequestException("--texts should be 1 … 100, found " + texts);
    }
    VectorModule.resolve();
    long begin = System.nanoTime();
    DemoModels models = DemoModels.unpack(out);
    if (!run.isJson()) {
      intro();
    }
    Story story = Story.of(new Demonstration(models, texts), texts);
    Path page = models.folder().resolve("report.html");
    AtomicFile.write(page, new DemoPage(story).html());
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, models, story, seconds));
    } else {
      print(story);
      next(models, story, page, seconds);
    }
    return 0;
  }

  private void intro() {
    run.out()
        .printf(
            """
            all-MiniLM-L6-v2, a public sentence encoder of 6 blocks, sorts short texts into
            classes (base). A LoRA adapter taught it to sort names of emoji, and it forgets
            of other tasks. Scaling the update gives some back: uniformly, or by LiNeS with
            each block's depth. Settings are chosen on other texts than are reported.
            Measuring ...

            """);
    run.out().flush();
  }

  private void print(Story story) {
    PrintWriter text = run.out();
    Edited edited = story.edited();
    text.printf("Percent of %d texts a task that each model gets right:%n%n", texts);
    edits(edited).print(text);
    text.printf(
        "%nBoth adapters in one model, %s and %s:%n%n", DemoModels.TARGET, DemoModels.OTHER);
    merges(story).print(text);
    text.println();
    story.verdict().forEach(text::println);
    text.println();
  }

  private static Table edits(Edited edited) {
    List<Outcome> outcomes = edited.outcomes();
    Table table =
        new Table(
            Stream.concat(Stream.of(""), outcomes.stream().map(edited::title))
                .toArray(String[]::new));
    row(table, DemoModels.TARGET + " (target)", outcomes, List.of(DemoModels.TARGET));
    Demonstration.CONTROLS.forEach(task -> row(table, task, outcomes, List.of(task)));
    row(table, "mean of the others", outcomes, Demonstration.CONTROLS);
    return table;
  }

  private static void row(Table table, String title, List<Outcome> outcomes, List<String> tasks) {
    List<String> cells = new ArrayList<>(List.of(title));
    outcomes.forEach(outcome -> cells.add(Story.percent(outcome.mean(tasks))));
    table.row((Object[]) cells.toArray(String[]::new));
  }

  private static Table merges(Story story) {
    Table table = new Table("", DemoModels.TARGET, DemoModels.OTHER, "mean");
    story.pairs().forEach(outcome -> table.row(Story.row(outcome).toArray()));
    return table;
  }

  private void next(DemoModels models, Story story, Path page, double seconds) {
    run.out().printf("One training each is no evidence: lines lab text has more of them.%n%n");
    run.out().printf("The same by hand, in %s:%n", models.folder());
    story.commands().forEach(command -> run.out().println("  " + command));
    run.out()
        .printf(
            """

            Measured in %.0f s. Texts that were forgotten and won back, and the path, drawn:
              %s
            """,
            seconds, page);
    run.out().flush();
  }

  private void write(JsonGenerator json, DemoModels models, Story story, double seconds) {
    Edited edited = story.edited();
    json.writeStringProperty("out", models.folder().toString());
    json.writeStringProperty("target", DemoModels.TARGET);
    json.writeArrayPropertyStart("edits");
    edited.outcomes().forEach(outcome -> write(json, outcome));
    json.writeEndArray();
    json.writeArrayPropertyStart("merges");
    write(json, story.other());
    story.merges().forEach(outcome -> write(json, outcome));
    json.writeEndArray();
    json.writeArrayPropertyStart("verdict");
    story.verdict().forEach(json::writeString);
    json.writeEndArray();
    json.writeNumberProperty("seconds", seconds);
  }

  private static void write(JsonGenerator json, Outcome outcome) {
    json.writeStartObject();
    json.writeStringProperty("model", outcome.model());
    json.writeNumberProperty("setting", outcome.setting());
    json.writeObjectPropertyStart("accuracy");
    new TreeMap<>(outcome.accuracy()).forEach((task, value) -> Json.number(json, task, value));
    json.writeEndObject();
    json.writeEndObject();
  }
}
