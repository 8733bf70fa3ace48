package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.lines4j.Merge;
import org.lines4j.RequestException;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.RecipeResolver;
import org.lines4j.merge.ResolvedMerge.Lines;
import org.lines4j.method.MethodType;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.Survey;
import org.lines4j.recipe.RecipeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines merge`.
@Command(
    name = "merge",
    header = "Merge many models as a recipe says.",
    customSynopsis = "lines merge RECIPE OUT [OPTIONS]",
    description = {
      "The recipe is mergekit's YAML; models are folders or files, relative to it.",
      "Three lines more scale the merged update with depth:",
      "",
      "  lines:",
      "    alpha: auto        # or a number",
      "    beta: 0.3",
      "",
      "A path makes one output for each value, in folders of OUT such as w=0.1;",
      "parameters may then be w or 1 - w:",
      "",
      "  path: {w: [0, 0.1 ... 1]}"
    },
    footer = "%n'lines methods' lists the merge methods, recipes/ has recipes to start from.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MergeCommand implements Callable<Integer> {
  private static final String FILE_ENDING = ".safetensors";

  @Parameters(index = "0", paramLabel = "RECIPE", description = "What to merge, and how.")
  private Path recipe;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = {
        "What to make: a folder, or a single file if its name",
        "ends in .safetensors."
      })
  private Path out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of methods that drop at random (default ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private LayerMixin layers;
  @Mixin private OutputMixin output;
  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  MergeCommand() {}

  @Override
  public Integer call() throws IOException {
    RecipeFile file = RecipeFile.read(recipe);
    List<MethodType> methods = MethodJars.methods();
    Map<RecipeFile.Variant, RecipeResolver> resolvers = new LinkedHashMap<>();
    for (RecipeFile.Variant variant : file.variants()) {
      resolvers.put(variant, RecipeResolver.of(variant.recipe(), methods));
    }
    RecipeResolver any = resolvers.values().iterator().next();
    try (ModelSet models = ModelSet.open(any.modelNames(), file.folder())) {
      Map<Recipe, Plan> plans = new LinkedHashMap<>();
      for (RecipeFile.Variant variant : file.variants()) {
        Merge merge =
            Merge.of(resolvers.getOrDefault(variant, any).resolve(models, layers.options()))
                .withSeed(seed)
                .withLayers(layers.options());
        plans.put(variant.recipe(), output.applyTo(merge).plan(place(variant)));
      }
      make(plans);
    }
    return 0;
  }

  /// OUT, or a place in it or beside it that the path's value names.
  private Path place(RecipeFile.Variant variant) {
    if (variant.label().isEmpty()) {
      return out;
    }
    Path name = out.getFileName();
    if (name == null) {
      throw new RequestException(out + ": the output cannot be the root folder");
    }
    String file = name.toString();
    return file.endsWith(FILE_ENDING)
        ? out.resolveSibling(
            file.substring(0, file.length() - FILE_ENDING.length())
                + "-"
                + variant.label()
                + FILE_ENDING)
        : out.resolve(variant.label());
  }

  /// Every plan was made, so everything was checked, before the first runs.
  private void make(Map<Recipe, Plan> plans) throws IOException {
    if (plans.size() == 1) {
      Map.Entry<Recipe, Plan> only = plans.entrySet().iterator().next();
      PlanReport report = report(only.getKey(), only.getValue());
      report.notices();
      if (output.isDryRun()) {
        report.dryRun();
      } else {
        RunResult result = run(only.getValue());
        report(only.getKey(), result.plan()).done(result);
      }
      return;
    }
    Map<PlanReport, RunResult> results = new LinkedHashMap<>();
    for (Map.Entry<Recipe, Plan> planned : plans.entrySet()) {
      PlanReport report = report(planned.getKey(), planned.getValue());
      report.notices();
      if (!output.isDryRun()) {
        RunResult result = run(planned.getValue());
        report = report(planned.getKey(), result.plan());
        results.put(report, result);
      }
      if (!run.isJson()) {
        show(report, results);
      }
    }
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, plans, results));
    }
  }

  private static void show(PlanReport report, Map<PlanReport, RunResult> results) {
    RunResult result = results.get(report);
    if (result == null) {
      report.dryRun();
    } else {
      report.done(result);
    }
  }

  private void write(
      JsonGenerator json, Map<Recipe, Plan> plans, Map<PlanReport, RunResult> results) {
    json.writeArrayPropertyStart("outputs");
    if (output.isDryRun()) {
      plans.forEach(
          (asked, plan) -> {
            json.writeStartObject();
            report(asked, plan).writeDryRun(json);
            json.writeEndObject();
          });
    }
    results.forEach(
        (report, result) -> {
          json.writeStartObject();
          report.writeDone(json, result);
          json.writeEndObject();
        });
    json.writeEndArray();
  }

  private RunResult run(Plan plan) throws IOException {
    try (ProgressDisplay progress = run.progress()) {
      return plan.run(work.options(progress));
    }
  }

  /// α is the recipe's, or the one that a run has measured.
  private PlanReport report(Recipe asked, Plan plan) {
    OptionalDouble alpha =
        asked
            .lines()
            .flatMap(Lines::alpha)
            .map(OptionalDouble::of)
            .or(() -> plan.survey().map(Survey::alpha))
            .orElse(OptionalDouble.empty());
    OptionalDouble beta =
        asked.lines().map(lines -> OptionalDouble.of(lines.beta())).orElse(OptionalDouble.empty());
    return new PlanReport(plan, alpha, beta, run);
  }
}
