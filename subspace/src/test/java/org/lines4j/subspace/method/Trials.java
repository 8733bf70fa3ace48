package org.lines4j.subspace.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.tensor.Shape;

/// Settings as a recipe would give them.
final class Trials {
  private Trials() {}

  /// @param parameters of the whole merge; the others are as they fall back
  static Settings settings(
      MethodType method, Shape shape, int models, Map<String, Object> parameters) {
    Map<String, Object> global = new LinkedHashMap<>();
    Map<String, Object> model = new LinkedHashMap<>();
    for (Parameter parameter : method.parameters()) {
      Object value =
          Optional.ofNullable(parameters.get(parameter.name()))
              .or(parameter::fallback)
              .orElseThrow();
      (parameter.scope() == Scope.GLOBAL ? global : model).put(parameter.name(), value);
    }
    return new Settings("layers.0.weight", shape, 0, global, Collections.nCopies(models, model));
  }
}
