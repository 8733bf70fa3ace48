package org.lines4j.internal.planner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.Problem;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.StoredBytes;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Rename;
import org.lines4j.merge.Lines;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;

/// Whether the models of a recipe can be merged as it says.
public final class MergeChecks {
  /// The method that adds updates up, which fits wherever others on a base do.
  private static final String SUM = "task_arithmetic";

  private final ResolvedTensors recipe;
  private final MethodType method;

  private MergeChecks(ResolvedTensors recipe) {
    this.recipe = recipe;
    this.method = recipe.method();
  }

  /// Checks a recipe and the models that it names.
  ///
  /// @return tensors that do not fit together and are not refused: how, in words, by name
  /// @throws RequestException if the recipe is wrong in itself
  /// @throws InputException if tensors do not fit together; the message lists them all
  static Map<String, String> check(ResolvedTensors recipe) throws IOException {
    MergeChecks checks = new MergeChecks(recipe);
    recipe.lines().ifPresent(checks::checkLines);
    checks.merged().forEach(checks::checkParameters);
    Map<String, String> misfits = misfits(recipe);
    if (recipe.mismatch() == OnMismatch.REFUSE) {
      List<String> lines =
          misfits.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList();
      Misfits.refuse(models(recipe), lines, recipe.tensors().size(), "");
    }
    return misfits;
  }

  /// Why models that can each be edited cannot be merged as whole models; empty where they can.
  public static Optional<Problem> refusal(
      Checkpoint base, List<Checkpoint> tuned, List<Rename> renames, LayerOptions layers)
      throws IOException {
    Map<String, Checkpoint> models = new LinkedHashMap<>();
    tuned.forEach(model -> models.put(model.location().text(), model));
    Map<String, Setting> whole = Map.of("weight", Setting.of(1.0));
    List<ModelUse> uses = models.keySet().stream().map(name -> ModelUse.of(name, whole)).toList();
    String baseName = base.location().text();
    models.put(baseName, base);
    Recipe recipe = Recipe.of("a merge", SUM, uses).withBase(baseName);
    try {
      RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
      ModelSet opened = ModelSet.of(models);
      check(ResolvedTensors.of(resolver.resolve(opened, layers, OnMismatch.REFUSE, renames)));
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.problem());
    }
  }

  private Stream<MergeTensor> merged() {
    return recipe.tensors().stream().filter(tensor -> !tensor.isKept());
  }

  /// On all processors: integer tensors are compared, and quantised models hold many.
  private static Map<String, String> misfits(ResolvedTensors recipe) throws IOException {
    try {
      Map<String, String> misfits = new LinkedHashMap<>();
      recipe.tensors().parallelStream()
          .flatMap(tensor -> misfit(tensor).map(why -> Map.entry(tensor.name(), why)).stream())
          .toList()
          .forEach(misfit -> misfits.put(misfit.getKey(), misfit.getValue()));
      return misfits;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String models(ResolvedTensors recipe) {
    return recipe.tensors().stream()
        .flatMap(MergeTensor::sources)
        .map(source -> source.checkpoint().location().text())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /// The base's tensor, where there is one, and the models'.
  public static Stream<Source> sources(MergeTensor tensor) {
    return Stream.concat(tensor.base().stream(), tensor.models().stream());
  }

  private void checkLines(Lines lines) {
    lines.alpha().ifPresent(alpha -> checkFinite(recipe.name() + ": lines: alpha", alpha));
    checkFinite(recipe.name() + ": lines: beta", lines.beta());
    Optional<MergeTensor> baseless = merged().filter(tensor -> tensor.base().isEmpty()).findFirst();
    if (method.baseUse() == BaseUse.NONE || baseless.isPresent()) {
      String start = "lines scales updates of a base model, but ";
      throw method.baseUse() == BaseUse.NONE
          ? new RequestException(recipe.name(), start + method.name() + " takes none")
          : new RequestException(
                  recipe.name(),
                  start + "tensor %s has none".formatted(baseless.orElseThrow().name()))
              .withTensor(baseless.orElseThrow().name())
              .withRemedy("name one as base_model");
    }
  }

  private void checkParameters(MergeTensor tensor) {
    int count = tensor.models().size();
    if (count < method.fewestModels() || count > method.mostModels()) {
      throw RequestException.expected(
              recipe.name(),
              "%s: tensor %s: models, the base not counted,"
                  .formatted(method.name(), tensor.name()),
              method.modelsInWords(),
              count)
          .withTensor(tensor.name());
    }
    if (method.baseUse() == BaseUse.REQUIRED && tensor.base().isEmpty()) {
      throw new RequestException(
              recipe.name(),
              "%s: tensor %s: needs a base model".formatted(method.name(), tensor.name()))
          .withTensor(tensor.name())
          .withRemedy("name one as base_model");
    }
  }

  private static void checkFinite(String what, double value) {
    if (!Float.isFinite((float) value)) {
      throw RequestException.expected(what, "a finite number in float32", value);
    }
  }

  private static Optional<String> misfit(MergeTensor tensor) {
    List<Source> sources = tensor.sources().toList();
    Optional<String> misfit =
        Misfits.of(sources, sources.stream().map(source -> source.file().toString()).toList());
    Source first = sources.getFirst();
    if (misfit.isPresent() || first.dtype().isFloating()) {
      return misfit;
    }
    for (Source source : sources) {
      long difference = difference(first, source);
      if (difference >= 0) {
        return Optional.of(
            "%s cannot be merged, so all should be equal, but %s and %s differ from element %d on"
                .formatted(
                    source.info().typeAndShape(),
                    first.file(),
                    source.file(),
                    difference * 8 / source.dtype().bits()));
      }
    }
    return Optional.empty();
  }

  private static long difference(Source a, Source b) {
    try {
      return StoredBytes.firstDifference(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
