package org.lines4j.internal.resolve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;

/// What the parameters are for one tensor: the narrowest level that says anything counts, which are
/// the source's own, the slice's, and the recipe's.
public final class ParameterValues {
  private final Recipe recipe;
  private final MethodType method;
  private final FilterNotices filters;

  /// @param filters is told which names the settings are asked for
  public ParameterValues(Recipe recipe, MethodType method, FilterNotices filters) {
    this.recipe = recipe;
    this.method = method;
    this.filters = filters;
  }

  /// The parameters that hold for all models.
  public Map<String, Object> global(SliceTensor tensor) {
    List<Map<String, Setting>> levels = List.of(tensor.slice().parameters(), recipe.parameters());
    return values(Scope.GLOBAL, levels, tensor.name(), tensor.depth(), "");
  }

  /// One model's parameters.
  ///
  /// @param source index into the slice's sources
  public Map<String, Object> ofModel(SliceTensor tensor, int source) {
    ModelUse use = tensor.slice().sources().get(source);
    List<Map<String, Setting>> levels =
        List.of(use.parameters(), tensor.slice().parameters(), recipe.parameters());
    String name = tensor.inputNames().get(source);
    return values(Scope.MODEL, levels, name, tensor.depth(), " for " + use.model());
  }

  private Map<String, Object> values(
      Scope scope, List<Map<String, Setting>> levels, String tensor, double depth, String whose) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Parameter parameter : method.parameters()) {
      if (parameter.scope() == scope) {
        List<Setting> settings =
            levels.stream()
                .flatMap(level -> Optional.ofNullable(level.get(parameter.name())).stream())
                .toList();
        settings.forEach(setting -> filters.asked(parameter.name(), setting, tensor));
        Object value =
            settings.stream()
                .flatMap(setting -> setting.valueFor(tensor, depth).stream())
                .findFirst()
                .or(parameter::fallback)
                .orElseThrow(
                    () ->
                        new RequestException(
                                recipe.name(),
                                "%s needs the parameter '%s'%s, but the recipe gives none for tensor %s"
                                    .formatted(method.name(), parameter.name(), whose, tensor))
                            .withTensor(tensor)
                            .withRemedy(
                                "give it under parameters%s: %s"
                                    .formatted(
                                        scope == Scope.MODEL ? " of each model" : "",
                                        parameter.description())));
        values.put(
            parameter.name(),
            ParameterKinds.convert(
                parameter, value, "%s: tensor %s".formatted(recipe.name(), tensor)));
      }
    }
    return values;
  }
}
