package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.lines4j.AdapterPlan;
import org.lines4j.Intermediates;
import org.lines4j.Merge;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.method.MethodType;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunResult;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;
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
      "A path makes one output for each value: a folder such as OUT/w=0.1 or, if",
      "OUT is x.safetensors, a file such as x-w=0.1.safetensors. Parameters may",
      "then be w or 1 - w:",
      "",
      "  path: {w: [0, 0.1 ... 1]}",
      "",
      "Several recipes in one file, divided by ---, are stages: each but the last",
      "has a name, by which others use what it makes as a model. That is kept in",
      "memory where half of what is free holds it, else beside OUT until the end."
    },
    footer = "%n'lines methods' lists the merge methods, recipes/ has recipes to start from.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MergeCommand implements Callable<Integer>, Again.Command {
  @Parameters(index = "0", paramLabel = "RECIPE", description = "What to merge, and how.")
  private Path recipe;

  @Parameters(index = "1", paramLabel = "OUT", description = OutputMixin.OUT)
  private Location out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of methods that drop at random (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--skip-existing",
      description =
          "Keep outputs that are there, whatever recipe made them, and make the others. So an"
              + " interrupted path goes on.")
  private boolean skipExisting;

  @Option(
      names = "--as",
      paramLabel = "WHAT",
      converter = Choice.Mades.class,
      completionCandidates = Choice.Mades.class,
      description = {
        "What to make of adapters: ${COMPLETION-CANDIDATES} (default: a model). An adapter has"
            + " theirs side by side or, with a rank, the nearest that has it."
      })
  private EditCommand.Made made = EditCommand.Made.MODEL;

  @Mixin private RankMixin rank;
  @Mixin private RenameMixin names;
  @Mixin private MismatchMixin mismatch;
  @Mixin private LayerMixin layers;
  @Mixin private OutputMixin output;
  @Mixin private WorkMixin work;
  @Mixin private ClusterMixin cluster;
  @Mixin private RunMixin run;

  MergeCommand() {}

  @Override
  public Integer call() throws IOException {
    if (skipExisting && output.isForced()) {
      throw new RequestException("give --force or --skip-existing, not both");
    }
    OutputName.check(out);
    cluster.check(output);
    RecipeFile file = RecipeFile.read(recipe);
    checkMade(file);
    List<MethodType> methods = MethodJars.methods();
    Map<RecipeFile.Variant, RecipeResolver> resolvers = new LinkedHashMap<>();
    for (RecipeFile.Variant variant : file.variants()) {
      resolvers.put(variant, RecipeResolver.of(variant.recipe(), methods));
    }
    Location folder = Location.of(file.folder());
    try (ClusterMixin _ = cluster;
        Intermediates earlier =
            Intermediates.plan(file.stages(), methods, folder, out.absolute(), this::merge)) {
      StageReport stages = new StageReport(file.stages(), earlier, run);
      if (file.isStaged()) {
        stages.notices();
        prepare(earlier, resolvers, folder, stages);
      }
      RecipeResolver any = resolvers.values().iterator().next();
      try (ModelSet models = any.open(folder, earlier.models())) {
        merge(file.text(), resolvers, models, stages);
      }
    }
    return 0;
  }

  @Override
  public Again planAgain(Asked asked) throws IOException {
    RecipeFile file = RecipeFile.parse(recipe, asked.recipe());
    List<MethodType> methods = MethodJars.methods();
    List<RecipeResolver> resolvers =
        file.variants().stream()
            .map(variant -> RecipeResolver.of(variant.recipe(), methods))
            .toList();
    ModelSet models = resolvers.getFirst().open(Location.of(file.folder()));
    try {
      Location place = Storages.elsewhere(place(file.variants().get(asked.output())));
      Merge merge = output.applyTo(merge(resolvers.get(asked.output()), models));
      return new Again(merge.plan(place), List.of(models));
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
  }

  /// Makes what earlier stages make, once all that can be checked is.
  private void prepare(
      Intermediates earlier,
      Map<RecipeFile.Variant, RecipeResolver> resolvers,
      Location folder,
      StageReport stages)
      throws IOException {
    if (output.isDryRun()) {
      stages.dryRun();
      return;
    }
    RecipeResolver any = resolvers.values().iterator().next();
    try (ModelSet models = any.open(folder, earlier.models())) {
      List<Location> kept = kept(resolvers.keySet(), models);
      if (kept.size() == resolvers.size()) {
        return; // nothing is made of them
      }
      for (Map.Entry<RecipeFile.Variant, RecipeResolver> one : resolvers.entrySet()) {
        Location place = place(one.getKey());
        if (kept.contains(place)) {
          continue;
        }
        Merge last = output.applyTo(merge(one.getValue(), models));
        if (made == EditCommand.Made.MODEL) {
          earlier.checkRoom(last.plan(place));
        }
      }
    }
    stages.make(plan -> run(plan, out.absolute(), "", 0));
  }

  private Merge merge(RecipeResolver recipe, ModelSet models) throws IOException {
    ResolvedMerge merge =
        recipe.resolve(models, layers.options(), mismatch.answer(), names.renames());
    return Merge.of(merge).withSeed(seed).withLayers(layers.options());
  }

  private void merge(
      String text,
      Map<RecipeFile.Variant, RecipeResolver> resolvers,
      ModelSet models,
      StageReport stages)
      throws IOException {
    List<Location> kept = kept(resolvers.keySet(), models);
    sayKept(kept);
    List<Planned> planned = new ArrayList<>();
    int number = -1;
    for (Map.Entry<RecipeFile.Variant, RecipeResolver> one : resolvers.entrySet()) {
      Location place = place(one.getKey());
      number++;
      if (kept.contains(place)) {
        continue;
      }
      Merge merge = output.applyTo(merge(one.getValue(), models));
      if (made == EditCommand.Made.ADAPTER) {
        makeAdapter(merge, place);
        return;
      }
      planned.add(new Planned(one.getKey().recipe(), merge.plan(place), text, number));
    }
    if (resolvers.size() > 1) {
      makeAll(planned, kept, stages);
    } else if (kept.isEmpty()) {
      makeOne(planned.getFirst(), stages);
    } else if (run.isJson()) {
      Json.print(run.out(), json -> writeKept(json, kept.getFirst()));
    }
  }

  private void checkMade(RecipeFile file) {
    boolean isAdapter = made == EditCommand.Made.ADAPTER;
    if (!isAdapter && rank.choice().isPresent()) {
      throw new RequestException("a rank is an adapter's; give --as adapter with it");
    }
    Optional<String> shared = cluster.asked();
    if (shared.isPresent() && isAdapter) {
      throw new RequestException(
              shared.get() + ": adapters are merged into adapters on one machine")
          .withRemedy("leave it out; or leave out --as adapter, to make a model");
    }
    if (shared.isPresent() && file.isStaged()) {
      throw new RequestException(
              shared.get() + ": recipes of several stages are made on one machine")
          .withRemedy(
              "leave it out; or merge the stages one after the other, each into a folder that all"
                  + " machines see");
    }
    if (isAdapter && file.variants().size() > 1) {
      throw new RequestException("a path makes models; an adapter is made of one value at a time");
    }
  }

  private void makeAdapter(Merge merge, Location place) throws IOException {
    try (AdapterPlan plan = planAdapter(merge, place)) {
      AdapterReport report = new AdapterReport(plan, run);
      report.notices();
      if (output.isDryRun()) {
        report.dryRun();
      } else {
        report.done(run(plan.plan(), plan.plan().out(), "", 0));
      }
    }
  }

  /// Finding directions is most of the work.
  private AdapterPlan planAdapter(Merge merge, Location place) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, place)) {
      return merge.planAdapter(place, rank.choice(), work.options(progress));
    }
  }

  /// A merge with everything checked.
  ///
  /// @param asked what the recipe says, its path's value put in
  /// @param text of the recipe's file
  /// @param number of the output, from 0
  private record Planned(Recipe asked, Plan plan, String text, int number) {}

  /// The outputs that are there and shall stay.
  private List<Location> kept(Set<RecipeFile.Variant> variants, ModelSet models)
      throws IOException {
    List<Location> kept = new ArrayList<>();
    for (RecipeFile.Variant variant : variants) {
      Location place = place(variant);
      if (!OutputPlace.isTaken(place, models)) {
        continue;
      }
      if (skipExisting) {
        OutputPlace.checkComplete(place);
        kept.add(place);
      } else if (!output.isForced() && variants.size() > 1) {
        throw new RequestException(place, "exists already")
            .withRemedy("--force replaces it, --skip-existing keeps it");
      }
    }
    return kept;
  }

  private void sayKept(List<Location> kept) {
    kept.forEach(
        place ->
            run.say("note: " + place + " is there already and stays, whatever recipe made it"));
  }

  private Location place(RecipeFile.Variant variant) {
    return OutputPlace.of(out, variant.label());
  }

  private void makeOne(Planned merge, StageReport stages) throws IOException {
    PlanReport report = report(merge.asked(), merge.plan()).after(stages::write);
    report.notices();
    if (output.isDryRun()) {
      report.dryRun();
    } else {
      RunResult result = run(merge);
      report(merge.asked(), result.plan()).after(stages::write).done(result);
    }
  }

  /// Every plan was made, so everything was checked, before the first runs.
  private void makeAll(List<Planned> merges, List<Location> kept, StageReport stages)
      throws IOException {
    Plan.checkRoom(merges.stream().map(Planned::plan).toList());
    Set<String> said = new HashSet<>();
    Set<String> shown = new HashSet<>();
    List<Consumer<JsonGenerator>> made = new ArrayList<>();
    for (Planned merge : merges) {
      PlanReport report = report(merge.asked(), merge.plan());
      report.notices(said);
      if (!run.isJson()) {
        run.print(merge.plan().out() + ":");
      }
      if (output.isDryRun()) {
        made.add(report::writeDryRun);
        if (!run.isJson()) {
          report.dryRun(shown);
        }
      } else {
        RunResult result = run(merge);
        PlanReport done = report(merge.asked(), result.plan());
        made.add(json -> done.writeDone(json, result));
        if (run.isJson()) {
          done.sayFound(result);
        } else {
          done.done(result, shown);
        }
      }
    }
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            stages.write(json);
            write(json, made, kept);
          });
    }
  }

  private static void writeKept(JsonGenerator json, Location kept) {
    json.writeStringProperty("out", kept.text());
    json.writeBooleanProperty("kept", true);
  }

  private static void write(
      JsonGenerator json, List<Consumer<JsonGenerator>> made, List<Location> kept) {
    json.writeArrayPropertyStart("outputs");
    for (Consumer<JsonGenerator> output : made) {
      json.writeStartObject();
      output.accept(json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("kept");
    kept.forEach(place -> json.writeString(place.text()));
    json.writeEndArray();
  }

  private RunResult run(Planned merge) throws IOException {
    return run(merge.plan(), merge.plan().out(), merge.text(), merge.number());
  }

  /// @param wanted what is lost if the run is interrupted
  /// @param text of the recipe, for others who plan its output `number` again
  private RunResult run(Plan plan, Location wanted, String text, int number) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, wanted)) {
      return cluster.run(plan, work.options(progress), text, number);
    }
  }

  private PlanReport report(Recipe asked, Plan plan) {
    return PlanReport.of(asked, plan, run).with(cluster);
  }
}
