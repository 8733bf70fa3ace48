package org.lines4j.recipe;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// What is asked for, in words: all that another JVM needs to plan the same run.
///
/// @param recipe empty for an edit of the models `base` and `a`
/// @param variant which of the recipe's outputs, from 0
record PlanRequest(Path folder, String recipe, int variant, Location out) {
  private static final int SHARD = 300_000;
  private static final long SEED = 5;

  /// A plan and its models, which are open.
  record Planned(Plan plan, List<Closeable> models) implements Closeable {
    @Override
    public void close() throws IOException {
      for (Closeable model : models) {
        model.close();
      }
    }
  }

  List<String> words() {
    return List.of(folder.toString(), recipe, String.valueOf(variant), out.text());
  }

  static PlanRequest of(String[] words) {
    return new PlanRequest(
        Path.of(words[0]), words[1], Integer.parseInt(words[2]), Location.parse(words[3]));
  }

  /// The same for a JVM that does not make the output.
  PlanRequest elsewhere() {
    return new PlanRequest(folder, recipe, variant, Storages.elsewhere(out));
  }

  Planned plan() throws IOException {
    return recipe.isEmpty() ? edit() : merge();
  }

  private boolean isFile() {
    return Formats.ofFile(out.toString()).isPresent();
  }

  private Planned edit() throws IOException {
    Checkpoint base = Checkpoint.open(folder.resolve("base"));
    Checkpoint tuned = Checkpoint.open(folder.resolve("a"));
    Edit edit =
        Edit.of(base, tuned).withScaling(LayerScaling.lines(0.25, 0.5, LayerScaling.Outside.ALPHA));
    Plan plan = (isFile() ? edit : edit.withShardSize(SHARD)).plan(out);
    return new Planned(plan, List.of(base, tuned));
  }

  private Planned merge() throws IOException {
    Recipe asked =
        RecipeFile.parse(folder.resolve("recipe.yml"), recipe).variants().get(variant).recipe();
    RecipeResolver resolver = RecipeResolver.of(asked, Methods.all());
    ModelSet models = ModelSet.open(resolver.modelNames(), folder);
    Merge merge = Merge.of(resolver.resolve(models, LayerOptions.defaults())).withSeed(SEED);
    Plan plan = (isFile() ? merge : merge.withShardSize(SHARD)).plan(out);
    return new Planned(plan, List.of(models));
  }
}
