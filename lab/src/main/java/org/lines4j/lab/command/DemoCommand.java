package org.lines4j.lab.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Json;
import org.lines4j.cli.Places;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.Table;
import org.lines4j.cli.VectorModule;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.demo.DemoModels;
import org.lines4j.lab.demo.DemoPage;
import org.lines4j.lab.demo.Demonstration;
import org.lines4j.lab.demo.Demonstration.Outcome;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Place;
import org.lines4j.plan.Plan;
import org.lines4j.plan.TensorPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// `lines demo`.
@Command(
    name = "demo",
    header = "Edit a small trained model that comes along, and measure it.",
    customSynopsis = "lines demo [OPTIONS]",
    description = {
      "A vision transformer that lines lab trained, and what it became when it was",
      "fine-tuned on one of its tasks. Every accuracy is measured now, on images that",
      "are rendered now. The first call fetches PyTorch (115 MB)."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  private static final double[] PATH = {1, 0.8, 0.6, 0.4, 0.2, 0};

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for the models and the page (default: a temporary one).")
  private @Nullable Path out;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.2",
      description = "Lambda of the first block (default ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--beta",
      paramLabel = "B",
      description = "What the last block's lambda has more (default 1 - alpha).")
  private @Nullable Double beta;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "400",
      description = "Rendered for each task (default ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "20261124",
      description = "Of the images: others give other ones (default ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private RunMixin run = new RunMixin();

  DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    if (images < 1 || images > 100_000) {
      throw new RequestException("--images should be 1 … 100000, found " + images);
    }
    VectorModule.resolve();
    long begin = System.nanoTime();
    DemoModels models = DemoModels.unpack(out);
    Demonstration demo = new Demonstration(models, seed, images);
    LayerScaling scaling =
        LayerScaling.lines(alpha, beta == null ? 1 - alpha : beta, Outside.ALPHA);
    Plan plan = demo.edit("edited", scaling);
    List<Outcome> outcomes = List.of(demo.base(), demo.tuned(), demo.edited("edited", "LiNeS"));
    if (!run.isJson()) {
      print(outcomes, plan);
    }
    List<Outcome> lines =
        path(demo, "lines", gamma -> LayerScaling.lines(gamma, 1 - gamma, Outside.ALPHA));
    List<Outcome> uniform = path(demo, "uniform", LayerScaling::uniform);
    Path page = models.folder().resolve("report.html");
    AtomicFile.write(page, new DemoPage(outcomes, lines, uniform, plan).html());
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, models, outcomes, plan, seconds));
    } else {
      next(models, page, seconds);
    }
    return 0;
  }

  private static List<Outcome> path(
      Demonstration demo, String name, DoubleFunction<LayerScaling> profile) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (double at : PATH) {
      String folder = name + "-" + at;
      demo.edit(folder, profile.apply(at));
      outcomes.add(demo.edited(folder, folder));
    }
    return outcomes;
  }

  private void print(List<Outcome> outcomes, Plan plan) {
    PrintWriter text = run.out();
    text.printf(
        """
        A vision transformer of %d blocks has learnt %d tasks, and is now asked about
        them in words that it only half understands (base). Fine-tuned on one of them,
        %s, it forgets of the others. LiNeS scales each block's update with its depth:

            edited = base + lambda * (tuned - base)

        Percent of %,d images a task, rendered just now, that each model gets right:

        """,
        plan.stacks().getFirst().layers(),
        Demonstration.CONTROLS.size() + 1,
        Demonstration.TARGET,
        images);
    accuracy(outcomes).print(text);
    text.println();
    lambdas(plan).print(text);
    text.println();
    text.flush();
  }

  private static Table accuracy(List<Outcome> outcomes) {
    Table table = new Table("", "base", "fine-tuned", "LiNeS");
    for (String task : outcomes.getFirst().accuracy().keySet()) {
      List<String> cells = new ArrayList<>();
      outcomes.forEach(outcome -> cells.add(percent(outcome.on(task))));
      table.row(
          task + (task.equals(Demonstration.TARGET) ? " (target)" : ""),
          cells.get(0),
          cells.get(1),
          cells.get(2));
    }
    table.row(
        "mean of the others",
        percent(outcomes.get(0).control()),
        percent(outcomes.get(1).control()),
        percent(outcomes.get(2).control()));
    return table;
  }

  private static String percent(double accuracy) {
    return "%.1f".formatted(100 * accuracy);
  }

  /// λ by place, in the order of depth.
  private static Table lambdas(Plan plan) {
    Map<Place, Double> places = new LinkedHashMap<>();
    plan.tensors().stream()
        .filter(tensor -> tensor.lambda().isPresent())
        .sorted(Comparator.comparing(TensorPlan::place, Place.byDepth(plan.stacks())))
        .forEach(tensor -> places.put(tensor.place(), tensor.lambda().getAsDouble()));
    Table table = new Table("stack", "layer", "lambda");
    places.forEach(
        (place, lambda) ->
            table.row(Places.stack(place), Places.layer(place), Table.lambda(lambda)));
    return table;
  }

  private void next(DemoModels models, Path page, double seconds) {
    run.out()
        .printf(
            """
            Measured in %.0f s. The whole path, drawn, beside scaling all blocks alike:
              %s
            The models are in %s

            Next, with two models of your own (files or folders):
              lines diff BASE TUNED                                 where it changed
              lines edit --base BASE --tuned TUNED --out EDITED     edit it
            """,
            seconds, page, models.folder());
    run.out().flush();
  }

  private void write(
      JsonGenerator json, DemoModels models, List<Outcome> outcomes, Plan plan, double seconds) {
    json.writeStringProperty("out", models.folder().toString());
    json.writeStringProperty("target", Demonstration.TARGET);
    json.writeObjectPropertyStart("accuracy");
    for (Outcome outcome : outcomes) {
      json.writeObjectPropertyStart(outcome.model());
      outcome.accuracy().forEach((task, value) -> Json.number(json, task, value));
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeArrayPropertyStart("tensors");
    for (TensorPlan tensor : plan.tensors()) {
      json.writeStartObject();
      json.writeStringProperty("name", tensor.name());
      Places.write(json, tensor.place());
      tensor.lambda().ifPresent(lambda -> json.writeNumberProperty("lambda", lambda));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("seconds", seconds);
  }
}
