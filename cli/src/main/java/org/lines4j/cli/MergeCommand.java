package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.lines4j.AdapterPlan;
import org.lines4j.Merge;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Lines;
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
      "  path: {w: [0, 0.1 ... 1]}"
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
    RecipeFile file = RecipeFile.read(recipe);
    checkMade(file);
    List<MethodType> methods = MethodJars.methods();
    Map<RecipeFile.Variant, RecipeResolver> resolvers = new LinkedHashMap<>();
    for (RecipeFile.Variant variant : file.variants()) {
      resolvers.put(variant, RecipeResolver.of(variant.recipe(), methods));
    }
    RecipeResolver any = resolvers.values().iterator().next();
    try (ClusterMixin _ = cluster;
        ModelSet models = any.open(Location.of(file.folder()))) {
      List<Location> kept = kept(file, models);
      List<Planned> planned = new ArrayList<>();
      for (RecipeFile.Variant variant : file.variants()) {
        if (!kept.contains(place(variant))) {
          ResolvedMerge merge = resolved(resolvers.getOrDefault(variant, any), models);
          if (made == EditCommand.Made.ADAPTER) {
            makeAdapter(merge, place(variant));
            return 0;
          }
          planned.add(new Planned(file, variant, plan(merge, place(variant))));
        }
      }
      if (file.variants().size() > 1) {
        makeAll(planned, kept);
      } else if (kept.isEmpty()) {
        makeOne(planned.getFirst());
      } else if (run.isJson()) {
        Json.print(run.out(), json -> writeKept(json, kept.getFirst()));
      }
    }
    return 0;
  }

  @Override
  public Again planAgain(Asked asked) throws IOException {
    RecipeFile file = RecipeFile.parse(recipe, asked.recipe());
    RecipeFile.Variant variant = file.variants().get(asked.output());
    List<MethodType> methods = MethodJars.methods();
    RecipeResolver first = RecipeResolver.of(file.variants().getFirst().recipe(), methods);
    RecipeResolver resolver = RecipeResolver.of(variant.recipe(), methods);
    ModelSet models = first.open(Location.of(file.folder()));
    try {
      Location place = Storages.elsewhere(place(variant));
      return new Again(plan(resolved(resolver, models), place), List.of(models));
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
  }

  private ResolvedMerge resolved(RecipeResolver resolver, ModelSet models) throws IOException {
    return resolver.resolve(models, layers.options(), mismatch.answer(), names.renames());
  }

  private void checkMade(RecipeFile file) {
    boolean isAdapter = made == EditCommand.Made.ADAPTER;
    if (!isAdapter && rank.choice().isPresent()) {
      throw new RequestException("a rank is an adapter's; give --as adapter with it");
    }
    if (isAdapter && cluster.isShared()) {
      throw new RequestException("--cluster: adapters are merged on one machine");
    }
    if (isAdapter && file.variants().size() > 1) {
      throw new RequestException("a path makes models; an adapter is made of one value at a time");
    }
  }

  private void makeAdapter(ResolvedMerge merge, Location place) throws IOException {
    Merge wanted = output.applyTo(Merge.of(merge).withSeed(seed).withLayers(layers.options()));
    try (AdapterPlan plan = wanted.planAdapter(place, rank.choice())) {
      AdapterReport report = new AdapterReport(plan, run);
      report.notices();
      if (output.isDryRun()) {
        report.dryRun();
      } else {
        report.done(run(plan.plan(), "", 0));
      }
    }
  }

  /// A merge with everything checked.
  private record Planned(RecipeFile file, RecipeFile.Variant variant, Plan plan) {
    /// What the recipe says, its path's value put in.
    Recipe asked() {
      return variant.recipe();
    }
  }

  private Plan plan(ResolvedMerge merge, Location place) throws IOException {
    return output.applyTo(Merge.of(merge).withSeed(seed).withLayers(layers.options())).plan(place);
  }

  /// The outputs that are there and shall stay.
  private List<Location> kept(RecipeFile file, ModelSet models) throws IOException {
    List<Location> kept = new ArrayList<>();
    for (RecipeFile.Variant variant : file.variants()) {
      Location place = place(variant);
      if (!OutputPlace.isTaken(place, models)) {
        continue;
      }
      if (skipExisting) {
        OutputPlace.checkComplete(place);
        kept.add(place);
      } else if (!output.isForced() && file.variants().size() > 1) {
        throw new RequestException(place, "exists already")
            .withRemedy("--force replaces it, --skip-existing keeps it");
      }
    }
    kept.forEach(
        place ->
            run.say("note: " + place + " is there already and stays, whatever recipe made it"));
    return kept;
  }

  private Location place(RecipeFile.Variant variant) {
    return OutputPlace.of(out, variant.label());
  }

  private void makeOne(Planned merge) throws IOException {
    PlanReport report = report(merge.asked(), merge.plan());
    report.notices();
    if (output.isDryRun()) {
      report.dryRun();
    } else {
      RunResult result = run(merge);
      report(merge.asked(), result.plan()).done(result);
    }
  }

  /// Every plan was made, so everything was checked, before the first runs.
  private void makeAll(List<Planned> merges, List<Location> kept) throws IOException {
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
          report.dryRun();
        }
      } else {
        RunResult result = run(merge);
        PlanReport done = report(merge.asked(), result.plan());
        made.add(json -> done.writeDone(json, result));
        if (run.isJson()) {
          done.sayNotFinite(result);
        } else {
          done.done(result, shown);
        }
      }
    }
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, made, kept));
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
    int output = merge.file().variants().indexOf(merge.variant());
    return run(merge.plan(), merge.file().text(), output);
  }

  private RunResult run(Plan plan, String text, int output) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, plan.out())) {
      return cluster.run(plan, work.options(progress), text, output);
    }
  }

  /// α is the recipe's, or the one that a run has measured.
  private PlanReport report(Recipe asked, Plan plan) {
    OptionalDouble alpha =
        asked.lines().flatMap(Lines::alpha).map(OptionalDouble::of).orElse(plan.alpha());
    OptionalDouble beta =
        asked.lines().map(lines -> OptionalDouble.of(lines.beta())).orElse(OptionalDouble.empty());
    return new PlanReport(plan, alpha, beta, run).with(cluster);
  }
}
