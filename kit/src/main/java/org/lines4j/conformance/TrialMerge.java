package org.lines4j.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.Merge;
import org.lines4j.RecipeResolver;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// A merge of small models by a method, as a user would run it.
final class TrialMerge {
  /// What `lines:` takes the place of.
  private static final String LAMBDA = "lambda";

  private final MethodType method;
  private final Map<String, Object> parameters;
  private final Path folder;
  private final Map<String, TrialModel> written = new HashMap<>();
  private RunOptions options = RunOptions.defaults();
  private Optional<Lines> lines = Optional.empty();
  private List<NotFinite> notFinite = List.of();

  TrialMerge(MethodType method, Map<String, Object> parameters, Path folder) {
    this.method = method;
    this.parameters = parameters;
    this.folder = folder;
  }

  TrialMerge options(RunOptions how) {
    options = how;
    return this;
  }

  TrialMerge lines(double lambda) {
    lines = Optional.of(new Lines(Optional.of(lambda), 0, Outside.ALPHA));
    return this;
  }

  /// What the last merge told of NaN and infinity.
  List<NotFinite> notFinite() {
    return notFinite;
  }

  /// @param base left out where the method takes none
  TrialModel merge(TrialModel base, List<TrialModel> models) throws IOException {
    List<ModelUse> uses = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      String file = "model-" + i + ".safetensors";
      write(file, models.get(i));
      uses.add(ModelUse.of(file, Map.of()));
    }
    Map<String, Setting> settings = new LinkedHashMap<>();
    parameters.forEach((name, value) -> settings.put(name, Setting.of(value)));
    Recipe recipe = Recipe.of("recipe", method.name(), uses).withParameters(settings);
    if (method.baseUse() == BaseUse.REQUIRED) {
      write("base.safetensors", base);
      recipe = recipe.withBase("base.safetensors");
    }
    if (lines.isPresent()) {
      settings.remove(LAMBDA);
      recipe = recipe.withParameters(settings).withLines(lines.get());
    }
    Path out = folder.resolve("out.safetensors");
    RecipeResolver resolver = RecipeResolver.of(recipe, List.of(method));
    try (ModelSet set = resolver.open(Location.of(folder))) {
      notFinite =
          Merge.of(resolver.resolve(set, LayerOptions.defaults()))
              .withSeed(7)
              .withForce()
              .plan(out)
              .run(options)
              .notFinite();
    }
    return TrialModel.read(out);
  }

  /// Merged once more by other threads, the models lie there already.
  @SuppressWarnings("ReferenceEquality") // the very same, not such a one
  private void write(String file, TrialModel model) throws IOException {
    if (written.put(file, model) != model) {
      model.write(folder.resolve(file));
    }
  }
}
