package org.lines4j;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.files.FreeMemory;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.internal.memory.MemoryRoom;
import org.lines4j.internal.output.Preview;
import org.lines4j.internal.stage.StagePlaces;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.merge.MadeModel;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Stage;
import org.lines4j.method.MethodType;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.storage.Location;

/// The models that the earlier stages of a merge make, for as long as the last stage needs them.
/// None is left behind.
///
/// Planned, they can be opened, so that the last stage can be planned and checked before anything
/// is computed; made, they are what merging one recipe after the other would have written, to the
/// byte. They lie in memory where half of what is free holds them, else in a folder beside the
/// output.
///
/// ```java
/// try (Intermediates earlier = Intermediates.plan(stages, methods, folder, out, asked)) {
///   earlier.make(RunOptions.defaults());
///   try (ModelSet models = resolver.open(folder, earlier.models())) {
///     Merge.of(resolver.resolve(models, layers)).plan(out).run();
///   }
/// }
/// ```
public final class Intermediates implements Closeable {
  /// Configuration and tokenizer, beside the weights.
  private static final long SIDECAR_BYTES = 64L << 20;

  private final Location folder;
  private final Asked asked;
  private final List<RecipeResolver> resolvers;
  private final List<Planned> stages = new ArrayList<>();
  private final List<ModelSet> opened = new ArrayList<>();
  private final MemoryRoom previews = MemoryRoom.open("planned");
  private Map<String, MadeModel> models = Map.of();
  private StagePlaces places = StagePlaces.of(List.of(), 0, Location.parse("none"));

  private Intermediates(Location folder, Asked asked, List<RecipeResolver> resolvers) {
    this.folder = folder;
    this.asked = asked;
    this.resolvers = List.copyOf(resolvers);
  }

  /// How a stage is merged, but for what its recipe says.
  @FunctionalInterface
  public interface Asked {
    /// Resolves a stage's recipe and says how it is merged.
    Merge merge(RecipeResolver recipe, ModelSet models) throws IOException;
  }

  /// How a stage's plan is carried out.
  @FunctionalInterface
  public interface Work {
    /// Runs a plan.
    RunResult run(String stage, Plan plan) throws IOException;
  }

  /// A stage with everything checked.
  ///
  /// @param plan whose output shows what will be there
  /// @param isInMemory whether its model will be kept there
  public record Planned(String name, Plan plan, boolean isInMemory) {}

  /// Plans all stages, so that all that can be wrong with them is known.
  ///
  /// @param stages in their order, as [Stage#inOrder] gives them; the last one is not planned here
  /// @param methods those that there are
  /// @param folder what relative names of models start from: the recipe's
  /// @param out where the last stage's output goes
  /// @throws org.lines4j.error.RequestException if a recipe is wrong
  /// @throws org.lines4j.error.InputException if models are missing or do not fit together
  public static Intermediates plan(
      List<Stage> stages,
      Collection<? extends MethodType> methods,
      Location folder,
      Location out,
      Asked asked)
      throws IOException {
    return plan(stages, methods, folder, out, asked, FreeMemory.bytes() / 2);
  }

  /// The same, with so many bytes of memory for what the stages make.
  public static Intermediates plan(
      List<Stage> stages,
      Collection<? extends MethodType> methods,
      Location folder,
      Location out,
      Asked asked,
      long memory)
      throws IOException {
    List<RecipeResolver> resolvers =
        stages.subList(0, stages.size() - 1).stream()
            .map(stage -> RecipeResolver.of(stage.recipe(), methods))
            .toList();
    Intermediates all = new Intermediates(folder, asked, resolvers);
    try {
      all.planAll(stages, out, memory);
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private void planAll(List<Stage> all, Location out, long memory) throws IOException {
    Map<String, MadeModel> planned = new LinkedHashMap<>();
    List<Plan> plans = new ArrayList<>();
    for (int i = 0; i < resolvers.size(); i++) {
      ModelSet sources = open(i, planned);
      String ending = Formats.endingLike(first(sources), sources.distinct().values());
      Location place = previews.location().child((i + 1) + "/" + fileName(all.get(i), ending));
      PlannedRun plan = PlannedRun.of(asked.merge(resolvers.get(i), sources).asStage().plan(place));
      Preview.write(plan, previews);
      planned.put(all.get(i).name(), new MadeModel(place, plan));
      plans.add(plan);
    }
    models = Collections.unmodifiableMap(planned);
    places = StagePlaces.of(needs(all, plans), memory, out);
    for (int i = 0; i < resolvers.size(); i++) {
      stages.add(new Planned(all.get(i).name(), plans.get(i), places.isInMemory(i)));
    }
  }

  private static Checkpoint first(ModelSet models) {
    return models.distinct().values().iterator().next();
  }

  private ModelSet open(int stage, Map<String, MadeModel> made) throws IOException {
    ModelSet models = resolvers.get(stage).open(folder, made);
    opened.add(models);
    return models;
  }

  /// A name that no file system takes for anything else.
  private static String fileName(Stage stage, String ending) {
    String plain = stage.name().replaceAll("[^A-Za-z0-9_-]", "_");
    return plain + ending;
  }

  private static List<StagePlaces.Need> needs(List<Stage> all, List<Plan> plans) {
    List<StagePlaces.Need> needs = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      String name = all.get(i).name();
      int last = i;
      for (int user = i + 1; user < all.size(); user++) {
        boolean uses =
            all.get(user).recipe().models().stream().anyMatch(m -> Stage.isMeant(name, m));
        last = uses ? user : last;
      }
      long bytes = Math.addExact(plans.get(i).bytesToWrite(), SIDECAR_BYTES);
      needs.add(new StagePlaces.Need(bytes, last));
    }
    return needs;
  }

  /// The stages, planned.
  public List<Planned> stages() {
    return Collections.unmodifiableList(stages);
  }

  /// What the stages make, by their names: as it will be, or, once they are made, as it is.
  public Map<String, MadeModel> models() {
    return models;
  }

  /// Checks that there is room on the disk for what is not kept in memory, and for the output.
  ///
  /// @param last the plan of the last stage
  /// @throws IOException if there is not
  public void checkRoom(Plan last) throws IOException {
    places.checkRoom(last.bytesToWrite());
  }

  /// Makes the models.
  ///
  /// @throws IOException as [Plan#run]
  public void make(RunOptions options) throws IOException {
    make((_, plan) -> plan.run(options));
  }

  /// Makes the models; each is planned once more, on what is there by then.
  ///
  /// @param work runs the plans
  /// @throws IOException as [Plan#run]
  public void make(Work work) throws IOException {
    places.clear();
    Map<String, MadeModel> made = new LinkedHashMap<>();
    for (int i = 0; i < stages.size(); i++) {
      ModelSet sources = open(i, made);
      Merge merge = asked.merge(resolvers.get(i), sources).asStage();
      Planned stage = stages.get(i);
      Location place = places.take(i, stage.plan().out().name());
      RunResult result = work.run(stage.name(), merge.plan(place));
      made.put(stage.name(), new MadeModel(place, result.plan()));
      places.releaseBefore(i + 1);
    }
    models = Collections.unmodifiableMap(made);
  }

  @Override
  public void close() throws IOException {
    try {
      for (ModelSet models : opened) {
        models.close();
      }
    } finally {
      places.close();
      previews.close();
    }
  }
}
