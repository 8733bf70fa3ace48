package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.Edit;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Place;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// `lines demo`.
@Command(
    name = "demo",
    header = "Edit a small model that comes along, and show what that does.",
    customSynopsis = "lines demo [OPTIONS]",
    description = {
      "The models are real ones, trained by tools/demo-model/train.py: a Llama of six",
      "layers, and what it became when it was fine-tuned on another task."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Keep the models in this new folder (default: a temporary one).")
  private @Nullable Path out;

  @Mixin private DepthMixin depth;

  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  DemoCommand() {}

  /// What the edit did: λ of each place, and how far tuned and edited model are from the base.
  private record Story(
      Plan plan, RunResult result, Map<Place, Double> lambdas, Diff tuned, Diff edited) {

    /// The change that is left of `layer`'s after the edit.
    Change edited(Diff.Layer layer) {
      return edited.layers().stream()
          .filter(other -> other.place().equals(layer.place()))
          .findAny()
          .orElseThrow()
          .change();
    }

    double lambda(Diff.Layer layer) {
      return Objects.requireNonNull(lambdas.get(layer.place()));
    }
  }

  @Override
  public Integer call() throws IOException {
    try (DemoModels models = DemoModels.unpack(out)) {
      Story story = edit(models);
      if (run.isJson()) {
        Json.print(run.out(), json -> write(json, story));
      } else {
        print(models, story);
      }
    }
    return 0;
  }

  private Story edit(DemoModels models) throws IOException {
    try (Checkpoint base = Checkpoint.open(models.base());
        Checkpoint tuned = Checkpoint.open(models.tuned())) {
      Plan plan =
          Edit.of(base, tuned)
              .withScaling(LayerScaling.lines(depth.alpha(), depth.beta(), Outside.ALPHA))
              .plan(models.edited());
      RunResult result = plan.run(work.options(Progress.SILENT));
      try (Checkpoint edited = Checkpoint.open(models.edited())) {
        return new Story(
            plan, result, lambdas(plan.tensors()), compare(base, tuned), compare(base, edited));
      }
    }
  }

  private Diff compare(Checkpoint base, Checkpoint other) throws IOException {
    return Diff.between(base, other, LayerOptions.defaults(), work.options(Progress.SILENT));
  }

  private static Map<Place, Double> lambdas(List<PlannedTensor> tensors) {
    Map<Place, Double> lambdas = new HashMap<>();
    tensors.forEach(tensor -> lambdas.put(tensor.place(), tensor.lambda().orElseThrow()));
    return lambdas;
  }

  private void print(DemoModels models, Story story) {
    PrintWriter text = run.out();
    text.printf(
        """
        The base is a small language model: %s in %s. It does four
        things with six digits: copies, reverses or rotates them, or adds one to each.
        The tuned model was retrained to add two instead, and unlearned the other three.

        LiNeS scales each layer's fine-tuning with its depth:

            edited = base + lambda * (tuned - base)

        with lambda growing from alpha = %s in the first layer to alpha + beta = %s
        in the last. How far each layer lies from the base before and after the edit
        (tau is the difference, |.| the Euclidean norm):

        """,
        "%,d parameters".formatted(story.tuned().whole().elements()),
        Table.count(story.plan().stacks().getFirst().layers(), "layer"),
        plain(depth.alpha()),
        plain(depth.alpha() + depth.beta()));
    table(story).print(text);
    text.println();
    where(text, models, story);
    text.println();
    text.print(
        """
        Next, with two models of your own (files or folders), see where fine-tuning
        changed the model, and edit it:

          lines diff BASE TUNED
          lines edit --base BASE --tuned TUNED --out EDITED
        """);
    text.flush();
  }

  private static String plain(double lambda) {
    return Table.lambda(lambda).replaceFirst("\\.?0+$", "");
  }

  private static Table table(Story story) {
    Table table = new Table("stack", "layer", "tensors", "lambda", "|tau|/|base| before", "after");
    for (Diff.Layer layer : story.tuned().layers()) {
      table.row(
          Places.stack(layer.place()),
          Places.layer(layer.place()),
          layer.tensors(),
          Table.lambda(story.lambda(layer)),
          relative(layer.change()),
          relative(story.edited(layer)));
    }
    table.row(
        "(whole model)",
        "",
        story.tuned().tensors().size(),
        "",
        relative(story.tuned().whole()),
        relative(story.edited().whole()));
    return table;
  }

  /// With a fixed number of decimals, so that a column can be compared at a glance.
  private static String relative(Change change) {
    return "%.4f".formatted(change.relative());
  }

  private void where(PrintWriter text, DemoModels models, Story story) {
    text.printf(
        "Read %,d bytes, wrote %,d in %.2f s.%n",
        story.result().bytesRead(), story.result().bytesWritten(), story.result().seconds());
    if (out == null) {
      text.println("The files were temporary and are gone; 'lines demo --out DIR' keeps them.");
    } else {
      text.printf("  base    %s%n", models.base());
      text.printf("  tuned   %s%n", models.tuned());
      text.printf("  edited  %s  (its README.md says how it was made)%n", models.edited());
    }
  }

  private void write(JsonGenerator json, Story story) {
    if (out == null) {
      json.writeNullProperty("out");
    } else {
      json.writeStringProperty("out", out.toString());
    }
    json.writeNumberProperty("alpha", depth.alpha());
    json.writeNumberProperty("beta", depth.beta());
    json.writeArrayPropertyStart("layers");
    for (Diff.Layer layer : story.tuned().layers()) {
      json.writeStartObject();
      Places.write(json, layer.place());
      json.writeStringProperty("place", Places.layer(layer.place()));
      json.writeNumberProperty("lambda", story.lambda(layer));
      json.writeNumberProperty("tensors", layer.tensors());
      write(json, "tuned", layer.change());
      write(json, "edited", story.edited(layer));
      json.writeEndObject();
    }
    json.writeEndArray();
    write(json, "tuned", story.tuned().whole());
    write(json, "edited", story.edited().whole());
    json.writeNumberProperty("seconds", story.result().seconds());
    json.writeNumberProperty("bytes_read", story.result().bytesRead());
    json.writeNumberProperty("bytes_written", story.result().bytesWritten());
  }

  private static void write(JsonGenerator json, String model, Change change) {
    json.writeObjectPropertyStart(model);
    Json.number(json, "tau_norm", change.tauNorm());
    Json.number(json, "relative", change.relative());
    json.writeEndObject();
  }
}
