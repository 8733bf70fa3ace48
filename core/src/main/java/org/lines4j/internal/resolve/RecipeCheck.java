package org.lines4j.internal.resolve;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Setting;
import org.lines4j.method.Calibration;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;

/// What can be wrong with a recipe whatever the models hold.
public final class RecipeCheck {
  /// mergekit's factor of the whole task vector, which depth scaling takes the place of.
  private static final String LAMBDA = "lambda";

  /// What versions of mergekit knew that are gone; recipes still have it, and mergekit passes over
  /// it. With each, what to say beside.
  private static final Map<String, String> BYGONE =
      Map.of(
          "embed_slerp",
          "",
          "random_seed",
          " (the seed is no part of a recipe here, but an option of the merge)");

  private final Recipe recipe;
  private final MethodType method;

  private RecipeCheck(Recipe recipe, MethodType method) {
    this.recipe = recipe;
    this.method = method;
  }

  /// The recipe's method, once everything is well.
  public static MethodType check(Recipe recipe, Collection<? extends MethodType> methods) {
    MethodType own =
        find(recipe.method(), methods)
            .orElseThrow(
                () ->
                    new RequestException(
                            recipe.name(),
                            "there is no merge method '%s'".formatted(recipe.method()))
                        .withRemedy(NearestName.advice(recipe.method(), names(methods))));
    Setting calibrate = recipe.parameters().get(Calibration.PARAMETER);
    MethodType method = calibrate == null ? own : calibrated(recipe, own, calibrate, methods);
    new RecipeCheck(recipe, method).check();
    return method;
  }

  private static <M extends MethodType> Optional<M> find(
      String name, Collection<? extends M> methods) {
    return methods.stream().<M>map(m -> m).filter(m -> m.name().equals(name)).findFirst();
  }

  private static List<String> names(Collection<? extends MethodType> methods) {
    return methods.stream().map(MethodType::name).toList();
  }

  /// What is merged by `own` and then calibrated as the recipe says.
  private static MethodType calibrated(
      Recipe recipe, MethodType own, Setting said, Collection<? extends MethodType> methods) {
    List<Calibration> known =
        methods.stream()
            .filter(Calibration.class::isInstance)
            .map(Calibration.class::cast)
            .toList();
    String name = String.valueOf(said.valueFor("", 0).orElse(""));
    String where = recipe.at(said.line());
    Calibration step =
        find(name, known)
            .orElseThrow(
                () ->
                    RequestException.expected(
                        where,
                        Calibration.PARAMETER,
                        "one of " + names(known) + ", for all tensors",
                        name));
    if (own.baseUse() == BaseUse.NONE || own instanceof Calibration) {
      throw new RequestException(
          where,
          "%s calibrates merged updates of a base model, but %s %s"
              .formatted(
                  name,
                  own.name(),
                  own instanceof Calibration ? "does so already" : "merges models as they are"));
    }
    return step.after(own);
  }

  /// In words, what a recipe gives that means nothing any more.
  public static List<String> bygone(Recipe recipe) {
    return BYGONE.keySet().stream()
        .filter(recipe::gives)
        .sorted()
        .map(
            name ->
                "%s has no effect: mergekit, too, no longer knows it%s"
                    .formatted(name, BYGONE.getOrDefault(name, "")))
        .toList();
  }

  /// In words, that depth scaling goes the other way.
  public static List<String> falling(Recipe recipe) {
    return recipe.lines().filter(lines -> lines.beta() < 0).isPresent()
        ? List.of(
            "beta of lines is below 0: the merged update is scaled less, the deeper a layer is")
        : List.of();
  }

  private void check() {
    parameters(recipe.parameters(), Optional.empty());
    for (Slice slice : recipe.slices()) {
      parameters(slice.parameters(), Optional.empty());
      slice.sources().forEach(source -> parameters(source.parameters(), Optional.of(source)));
      lengths(slice);
      if (method.baseUse() == BaseUse.REQUIRED && base(slice).isEmpty()) {
        throw new RequestException(recipe.name(), method.name() + " merges updates of a base model")
            .withRemedy("name it with base_model");
      }
    }
    if (recipe.lines().isPresent()) {
      lines();
    }
  }

  private Optional<String> base(Slice slice) {
    return slice.baseModel().or(recipe::baseModel);
  }

  private void lines() {
    if (method.baseUse() == BaseUse.NONE
        || recipe.slices().stream().anyMatch(s -> base(s).isEmpty())) {
      boolean isBaseless = method.baseUse() == BaseUse.NONE;
      throw new RequestException(
              recipe.name(),
              "lines scales the update of a base model by depth, but here is no base"
                  + (isBaseless ? ": " + method.name() + " merges models as they are" : ""))
          .withRemedy(isBaseless ? "" : "name it with base_model");
    }
    boolean lambda =
        recipe.parameters().containsKey(LAMBDA)
            || recipe.slices().stream().anyMatch(s -> s.parameters().containsKey(LAMBDA));
    if (lambda) {
      throw new RequestException(recipe.name(), "lines takes the place of the parameter lambda")
          .withRemedy("leave one of them out");
    }
  }

  private void lengths(Slice slice) {
    List<Integer> lengths =
        slice.sources().stream()
            .flatMap(source -> source.layers().stream())
            .map(Recipe.LayerRange::length)
            .toList();
    if (lengths.stream().distinct().count() > 1) {
      throw new RequestException(
              recipe.at(slice.sources().getFirst().line()),
              "the sources of a slice should have equally many layers, found " + lengths)
          .withExpected("equally many layers", lengths);
    }
  }

  private void parameters(Map<String, Setting> settings, Optional<ModelUse> source) {
    List<String> names = method.parameters().stream().map(Parameter::name).toList();
    settings.forEach(
        (name, setting) -> {
          if (BYGONE.containsKey(name) && !names.contains(name)) {
            return;
          }
          Parameter parameter =
              method.parameters().stream()
                  .filter(p -> p.name().equals(name))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new RequestException(
                                  recipe.at(setting.line()),
                                  "%s has no parameter '%s'".formatted(method.name(), name))
                              .withRemedy(NearestName.advice(name, names)));
          if (parameter.scope() == Scope.GLOBAL && source.isPresent()) {
            throw new RequestException(
                    recipe.at(setting.line()),
                    "%s takes one '%s' for all models, not one for %s"
                        .formatted(method.name(), name, source.get().model()))
                .withRemedy("give it under the recipe's or the slice's own parameters");
          }
          setting.cases().stream()
              .flatMap(c -> c.values().stream())
              .forEach(
                  value -> ParameterKinds.convert(parameter, value, recipe.at(setting.line())));
        });
  }
}
