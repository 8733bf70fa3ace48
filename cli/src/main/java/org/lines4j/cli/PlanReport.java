package org.lines4j.cli;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.lines4j.error.Counted;
import org.lines4j.layers.Place;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.TensorPlan;
import tools.jackson.core.JsonGenerator;

/// Shows a plan, and what came of it.
final class PlanReport {
  private static final long WORTH_TIMING = 100_000_000;
  private static final double USUAL_SPEED = 1e9;

  /// So many tensors that are not finite are named: a model that diverged has them all.
  private static final int MOST_NAMED = 10;

  private final Plan plan;
  private final OptionalDouble alpha;
  private final OptionalDouble beta;
  private final RunMixin run;
  private final Optional<ClusterMixin> cluster;
  private Consumer<JsonGenerator> before = _ -> {};

  /// @param alpha of the depth scaling; empty where there is none, or it is yet to be measured
  PlanReport(Plan plan, OptionalDouble alpha, OptionalDouble beta, RunMixin run) {
    this(plan, alpha, beta, run, Optional.empty());
  }

  private PlanReport(
      Plan plan,
      OptionalDouble alpha,
      OptionalDouble beta,
      RunMixin run,
      Optional<ClusterMixin> cluster) {
    this.plan = plan;
    this.alpha = alpha;
    this.beta = beta;
    this.run = run;
    this.cluster = cluster;
  }

  /// This, telling of a cluster, too, if that is asked for.
  PlanReport with(ClusterMixin asked) {
    PlanReport report = new PlanReport(plan, alpha, beta, run, Optional.of(asked));
    report.before = before;
    return report;
  }

  /// A merge: α is the recipe's, or the one that a run has measured.
  static PlanReport of(Recipe asked, Plan plan, RunMixin run) {
    OptionalDouble alpha =
        asked.lines().flatMap(Lines::alpha).map(OptionalDouble::of).orElse(plan.alpha());
    OptionalDouble beta =
        asked.lines().map(lines -> OptionalDouble.of(lines.beta())).orElse(OptionalDouble.empty());
    return new PlanReport(plan, alpha, beta, run);
  }

  /// This with something that its JSON document begins with.
  PlanReport after(Consumer<JsonGenerator> content) {
    PlanReport report = new PlanReport(plan, alpha, beta, run, cluster);
    report.before = content;
    return report;
  }

  /// Tells what a user should know before it runs.
  void notices() {
    notices(new HashSet<>());
  }

  /// The same, but for what was said already.
  void notices(Set<String> said) {
    plan.notices().stream().filter(said::add).forEach(notice -> run.say("note: " + notice));
  }

  /// The table of tensors, and what a run would read and write.
  void dryRun() {
    dryRun(new HashSet<>());
  }

  /// The same, but for a table that was shown already.
  void dryRun(Set<String> shown) {
    if (run.isJson()) {
      Json.print(run.out(), json -> writeDryRun(begun(json)));
      return;
    }
    Table table = new Table("tensor", "type", "shape", "stack", "layer", "lambda");
    for (TensorPlan tensor : plan.tensors()) {
      table.row(
          tensor.name(),
          tensor.isPlain() ? tensor.info().dtype() : tensor.storedAs(),
          tensor.info().shape(),
          Places.stack(tensor.place()),
          Places.layer(tensor.place()),
          lambda(tensor));
    }
    show(table, shown);
    run.say(
        "dry run: nothing written; %s in %s, would read %,d bytes and write %,d to %s"
            .formatted(
                Counted.of(plan.tensors().size(), "tensor"),
                Counted.of(plan.files(), "file"),
                plan.bytesToRead(),
                plan.bytesToWrite(),
                plan.out()));
    long far = plan.bytesToFetch();
    if (far > 0) {
      run.say(
          "would download %,d bytes first; --no-cache reads them as they are needed"
              .formatted(far));
    }
    passes().print(run.out());
    estimate().ifPresent(estimate -> estimate.print(run));
  }

  private Optional<ClusterEstimate> estimate() {
    return cluster.flatMap(asked -> asked.estimate(plan));
  }

  /// What a dry run tells, inside an object that the caller opened.
  void writeDryRun(JsonGenerator json) {
    json.writeBooleanProperty("dry_run", true);
    writePlan(json);
    json.writeArrayPropertyStart("passes");
    for (PlannedPass pass : plan.passes()) {
      json.writeStartObject();
      json.writeStringProperty("name", pass.kind().title());
      json.writeNumberProperty("bytes_to_read", pass.bytesToRead());
      json.writeNumberProperty("memory_per_thread", pass.memory());
      json.writeNumberProperty("seconds_estimated", seconds(pass));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("bytes_to_download", plan.bytesToFetch());
    json.writeNumberProperty("bytes_to_read", plan.bytesToRead());
    json.writeNumberProperty("bytes_to_write", plan.bytesToWrite());
    estimate().ifPresent(estimate -> estimate.write(json));
  }

  private Table passes() {
    Table table = new Table("pass", "bytes read", "memory per thread", "seconds at 1 GB/s");
    for (PlannedPass pass : plan.passes()) {
      table.row(
          pass.kind().title(),
          "%,d".formatted(pass.bytesToRead()),
          "%,d".formatted(pass.memory()),
          "%.1f".formatted(seconds(pass)));
    }
    return table;
  }

  /// A guess: what a disk or its cache mostly gives.
  private double seconds(PlannedPass pass) {
    long written = pass.kind() == PlannedPass.Kind.WRITE ? plan.bytesToWrite() : 0;
    return (pass.bytesToRead() + written) / USUAL_SPEED;
  }

  /// The result: as JSON, or λ by layer.
  void done(RunResult result) {
    done(result, new HashSet<>());
  }

  /// The same, but for a table that was shown already.
  void done(RunResult result, Set<String> shown) {
    sayFound(result);
    if (run.isJson()) {
      Json.print(run.out(), json -> writeDone(begun(json), result));
      return;
    }
    show(layers(), shown);
    wrote(result);
  }

  private void show(Table table, Set<String> shown) {
    if (shown.add(table.text())) {
      table.print(run.out());
    } else {
      run.print("as above");
    }
  }

  private JsonGenerator begun(JsonGenerator json) {
    before.accept(json);
    return json;
  }

  /// Shows λ by layer.
  void printLayers() {
    layers().print(run.out());
  }

  /// Tells how much was written, and how fast.
  void wrote(RunResult result) {
    String speed =
        result.bytesWritten() < WORTH_TIMING
            ? ""
            : ", %,.0f MB/s".formatted(result.bytesWritten() / result.seconds() / 1e6);
    run.say(
        "wrote %s: %,d bytes in %.1f s%s"
            .formatted(result.out(), result.bytesWritten(), result.seconds(), speed));
  }

  /// Tells which models have no update, and which tensors hold NaN or infinity.
  void sayFound(RunResult result) {
    for (String model : result.withoutUpdate()) {
      run.say(
          "note: %s: no tensor that was scaled (by a λ other than 0 and 1) or merged differs from the base's"
              .formatted(model));
    }
    List<NotFinite> found = result.notFinite();
    found.stream().limit(MOST_NAMED).forEach(one -> run.say("note: %s".formatted(one.inWords())));
    if (found.size() > MOST_NAMED) {
      run.say(
          "note: %d more tensors hold NaN or infinity; --json names them all"
              .formatted(found.size() - MOST_NAMED));
    }
  }

  /// What a run did, inside an object that the caller opened.
  void writeDone(JsonGenerator json, RunResult result) {
    writePlan(json);
    json.writeNumberProperty("seconds", result.seconds());
    json.writeNumberProperty("bytes_read", result.bytesRead());
    json.writeNumberProperty("bytes_written", result.bytesWritten());
    json.writeArrayPropertyStart("not_finite");
    for (NotFinite found : result.notFinite()) {
      json.writeStartObject();
      json.writeStringProperty("name", found.tensor().name());
      json.writeNumberProperty("elements", found.tensor().elements());
      json.writeNumberProperty("nan", found.nan());
      json.writeNumberProperty("infinite", found.infinite());
      json.writeNumberProperty("overflowed", found.overflowed());
      json.writeNumberProperty("left_out", found.leftOut());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("without_update");
    result.withoutUpdate().forEach(json::writeString);
    json.writeEndArray();
  }

  /// λ by layer, in the order of depth.
  private Table layers() {
    Comparator<Place> byDepth = Place.byDepth(plan.stacks());
    Map<List<String>, Integer> rows = new LinkedHashMap<>();
    plan.tensors().stream()
        .sorted((a, b) -> byDepth.compare(a.place(), b.place()))
        .forEach(tensor -> rows.merge(row(tensor), 1, Integer::sum));
    Table table = new Table("stack", "layer", "lambda", "tensors");
    rows.forEach((row, tensors) -> table.row(row.get(0), row.get(1), row.get(2), tensors));
    return table;
  }

  private static List<String> row(TensorPlan tensor) {
    return List.of(Places.stack(tensor.place()), Places.layer(tensor.place()), lambda(tensor));
  }

  private static String lambda(TensorPlan tensor) {
    if (tensor.lambda().isPresent()) {
      return Table.lambda(tensor.lambda().getAsDouble());
    }
    return tensor.isCopied() ? "copied" : "merged";
  }

  private void writePlan(JsonGenerator json) {
    json.writeStringProperty("out", plan.out().toString());
    writeNumber(json, "alpha", alpha);
    writeNumber(json, "beta", beta);
    Places.write(json, plan.stacks());
    json.writeArrayPropertyStart("tensors");
    for (TensorPlan tensor : plan.tensors()) {
      json.writeStartObject();
      json.writeStringProperty("name", tensor.name());
      Places.write(json, tensor.place());
      writeNumber(json, "lambda", tensor.lambda());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("notices");
    plan.notices().forEach(json::writeString);
    json.writeEndArray();
  }

  private static void writeNumber(JsonGenerator json, String name, OptionalDouble number) {
    if (number.isPresent()) {
      json.writeNumberProperty(name, number.getAsDouble());
    } else {
      json.writeNullProperty(name);
    }
  }
}
