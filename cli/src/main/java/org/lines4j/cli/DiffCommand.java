package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.files.AtomicFile;
import org.lines4j.report.DiffPage;
import org.lines4j.storage.Location;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines diff`.
@Command(
    name = "diff",
    header = "Show how far fine-tuning moved each layer and each tensor.",
    customSynopsis = "lines diff BASE TUNED [OPTIONS]",
    description = {
      "With tau = tuned - base, shows",
      "  |tau|         its Euclidean norm",
      "  |tau|/|base|  the change relative to the base",
      "  cosine        of the angle between base and tuned",
      "  sparsity      the fraction of tau that is exactly zero"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DiffCommand implements Callable<Integer> {
  private static final int FEW = 3;

  @Parameters(index = "0", paramLabel = "BASE", description = "The pre-trained model.")
  private Location base;

  @Parameters(index = "1", paramLabel = "TUNED", description = "The fine-tuned model.")
  private Location tuned;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also draw the change over depth, as one self-contained page.")
  private @Nullable Path html;

  @Mixin private RenameMixin names;
  @Mixin private LayerMixin layers;
  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  DiffCommand() {}

  @Override
  public Integer call() throws IOException {
    checkPage();
    Diff diff = compare();
    if (html != null) {
      AtomicFile.write(html, DiffPage.html(diff, base.toString(), tuned.toString()));
      run.say("drew " + html);
    }
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, diff));
    } else {
      print(diff);
    }
    return 0;
  }

  /// Comparing may take minutes, so that the page can be written is checked before.
  private void checkPage() throws IOException {
    if (html == null) {
      return;
    }
    if (!html.toString().matches("(?is).*\\.html?")) {
      throw RequestException.expected("--html", "a file name ending in .html", html);
    }
    Path folder = html.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new RequestException("--html: there is no folder " + folder);
    }
    for (Location model : List.of(base, tuned)) {
      if (folder != null && isWithin(folder, model)) {
        throw new RequestException(
                html, "lies in the input %s, which is never touched".formatted(model))
            .withRemedy("choose another place");
      }
    }
  }

  private static boolean isWithin(Path folder, Location model) throws IOException {
    return model.isLocal()
        && Files.isDirectory(model.path())
        && folder.toRealPath().startsWith(model.path().toRealPath());
  }

  private Diff compare() throws IOException {
    try (ModelPair models = ModelPair.open(base, tuned);
        ProgressDisplay progress = run.progress()) {
      layers.map(models.base()); // tells what is wrong with options before anything is read
      return Diff.between(
          models.base(), models.tuned(), names.renames(), layers.options(), work.options(progress));
    }
  }

  private void print(Diff diff) {
    Table tensors =
        new Table("tensor", "stack", "layer", "|tau|", "|tau|/|base|", "cosine", "sparsity");
    for (Diff.Tensor tensor : diff.tensors()) {
      Change change = tensor.change();
      tensors.row(
          tensor.info().name(),
          Places.stack(tensor.place()),
          Places.layer(tensor.place()),
          change.tauNorm(),
          change.relative(),
          cosine(change),
          change.sparsity());
    }
    tensors.print(run.out());
    run.out().println();
    Table layerTable =
        new Table("stack", "layer", "tensors", "|tau|", "|tau|/|base|", "cosine", "sparsity");
    for (Diff.Layer layer : diff.layers()) {
      row(
          layerTable,
          Places.stack(layer.place()),
          Places.layer(layer.place()),
          layer.tensors(),
          layer.change());
    }
    row(layerTable, "(whole model)", "", diff.tensors().size(), diff.whole());
    layerTable.print(run.out());
    diff.notices().forEach(notice -> run.say("note: " + notice));
    diff.notFinite().forEach(found -> run.say("note: " + found.inWords()));
    Map<String, List<String>> uncompared = new LinkedHashMap<>();
    diff.uncompared()
        .forEach((name, why) -> uncompared.computeIfAbsent(why, _ -> new ArrayList<>()).add(name));
    uncompared.forEach(
        (why, names) -> run.say("note: not compared: " + Shown.some(names, FEW) + ", " + why));
  }

  private static void row(Table table, String stack, String layer, int tensors, Change change) {
    table.row(
        stack,
        layer,
        tensors,
        change.tauNorm(),
        change.relative(),
        cosine(change),
        change.sparsity());
  }

  /// All cosines are close to 1; six digits tell them apart.
  private static String cosine(Change change) {
    return "%.6f".formatted(change.cosine());
  }

  private static void write(JsonGenerator json, Diff diff) {
    Places.write(json, diff.stacks());
    json.writeObjectPropertyStart("model");
    write(json, diff.whole());
    json.writeEndObject();
    json.writeArrayPropertyStart("layers");
    for (Diff.Layer layer : diff.layers()) {
      json.writeStartObject();
      Places.write(json, layer.place());
      json.writeStringProperty("place", Places.layer(layer.place()));
      json.writeNumberProperty("tensors", layer.tensors());
      write(json, layer.change());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("tensors");
    for (Diff.Tensor tensor : diff.tensors()) {
      json.writeStartObject();
      json.writeStringProperty("name", tensor.info().name());
      Places.write(json, tensor.place());
      write(json, tensor.change());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("notes");
    diff.notices().forEach(json::writeString);
    json.writeEndArray();
    json.writeArrayPropertyStart("not_finite");
    for (Diff.NotFinite found : diff.notFinite()) {
      json.writeStartObject();
      json.writeStringProperty("name", found.info().name());
      json.writeNumberProperty("base_nan", found.baseNan());
      json.writeNumberProperty("base_infinite", found.baseInfinite());
      json.writeNumberProperty("tuned_nan", found.tunedNan());
      json.writeNumberProperty("tuned_infinite", found.tunedInfinite());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectPropertyStart("not_compared");
    diff.uncompared().forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Change change) {
    json.writeNumberProperty("elements", change.elements());
    Json.number(json, "tau_norm", change.tauNorm());
    Json.number(json, "tau_l1", change.tauAbsolute());
    Json.number(json, "tau_max", change.tauLargest());
    Json.number(json, "base_norm", change.baseNorm());
    Json.number(json, "tuned_norm", change.tunedNorm());
    Json.number(json, "relative", change.relative());
    Json.number(json, "cosine", change.cosine());
    Json.number(json, "sparsity", change.sparsity());
  }
}
