package org.lines4j.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.Methods;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.tensor.DType;

/// A recipe built in code, with the methods' defaults filled in: every tensor of the first model is
/// merged from the tensors of the same name.
final class Recipes {
  /// A parameter's value for one tensor.
  @FunctionalInterface
  interface Value {
    Object of(String tensor);
  }

  private record Model(Checkpoint checkpoint, Map<String, Value> parameters) {}

  private final MethodType method;
  private Optional<Checkpoint> base = Optional.empty();
  private final List<Model> models = new ArrayList<>();
  private final Map<String, Value> global = new HashMap<>();
  private Optional<Lines> lines = Optional.empty();
  private Optional<DType> computeType = Optional.empty();
  private Optional<DType> outType = Optional.empty();

  private Recipes(String method) {
    this.method = Methods.find(method).orElseThrow();
  }

  static Recipes of(String method) {
    return new Recipes(method);
  }

  Recipes base(Checkpoint model) {
    base = Optional.of(model);
    return this;
  }

  /// @param parameters name, value, name, value, …
  Recipes model(Checkpoint model, Object... parameters) {
    models.add(new Model(model, map(parameters)));
    return this;
  }

  Recipes parameters(Object... parameters) {
    global.putAll(map(parameters));
    return this;
  }

  Recipes lines(double alpha, double beta) {
    lines = Optional.of(new Lines(Optional.of(alpha), beta, Outside.ALPHA));
    return this;
  }

  Recipes autoLines(double beta) {
    lines = Optional.of(new Lines(Optional.empty(), beta, Outside.ALPHA));
    return this;
  }

  Recipes lines(Lines scaling) {
    lines = Optional.of(scaling);
    return this;
  }

  Recipes computeType(DType type) {
    computeType = Optional.of(type);
    return this;
  }

  Recipes outType(DType type) {
    outType = Optional.of(type);
    return this;
  }

  private static Map<String, Value> map(Object... parameters) {
    Map<String, Value> map = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      Object value = parameters[i + 1];
      map.put((String) parameters[i], value instanceof Value v ? v : _ -> value);
    }
    return map;
  }

  ResolvedTensors resolve() {
    List<MergeTensor> tensors = new ArrayList<>();
    Checkpoint first = base.orElse(models.getFirst().checkpoint());
    for (StoredTensor tensor : first.tensors()) {
      String name = tensor.name();
      List<Source> sources = new ArrayList<>();
      List<Map<String, Object>> modelParameters = new ArrayList<>();
      for (Model model : models) {
        sources.add(source(model.checkpoint(), name));
        modelParameters.add(values(Scope.MODEL, model.parameters(), name));
      }
      tensors.add(
          new MergeTensor(
              name,
              base.map(model -> source(model, name)),
              sources,
              values(Scope.GLOBAL, global, name),
              modelParameters));
    }
    return new ResolvedTensors(
        "recipe",
        method,
        tensors,
        models.size(),
        lines,
        computeType,
        outType,
        Optional.empty(),
        SidecarChanges.none(),
        Map.of(),
        Map.of(),
        Map.of(),
        OnMismatch.REFUSE,
        List.of(),
        List.of());
  }

  private static Source source(Checkpoint model, String name) {
    return new Source(model, model.find(name).orElseThrow());
  }

  private Map<String, Object> values(Scope scope, Map<String, Value> given, String tensor) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Parameter parameter : method.parameters()) {
      if (parameter.scope() == scope) {
        Value value = given.get(parameter.name());
        Object chosen = value == null ? parameter.fallback().orElseThrow() : value.of(tensor);
        values.put(parameter.name(), chosen);
      }
    }
    return values;
  }
}
