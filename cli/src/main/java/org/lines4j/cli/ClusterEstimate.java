package org.lines4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.lines4j.error.Counted;
import org.lines4j.plan.PassUnits;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Batch;
import tools.jackson.core.JsonGenerator;

/// How long a cluster would take: each executor, one thread, takes the next task as soon as it is
/// free, and reads and writes at a rate that is given.
///
/// @param executors how many
/// @param bandwidth bytes in a second, of each
record ClusterEstimate(int executors, long bandwidth, List<PassEstimate> passes) {
  /// What it costs to hand a task out, in seconds: a guess; bench/cluster.sh measures it.
  private static final double TASK_SECONDS = 0.02;

  /// One pass.
  ///
  /// @param mean bytes of an executor
  /// @param most bytes of the executor that has most
  /// @param seconds until the last is done
  /// @param waited seconds of these that an executor waits, on average, for the last
  record PassEstimate(
      String title, int units, int tasks, long mean, long most, double seconds, double waited) {}

  static ClusterEstimate of(Plan plan, int executors, long bandwidth) {
    List<PassEstimate> passes = new ArrayList<>();
    for (PassUnits pass : PlanRunner.local().units(plan, RunOptions.defaults())) {
      passes.add(estimate(pass, executors, bandwidth));
    }
    return new ClusterEstimate(executors, bandwidth, passes);
  }

  private record Busy(double until, long bytes) {}

  private static PassEstimate estimate(PassUnits pass, int executors, long bandwidth) {
    List<Batch> tasks = Batch.of(pass.units(), pass.bytes(), executors);
    PriorityQueue<Busy> free = new PriorityQueue<>((a, b) -> Double.compare(a.until(), b.until()));
    for (int i = 0; i < executors; i++) {
      free.add(new Busy(0, 0));
    }
    for (Batch task : tasks) {
      Busy next = free.remove();
      double seconds = TASK_SECONDS + (double) task.bytes() / bandwidth;
      free.add(new Busy(next.until() + seconds, next.bytes() + task.bytes()));
    }
    double end = free.stream().mapToDouble(Busy::until).max().orElse(0);
    double mean = free.stream().mapToDouble(Busy::until).average().orElse(0);
    long bytes = free.stream().mapToLong(Busy::bytes).sum();
    long most = free.stream().mapToLong(Busy::bytes).max().orElse(0);
    return new PassEstimate(
        pass.title(), pass.units(), tasks.size(), bytes / executors, most, end, end - mean);
  }

  double seconds() {
    return passes.stream().mapToDouble(PassEstimate::seconds).sum();
  }

  void print(RunMixin run) {
    Table table =
        new Table(
            "pass",
            "units",
            "tasks",
            "bytes per executor",
            "the most",
            "seconds",
            "waiting for the last");
    for (PassEstimate pass : passes) {
      table.row(
          pass.title(),
          "%,d".formatted(pass.units()),
          "%,d".formatted(pass.tasks()),
          "%,d".formatted(pass.mean()),
          "%,d".formatted(pass.most()),
          "%.1f".formatted(pass.seconds()),
          "%.1f".formatted(pass.waited()));
    }
    table.print(run.out());
    run.say(
        "on a cluster: %s, each of which reads and writes %,d MB/s, would take about %,.0f s"
            .formatted(Counted.of(executors, "executor"), bandwidth / 1_000_000, seconds()));
  }

  /// Inside an object that the caller opened.
  void write(JsonGenerator json) {
    json.writeObjectPropertyStart("cluster");
    json.writeNumberProperty("executors", executors);
    json.writeNumberProperty("bandwidth", bandwidth);
    json.writeNumberProperty("seconds_estimated", seconds());
    json.writeArrayPropertyStart("passes");
    for (PassEstimate pass : passes) {
      json.writeStartObject();
      json.writeStringProperty("name", pass.title());
      json.writeNumberProperty("units", pass.units());
      json.writeNumberProperty("tasks", pass.tasks());
      json.writeNumberProperty("bytes_per_executor", pass.mean());
      json.writeNumberProperty("most_bytes_of_an_executor", pass.most());
      json.writeNumberProperty("seconds_estimated", pass.seconds());
      json.writeNumberProperty("seconds_waiting_for_the_last", pass.waited());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
