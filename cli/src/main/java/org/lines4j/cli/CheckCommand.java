package org.lines4j.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lines4j.check.Check;
import org.lines4j.check.Finding;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.Location;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines check`.
@Command(
    name = "check",
    header = "Say whether models are of one base, whole, and can be edited and merged.",
    customSynopsis = "lines check BASE TUNED... [OPTIONS]",
    description = {
      "Looks for models of another base, a base and a tuned model in each other's",
      "place, NaN and infinity, constant tensors, and types, shapes, settings,",
      "tokenizers and chat templates that differ. By layer, shows how far each model",
      "moved, and the cosines of the angles between their updates.",
      "Exit code 3 if something stands in the way."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CheckCommand implements Callable<Integer> {
  private static final int UNFIT = 3;

  /// In place of a number that there is none of: an angle to an update of zero.
  private static final String NONE = "-";

  @Parameters(index = "0", paramLabel = "BASE", description = "The pre-trained model.")
  private Location base;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TUNED",
      description = "The fine-tuned models.")
  private List<Location> tuned;

  @Mixin private RenameMixin names;
  @Mixin private LayerMixin layers;
  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  CheckCommand() {}

  @Override
  public Integer call() throws IOException {
    Check check = check();
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, check));
    } else {
      print(check);
    }
    return check.isFit() ? 0 : UNFIT;
  }

  private Check check() throws IOException {
    List<Checkpoint> opened = new ArrayList<>();
    try (Checkpoint from = Checkpoint.open(base);
        ProgressDisplay progress = run.progress()) {
      layers.map(from).checkUsed(); // tells what is wrong with the options before anything is read
      for (Location model : tuned) {
        opened.add(Checkpoint.openOn(from, model));
      }
      return Check.of(from, opened, names.renames(), layers.options(), work.options(progress));
    } finally {
      for (Checkpoint model : opened) {
        model.close();
      }
    }
  }

  private void print(Check check) {
    List<String> header = new ArrayList<>(List.of("stack", "layer"));
    for (int i = 1; i <= check.models().size(); i++) {
      header.add("|tau%d|/|base|".formatted(i));
    }
    boolean areSeveral = check.models().size() > 1;
    if (areSeveral) {
      header.addAll(List.of("least cosine", "most"));
    }
    Table table = new Table(header.toArray(String[]::new));
    for (Check.Layer layer : check.layers()) {
      List<Object> cells = new ArrayList<>();
      cells.add(Places.stack(layer.place()));
      cells.add(Places.layer(layer.place()));
      layer.relative().forEach(relative -> cells.add(ratio(relative)));
      if (areSeveral) {
        double[] cosines = between(layer);
        cells.add(cosine(cosines.length == 0 ? Double.NaN : cosines[0]));
        cells.add(cosine(cosines.length == 0 ? Double.NaN : cosines[cosines.length - 1]));
      }
      table.row(cells.toArray());
    }
    table.print(run.out());
    run.out().println();
    for (int i = 0; i < check.models().size(); i++) {
      Check.Tuned model = check.models().get(i);
      run.print(
          "%d: %s: |tau|/|base| %s, cosine to the base's matrices %s"
              .formatted(i + 1, model.name(), ratio(model.relative()), cosine(model.likeness())));
    }
    for (Finding finding : check.findings()) {
      run.print(
          "%s: %s%s"
              .formatted(
                  word(finding.severity()),
                  finding.model().isEmpty() ? "" : finding.model() + ": ",
                  finding.problem().inWords(OptionNames::of)));
    }
    run.print(check.verdict());
  }

  /// The cosines of each two models, rising; without those of updates that are zero.
  private static double[] between(Check.Layer layer) {
    List<List<Double>> cosines = layer.cosines();
    List<Double> between = new ArrayList<>();
    for (int i = 0; i < cosines.size(); i++) {
      between.addAll(cosines.get(i).subList(0, i));
    }
    return between.stream()
        .mapToDouble(cosine -> cosine)
        .filter(Double::isFinite)
        .sorted()
        .toArray();
  }

  private static String ratio(double value) {
    return Double.isNaN(value) ? NONE : Table.number(value);
  }

  private static String cosine(double value) {
    return Double.isNaN(value) ? NONE : "%.4f".formatted(value);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void write(JsonGenerator json, Check check) {
    json.writeBooleanProperty("fit", check.isFit());
    json.writeStringProperty("verdict", check.verdict());
    json.writeArrayPropertyStart("models");
    for (Check.Tuned model : check.models()) {
      json.writeStartObject();
      json.writeStringProperty("name", model.name());
      Json.number(json, "relative", model.relative());
      Json.number(json, "likeness", model.likeness());
      json.writeEndObject();
    }
    json.writeEndArray();
    Places.write(json, check.stacks());
    json.writeArrayPropertyStart("layers");
    for (Check.Layer layer : check.layers()) {
      json.writeStartObject();
      Places.write(json, layer.place());
      json.writeStringProperty("place", Places.layer(layer.place()));
      json.writeName("relative");
      numbers(json, layer.relative());
      json.writeArrayPropertyStart("cosines");
      layer.cosines().forEach(row -> numbers(json, row));
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("findings");
    for (Finding finding : check.findings()) {
      json.writeStartObject();
      json.writeStringProperty("severity", word(finding.severity()));
      json.writeStringProperty("kind", word(finding.kind()));
      json.writeStringProperty("model", finding.model());
      json.writeStringProperty("message", finding.problem().inWords(OptionNames::of));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void numbers(JsonGenerator json, List<Double> numbers) {
    json.writeStartArray();
    for (double number : numbers) {
      if (Double.isFinite(number)) {
        json.writeNumber(number);
      } else {
        json.writeNull();
      }
    }
    json.writeEndArray();
  }
}
