package org.lines4j.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.lines4j.AdapterPlan;
import org.lines4j.AdapterPlan.Module;
import org.lines4j.layers.Place;
import org.lines4j.plan.RunResult;
import tools.jackson.core.JsonGenerator;

/// What is told of an adapter that is made: its ranks, and by layer how much of the updates it
/// lacks.
record AdapterReport(AdapterPlan made, RunMixin run) {
  void notices() {
    plan().notices();
  }

  private PlanReport plan() {
    return new PlanReport(made.plan(), OptionalDouble.empty(), OptionalDouble.empty(), run);
  }

  void dryRun() {
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            plan().writeDryRun(json);
            writeModules(json);
          });
      return;
    }
    table().print(run.out());
    run.say(
        "dry run: %s, %,d bytes, nothing written"
            .formatted(made.plan().out(), made.plan().bytesToWrite()));
  }

  void done(RunResult result) {
    plan().sayFound(result);
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            plan().writeDone(json, result);
            writeModules(json);
          });
      return;
    }
    table().print(run.out());
    plan().wrote(result);
  }

  private Map<Place, List<Module>> byLayer() {
    return made.modules().stream()
        .sorted(Comparator.comparing(Module::place, Place.byDepth(made.plan().stacks())))
        .collect(Collectors.groupingBy(Module::place, LinkedHashMap::new, Collectors.toList()));
  }

  private Table table() {
    Table table = new Table("stack", "layer", "modules", "rank", "error");
    byLayer()
        .forEach(
            (place, modules) ->
                table.row(
                    Places.stack(place),
                    Places.layer(place),
                    modules.size(),
                    ranks(modules),
                    error(modules)));
    if (!made.modules().isEmpty()) {
      table.row("all", "", made.modules().size(), ranks(made.modules()), error(made.modules()));
    }
    return table;
  }

  private static String ranks(List<Module> modules) {
    int least = modules.stream().mapToInt(Module::rank).min().orElse(0);
    int most = modules.stream().mapToInt(Module::rank).max().orElse(0);
    return least == most ? String.valueOf(most) : least + "–" + most;
  }

  private static String error(List<Module> modules) {
    return "%.4f".formatted(AdapterPlan.relativeError(modules));
  }

  private void writeModules(JsonGenerator json) {
    json.writeArrayPropertyStart("modules");
    for (Module module : made.modules()) {
      json.writeStartObject();
      json.writeStringProperty("name", module.name());
      Places.write(json, module.place());
      json.writeNumberProperty("rank", module.rank());
      json.writeNumberProperty("relative_error", AdapterPlan.relativeError(List.of(module)));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("layers");
    byLayer()
        .forEach(
            (place, modules) -> {
              json.writeStartObject();
              Places.write(json, place);
              json.writeNumberProperty("relative_error", AdapterPlan.relativeError(modules));
              json.writeEndObject();
            });
    json.writeEndArray();
    json.writeNumberProperty("relative_error", AdapterPlan.relativeError(made.modules()));
  }
}
