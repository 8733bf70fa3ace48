package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.files.FolderTree;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;
import tools.jackson.databind.json.JsonMapper;

/// What merge methods make of a family's fine-tuned models: each update once, as a model at λ = 1,
/// which then is scaled in many ways.
final class MergedUpdates {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String FOLDER = "merged";
  private static final String LAMBDA = "lambda";

  private static final String DENSITY = "density";

  private static final Map<String, Object> HALF = Map.of(DENSITY, 0.5);

  /// The breadcrumbs of the paper's image models: without the lower 85 % and the upper 0.7 %.
  private static final Map<String, Object> CRUMBS = Map.of(DENSITY, 0.143, "gamma", 0.007);

  /// What some methods need to be the published ones, or to be themselves: where all elements are
  /// kept, the random ones are task arithmetic. Half is what people merge with.
  static final Map<String, Map<String, Object>> PARAMETERS =
      Map.of(
          "ties",
          Map.of("trim_scope", "model", DENSITY, 0.2),
          "consensus",
          Map.of("tall_lambda", 0.4),
          "dare_linear",
          HALF,
          "dare_ties",
          HALF,
          "della",
          HALF,
          "della_linear",
          HALF,
          "breadcrumbs",
          CRUMBS,
          "breadcrumbs_ties",
          CRUMBS,
          "sce",
          Map.of("select_topk", 0.1));

  /// How large an update is.
  ///
  /// @param norm ‖Δ‖₂
  /// @param absolute ‖Δ‖₁
  record Size(double norm, double absolute) {}

  private final Path folder;
  private final Family family;

  /// @param folder that the family's models are named relative to
  MergedUpdates(Path folder, Family family) {
    this.folder = folder;
    this.family = family;
  }

  /// Where the model of a method is, relative to the folder; [#make] makes it.
  String model(String method) {
    return FOLDER + "/" + method;
  }

  /// The size of a method's update; makes the model if it was never made.
  Size size(String method) throws IOException {
    Path file = folder.resolve(model(method) + ".json");
    if (!Files.exists(file)) {
      make(method);
      AtomicFile.write(file, JSON.writeValueAsString(sizeOf(model(method))) + "\n");
    }
    return JSON.readValue(Files.readAllBytes(file), Size.class);
  }

  /// The size of a fine-tuned model's update.
  Size sizeOf(String model) throws IOException {
    try (Checkpoint base = Checkpoint.open(folder.resolve(family.base()));
        Checkpoint tuned = Checkpoint.open(folder.resolve(model))) {
      Change change =
          Diff.between(base, tuned, LayerOptions.defaults(), Candidate.ONE_THREAD).whole();
      return new Size(change.tauNorm(), change.tauAbsolute());
    }
  }

  /// Merges, unless the model is there.
  void make(String method) throws IOException {
    Path out = folder.resolve(model(method));
    if (Files.exists(out)) {
      return;
    }
    Files.createDirectories(out.getParent());
    RecipeResolver resolver = RecipeResolver.of(recipe(method), Methods.all());
    try (ModelSet models = resolver.open(Location.of(folder))) {
      plan(resolver, models, out).run(Candidate.ONE_THREAD);
    }
  }

  private static Plan plan(RecipeResolver resolver, ModelSet models, Path out) throws IOException {
    return Merge.of(resolver.resolve(models, LayerOptions.defaults())).plan(out);
  }

  /// Why a method cannot merge these models; empty if it can.
  Optional<String> refusal(String method) throws IOException {
    Path out = folder.resolve(model(method));
    if (Files.exists(out)) {
      return Optional.empty();
    }
    try {
      RecipeResolver resolver = RecipeResolver.of(recipe(method), Methods.all());
      try (ModelSet models = resolver.open(Location.of(folder))) {
        Plan _ = plan(resolver, models, out);
        return Optional.empty();
      }
    } catch (RequestException | InputException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Recipe recipe(String method) {
    Map<String, Setting> parameters = new TreeMap<>();
    PARAMETERS
        .getOrDefault(method, Map.of())
        .forEach((name, value) -> parameters.put(name, Setting.of(value)));
    if (Methods.find(method).stream()
        .flatMap(type -> type.parameters().stream())
        .anyMatch(parameter -> parameter.name().equals(LAMBDA))) {
      parameters.put(LAMBDA, Setting.of(1.0));
    }
    return Recipe.of(
            "lab",
            method,
            family.tasks().stream().map(t -> ModelUse.of(family.tuned(t), Map.of())).toList())
        .withBase(family.base())
        .withParameters(parameters);
  }

  /// Removes a method's model; what is known of it stays.
  void remove(String method) throws IOException {
    FolderTree.delete(folder.resolve(model(method)));
  }
}
