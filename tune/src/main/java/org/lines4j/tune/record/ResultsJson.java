package org.lines4j.tune.record;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.lines4j.diff.Diff;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.merge.ResolvedMerge.Lines;
import org.lines4j.plan.Version;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `results.json`: all of [Results], for programs and for the page that draws it.
public final class ResultsJson {
  /// What the property `format` says: readers refuse others.
  public static final String FORMAT = "lines-tune-1";

  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;
  private final Results results;

  private ResultsJson(JsonGenerator json, Results results) {
    this.json = json;
    this.results = results;
  }

  /// The document. The same results give the same text.
  public static String of(Results results) {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
    ObjectWriteContext context =
        new ObjectWriteContext.Base() {
          @Override
          public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
            return lines;
          }

          @Override
          public boolean hasPrettyPrinter() {
            return true;
          }
        };
    try (JsonGenerator json = JSON.createGenerator(context, text)) {
      new ResultsJson(json, results).all();
    }
    return text.append('\n').toString();
  }

  private void all() {
    json.writeStartObject();
    json.writeStringProperty("format", FORMAT);
    json.writeStringProperty("version", Version.current());
    json.writeStringProperty("method", results.method());
    object("inputs", this::inputs);
    json.writeStringProperty("evaluator", results.evaluator());
    object("goals", this::goals);
    object("search", this::search);
    object("verdict", this::verdict);
    json.writeName("winner");
    point(results.winner());
    points("models", results.models());
    json.writeArrayPropertyStart("profiles");
    results.profiles().forEach(this::profile);
    json.writeEndArray();
    results
        .axes()
        .ifPresent(
            axes ->
                object(
                    "axes",
                    () -> {
                      json.writeStringProperty("x", axes.x());
                      json.writeStringProperty("y", axes.y());
                    }));
    object("depth", this::depth);
    json.writeEndObject();
  }

  private void object(String name, Runnable content) {
    json.writeObjectPropertyStart(name);
    content.run();
    json.writeEndObject();
  }

  private void inputs() {
    results
        .inputs()
        .forEach(
            (name, input) ->
                object(
                    name,
                    () -> {
                      json.writeStringProperty("path", input.path());
                      json.writeStringProperty("sha256", input.hash());
                    }));
  }

  private void goals() {
    Goals goals = results.goals();
    json.writeStringProperty("objective", goals.objective().text());
    metrics("targets", goals.targets());
    metrics("controls", goals.controls());
  }

  private void metrics(String name, List<Metric> metrics) {
    json.writeArrayPropertyStart(name);
    for (Metric metric : metrics) {
      json.writeStartObject();
      json.writeStringProperty("name", metric.name());
      json.writeBooleanProperty("lower_is_better", metric.better() == Metric.Better.LOWER);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void search() {
    json.writeArrayPropertyStart("numbers");
    results.plan().space().symbols().forEach(json::writeString);
    json.writeEndArray();
    json.writeBooleanProperty("grid", results.plan().effort() instanceof Effort.Grid);
    json.writeNumberProperty("evaluations_each", results.plan().evaluations());
    json.writeNumberProperty("seed", results.plan().seed());
  }

  private void verdict() {
    json.writeBooleanProperty("lines_pays", results.verdict().pays());
    number("gain_over_uniform", results.verdict().gain());
    json.writeArrayPropertyStart("sentences");
    results.verdict().sentences().forEach(json::writeString);
    json.writeEndArray();
  }

  private void number(String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.getAsDouble());
    } else {
      json.writeNullProperty(name);
    }
  }

  private void points(String name, List<Point> points) {
    json.writeArrayPropertyStart(name);
    points.forEach(this::point);
    json.writeEndArray();
  }

  private void profile(ProfileResult result) {
    json.writeStartObject();
    json.writeStringProperty("profile", result.profile().title());
    if (result.best().isPresent()) {
      json.writeNumberProperty("best", result.best().getAsInt());
    } else {
      json.writeNullProperty("best");
    }
    points("trials", result.points());
    json.writeEndObject();
  }

  private void point(Point point) {
    json.writeStartObject();
    json.writeStringProperty("label", point.label());
    point.candidate().ifPresent(candidate -> candidate(candidate, point.alpha()));
    json.writeObjectPropertyStart("metrics");
    point.metrics().forEach(json::writeNumberProperty);
    json.writeEndObject();
    if (point.error().isPresent()) {
      json.writeStringProperty("error", point.error().get());
    }
    number("score", point.score());
    number("x", point.x());
    number("y", point.y());
    json.writeBooleanProperty("on_front", point.isOnFront());
    json.writeEndObject();
  }

  private void candidate(Candidate candidate, OptionalDouble alpha) {
    Lines lines = candidate.lines();
    json.writeStringProperty("profile", lines.profile().title());
    json.writeArrayPropertyStart("numbers");
    candidate.numbers().forEach(json::writeNumber);
    json.writeEndArray();
    number("alpha", alpha);
    json.writeNumberProperty("beta", lines.beta());
    json.writeStringProperty("outside", lines.outside().name().toLowerCase(java.util.Locale.ROOT));
  }

  /// λ of the winner, and how far fine-tuning moved each layer.
  private void depth() {
    Lines lines = results.winner().lines();
    LayerScaling scaling = lines.scaling(lines.alpha().orElseThrow());
    json.writeArrayPropertyStart("stacks");
    for (Stack stack : results.stacks()) {
      json.writeStartObject();
      json.writeStringProperty("name", stack.name());
      json.writeArrayPropertyStart("lambda");
      for (int layer = 1; layer <= stack.layers(); layer++) {
        json.writeNumber(scaling.atDepth(layer, stack.layers()));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("lambda_before", scaling.before());
    json.writeNumberProperty("lambda_after", scaling.after());
    json.writeArrayPropertyStart("changes");
    for (Map.Entry<String, Diff> model : results.differences().entrySet()) {
      model.getValue().layers().forEach(layer -> change(model.getKey(), layer));
    }
    json.writeEndArray();
  }

  private void change(String model, Diff.Layer layer) {
    json.writeStartObject();
    json.writeStringProperty("model", model);
    switch (layer.place()) {
      case Place.InLayer(Stack stack, int number) -> {
        json.writeStringProperty("stack", stack.name());
        json.writeNumberProperty("layer", number);
      }
      case Place.Outside(Place.Side side) ->
          json.writeStringProperty("outside", side.name().toLowerCase(java.util.Locale.ROOT));
    }
    double relative = layer.change().relative();
    number(
        "relative",
        Double.isFinite(relative) ? OptionalDouble.of(relative) : OptionalDouble.empty());
    json.writeEndObject();
  }
}
