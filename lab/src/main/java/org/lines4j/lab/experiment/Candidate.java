package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// A model to measure: one that was trained, or one that the product makes of such.
public sealed interface Candidate {
  /// What tells it from all others of one seed.
  String key();

  /// Makes it.
  ///
  /// @param folder of the seed, which model names are relative to
  /// @param scratch where a folder may be made, which the caller deletes
  /// @return the model's folder
  Path make(Path folder, Path scratch) throws IOException;

  /// A model as training left it.
  record Trained(String model) implements Candidate {
    @Override
    public String key() {
      return model;
    }

    @Override
    public Path make(Path folder, Path scratch) {
      return folder.resolve(model);
    }
  }

  /// A fine-tuned model whose update is scaled.
  record Edited(String base, String tuned, LayerScaling scaling) implements Candidate {
    @Override
    public String key() {
      return "edit %s %s %s".formatted(base, tuned, scaling);
    }

    @Override
    public Path make(Path folder, Path scratch) throws IOException {
      try (Checkpoint from = Checkpoint.open(folder.resolve(base));
          Checkpoint to = Checkpoint.open(folder.resolve(tuned))) {
        Edit.of(from, to).withScaling(scaling).plan(scratch).run(ONE_THREAD);
      }
      return scratch;
    }
  }

  /// Models merged by a recipe that names them relative to the seed's folder.
  record Merged(Recipe recipe) implements Candidate {
    @Override
    public String key() {
      return "merge " + recipe;
    }

    @Override
    public Path make(Path folder, Path scratch) throws IOException {
      RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
      try (ModelSet models = resolver.open(Location.of(folder))) {
        Merge.of(resolver.resolve(models, LayerOptions.defaults())).plan(scratch).run(ONE_THREAD);
      }
      return scratch;
    }
  }

  /// Candidates are made side by side, each by one thread.
  RunOptions ONE_THREAD = RunOptions.defaults().withThreads(1);
}
