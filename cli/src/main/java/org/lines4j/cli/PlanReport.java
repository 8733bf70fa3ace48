package org.lines4j.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.layers.Place;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.RunResult;
import tools.jackson.core.JsonGenerator;

/// Shows a plan, and what came of it.
final class PlanReport {
  private static final long WORTH_TIMING = 100_000_000;

  private final Plan plan;
  private final double alpha;
  private final double beta;
  private final RunMixin run;

  PlanReport(Plan plan, double alpha, double beta, RunMixin run) {
    this.plan = plan;
    this.alpha = alpha;
    this.beta = beta;
    this.run = run;
  }

  /// Tells what a user should know before it runs.
  void notices() {
    plan.notices().forEach(notice -> run.say("note: " + notice));
  }

  /// The table of tensors, and what a run would read and write.
  void dryRun() {
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            json.writeBooleanProperty("dry_run", true);
            writePlan(json);
            json.writeNumberProperty("bytes_to_read", plan.bytesToRead());
            json.writeNumberProperty("bytes_to_write", plan.bytesToWrite());
          });
      return;
    }
    Table table = new Table("tensor", "type", "shape", "stack", "layer", "lambda");
    for (PlannedTensor tensor : plan.tensors()) {
      table.row(
          tensor.name(),
          tensor.info().dtype(),
          tensor.info().shape(),
          Places.stack(tensor.place()),
          Places.layer(tensor.place()),
          lambda(tensor));
    }
    table.print(run.out());
    run.say(
        "dry run: nothing written; %s in %s, would read %,d bytes and write %,d to %s"
            .formatted(
                Table.count(plan.tensors().size(), "tensor"),
                Table.count(plan.shards().size(), "file"),
                plan.bytesToRead(),
                plan.bytesToWrite(),
                plan.out()));
  }

  /// The result: as JSON, or λ by layer.
  void done(RunResult result) {
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            writePlan(json);
            json.writeNumberProperty("seconds", result.seconds());
            json.writeNumberProperty("bytes_read", result.bytesRead());
            json.writeNumberProperty("bytes_written", result.bytesWritten());
          });
      return;
    }
    layers().print(run.out());
    String speed =
        result.bytesWritten() < WORTH_TIMING
            ? ""
            : ", %,.0f MB/s".formatted(result.bytesWritten() / result.seconds() / 1e6);
    run.say(
        "wrote %s: %,d bytes in %.1f s%s"
            .formatted(result.out(), result.bytesWritten(), result.seconds(), speed));
  }

  /// λ by layer, in the order of depth.
  private Table layers() {
    record Row(Place place, String lambda) {}
    Map<Row, Long> rows =
        plan.tensors().stream()
            .sorted(Comparator.comparing(PlannedTensor::place, Places.byDepth(plan.stacks())))
            .collect(
                Collectors.groupingBy(
                    tensor -> new Row(tensor.place(), lambda(tensor)),
                    LinkedHashMap::new,
                    Collectors.counting()));
    Table table = new Table("stack", "layer", "lambda", "tensors");
    rows.forEach(
        (row, tensors) ->
            table.row(Places.stack(row.place()), Places.layer(row.place()), row.lambda(), tensors));
    return table;
  }

  private static String lambda(PlannedTensor tensor) {
    return tensor.lambda().isPresent() ? Table.lambda(tensor.lambda().getAsDouble()) : "copied";
  }

  private void writePlan(JsonGenerator json) {
    json.writeStringProperty("out", plan.out().toString());
    json.writeNumberProperty("alpha", alpha);
    json.writeNumberProperty("beta", beta);
    Places.write(json, plan.stacks());
    json.writeArrayPropertyStart("tensors");
    for (PlannedTensor tensor : plan.tensors()) {
      json.writeStartObject();
      json.writeStringProperty("name", tensor.name());
      Places.write(json, tensor.place());
      if (tensor.lambda().isPresent()) {
        json.writeNumberProperty("lambda", tensor.lambda().getAsDouble());
      } else {
        json.writeNullProperty("lambda");
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("notices");
    plan.notices().forEach(json::writeString);
    json.writeEndArray();
  }
}
