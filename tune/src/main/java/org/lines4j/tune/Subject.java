package org.lines4j.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Formats;
import org.lines4j.format.ModelName;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Rename;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;
import org.lines4j.merge.Stage;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;
import org.lines4j.tensor.DType;

/// What is tuned: models and how they are merged, all but the scaling.
///
/// @param recipe its `lines`, if it has any, are what is searched
/// @param folder that the recipe's models are relative to
/// @param layers how tensors are assigned to layers
/// @param seed of methods that drop at random
/// @param earlier stages that make some of the recipe's models, in their order; computed once
/// @param mismatch what becomes of tensors that do not fit together
/// @param renames what tensors of the other models are called in the one whose files go along
public record Subject(
    Recipe recipe,
    Location folder,
    LayerOptions layers,
    long seed,
    List<Stage> earlier,
    OnMismatch mismatch,
    List<Rename> renames) {
  /// @throws RequestException if there is no base model
  public Subject {
    earlier = List.copyOf(earlier);
    renames = List.copyOf(renames);
    if (recipe.baseModel().isEmpty()) {
      throw new RequestException(recipe.name(), "depth scaling scales the update of a base model")
          .withRemedy("name it with base_model");
    }
  }

  /// A recipe.
  public static Subject of(Recipe recipe, Path folder) {
    return of(recipe, Location.of(folder));
  }

  /// A recipe, wherever its models lie.
  public static Subject of(Recipe recipe, Location folder) {
    return new Subject(
        recipe, folder, LayerOptions.defaults(), 0, List.of(), OnMismatch.REFUSE, List.of());
  }

  /// The edit of one tuned model. As in any edit, its tokenizer goes along with the result, where
  /// both models have one.
  ///
  /// @param dtype the output's floating type; empty for the base's
  public static Subject edit(Path base, Path tuned, Optional<DType> dtype) throws IOException {
    return edit(Location.of(base), Location.of(tuned), dtype);
  }

  /// The same, wherever the models lie.
  public static Subject edit(Location base, Location tuned, Optional<DType> dtype)
      throws IOException {
    ModelName from = ModelName.of(base.text(), Location.parse(""));
    ModelName to = ModelName.of(tuned.text(), Location.parse(""));
    String name = text(tuned, to);
    boolean hasTokenizer = hasTokenizer(from) && hasTokenizer(to);
    Recipe recipe =
        new Recipe(
            "edit of " + name,
            "task_arithmetic",
            List.of(
                new Recipe.Slice(List.of(ModelUse.of(name, Map.of())), Optional.empty(), Map.of())),
            Optional.of(text(base, from)),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            dtype,
            hasTokenizer
                ? Optional.of(Tokenizer.of(new TokenizerSource.OfModel(name)))
                : Optional.empty(),
            Optional.empty());
    return of(recipe, Path.of("").toAbsolutePath());
  }

  /// A model by its whole name; one that is not there as it was given, which tells what was meant.
  private static String text(Location given, ModelName name) throws IOException {
    boolean isThere = Storages.of(name.model()).kind(name.model()) != Kind.ABSENT;
    return isThere ? location(name).text() : given.text();
  }

  private static boolean hasTokenizer(ModelName name) throws IOException {
    Location model = location(name);
    return Storages.of(model).kind(model.child("tokenizer.json")) == Kind.FILE;
  }

  /// This subject merged by another recipe, of the same models.
  public Subject withRecipe(Recipe other) {
    return new Subject(other, folder, layers, seed, earlier, mismatch, renames);
  }

  /// This subject with another assignment of tensors to layers.
  public Subject withLayers(LayerOptions options) {
    return new Subject(recipe, folder, options, seed, earlier, mismatch, renames);
  }

  /// This subject with another seed.
  public Subject withSeed(long number) {
    return new Subject(recipe, folder, layers, number, earlier, mismatch, renames);
  }

  /// This subject with stages that make some of its models.
  ///
  /// @param before the last, in their order
  public Subject withEarlier(List<Stage> before) {
    return new Subject(recipe, folder, layers, seed, before, mismatch, renames);
  }

  /// This subject with another answer to tensors that do not fit together.
  public Subject withMismatch(OnMismatch answer) {
    return new Subject(recipe, folder, layers, seed, earlier, answer, renames);
  }

  /// This subject with tensors called otherwise.
  public Subject withRenames(List<Rename> asked) {
    return new Subject(recipe, folder, layers, seed, earlier, mismatch, asked);
  }

  /// All stages in their order: the earlier ones, then the recipe.
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>(earlier);
    stages.add(new Stage("", recipe));
    return stages;
  }

  /// Whether an earlier stage makes a model, perhaps but for adapters on it.
  public boolean isMade(String model) {
    return earlier.stream().anyMatch(stage -> Stage.isMeant(stage.name(), model));
  }

  /// A model as a recipe in another folder may call it.
  public String portable(String model) {
    return isMade(model) ? model : locationOf(model).text();
  }

  /// The tuned models, each once, by short names: `tuned` for one, else the last part of each path.
  public Map<String, String> tunedModels() {
    List<String> paths =
        recipe.slices().stream()
            .flatMap(slice -> slice.sources().stream())
            .map(ModelUse::model)
            .filter(model -> !model.equals(recipe.baseModel().orElse("")))
            .distinct()
            .toList();
    if (paths.size() == 1) {
      return Map.of("tuned", paths.getFirst());
    }
    Map<String, String> names = new LinkedHashMap<>();
    List<String> taken = new ArrayList<>(List.of("base"));
    for (String path : paths) {
      String last = isMade(path) ? path : locationOf(path).name();
      String name = last;
      for (int i = 2; taken.contains(name); i++) {
        name = last + " (" + i + ")";
      }
      taken.add(name);
      names.put(name, path);
    }
    return names;
  }

  /// The base's path, as the recipe has it.
  public String baseModel() {
    return recipe.baseModel().orElseThrow();
  }

  /// Where a model of the recipe is; of one with adapters as it is named anywhere.
  public Location locationOf(String model) {
    return location(nameOf(model));
  }

  /// A whole name as it may stand anywhere.
  private static Location location(ModelName name) {
    Location model = name.model().absolute();
    StringBuilder text = new StringBuilder(model.text());
    if (!name.part().isEmpty()) {
      text.append('#').append(name.part());
    }
    name.adapters().forEach(adapter -> text.append('+').append(adapter.absolute()));
    return new Location(model.scheme(), text.toString());
  }

  /// Whether a model is an adapter on another, or one of several in a file, so that no file holds
  /// it alone.
  public boolean isAdapted(String model) {
    try {
      if (isMade(model)) {
        return earlier.stream().noneMatch(stage -> stage.name().equals(model));
      }
      ModelName name = nameOf(model);
      return isPart(model) || !name.adapters().isEmpty() || Formats.isAdapter(name.model());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether a model is one of several in a file, which programs open as a whole.
  public boolean isPart(String model) {
    return !isMade(model) && !nameOf(model).part().isEmpty();
  }

  private ModelName nameOf(String model) {
    try {
      return ModelName.of(model, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether one model is edited, not several merged.
  public boolean isEdit() {
    return tunedModels().size() == 1 && recipe.method().equals("task_arithmetic");
  }
}
