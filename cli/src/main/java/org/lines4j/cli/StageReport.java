package org.lines4j.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.lines4j.Intermediates;
import org.lines4j.merge.Stage;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunResult;
import tools.jackson.core.JsonGenerator;

/// Shows the earlier stages of a merge, and what came of them.
final class StageReport {
  private final List<Stage> recipes;
  private final Intermediates stages;
  private final RunMixin run;
  private final List<Consumer<JsonGenerator>> shown = new ArrayList<>();

  /// @param recipes of the stages, in their order
  StageReport(List<Stage> recipes, Intermediates stages, RunMixin run) {
    this.recipes = recipes;
    this.stages = stages;
    this.run = run;
  }

  private PlanReport report(int stage, Plan plan) {
    return PlanReport.of(recipes.get(stage).recipe(), plan, run);
  }

  /// Tells what a user should know of each stage before it runs.
  void notices() {
    Set<String> said = new HashSet<>();
    for (Intermediates.Planned stage : stages.stages()) {
      for (String notice : stage.plan().notices()) {
        if (said.add(notice)) {
          run.say("note: stage %s: %s".formatted(stage.name(), notice));
        }
      }
    }
  }

  /// Shows what each stage would do.
  void dryRun() {
    for (int i = 0; i < stages.stages().size(); i++) {
      Intermediates.Planned stage = stages.stages().get(i);
      PlanReport report = report(i, stage.plan());
      shown.add(
          json -> {
            writeName(json, stage);
            report.writeDryRun(json);
          });
      if (!run.isJson()) {
        run.print("stage %s, kept %s:".formatted(stage.name(), place(stage)));
        report.dryRun();
        run.out().println();
      }
    }
  }

  private static String place(Intermediates.Planned stage) {
    return stage.isInMemory() ? "in memory" : "in a folder beside the output";
  }

  /// Makes what the stages make, and shows it.
  void make(Work work) throws IOException {
    stages.make((name, plan) -> made(plan, work));
  }

  /// Runs a plan.
  @FunctionalInterface
  interface Work {
    RunResult run(Plan plan) throws IOException;
  }

  private RunResult made(Plan plan, Work work) throws IOException {
    int number = shown.size();
    Intermediates.Planned stage = stages.stages().get(number);
    RunResult result = work.run(plan);
    PlanReport report = report(number, result.plan());
    shown.add(
        json -> {
          writeName(json, stage);
          report.writeDone(json, result);
        });
    report.sayFound(result);
    if (!run.isJson()) {
      run.print("stage %s:".formatted(stage.name()));
      report.printLayers();
      run.say(
          "made stage %s, kept %s: %,d bytes in %.1f s"
              .formatted(stage.name(), place(stage), result.bytesWritten(), result.seconds()));
    }
    return result;
  }

  private static void writeName(JsonGenerator json, Intermediates.Planned stage) {
    json.writeStringProperty("name", stage.name());
    json.writeBooleanProperty("in_memory", stage.isInMemory());
  }

  /// Writes the stages into an object that the caller opened; nothing where there are none.
  void write(JsonGenerator json) {
    if (shown.isEmpty()) {
      return;
    }
    json.writeArrayPropertyStart("stages");
    for (Consumer<JsonGenerator> stage : shown) {
      json.writeStartObject();
      stage.accept(json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
