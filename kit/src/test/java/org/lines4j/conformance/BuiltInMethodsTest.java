package org.lines4j.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;

/// The methods that come with the library, each with its fallbacks and with parameters that have it
/// work otherwise.
@ParameterizedClass
@MethodSource("cases")
class BuiltInMethodsTest extends MethodConformance {
  private static final Set<String> SYMMETRIC =
      Set.of(
          "linear",
          "task_arithmetic",
          "metagpt",
          "ties",
          "consensus",
          "model_stock",
          "karcher",
          "sce",
          "pcb");

  record Case(String name, Map<String, Object> parameters) {
    @Override
    public String toString() {
      return parameters.isEmpty() ? name : name + " " + parameters;
    }
  }

  private static final List<Case> OTHERWISE =
      List.of(
          new Case("task_arithmetic", Map.of("weights", "auto")),
          new Case("pcb", Map.of("ratio", 1.0)),
          new Case("ties", Map.of("density", 0.3, "rescale", true, "lambda", 0.5)),
          new Case("ties", Map.of("density", 0.3, "trim_scope", "model")),
          new Case("ties", Map.of("density", 0.3, "trim_scope", "model", "aggregate", "sum")),
          new Case("consensus", Map.of("task_vector", "ties", "density", 0.3)),
          new Case("dare_linear", Map.of("density", 0.3)),
          new Case("dare_ties", Map.of("density", 0.3)),
          new Case("della", Map.of("density", 0.3, "epsilon", 0.1)),
          new Case("della_linear", Map.of("density", 0.3, "epsilon", 0.1)),
          new Case("breadcrumbs", Map.of("density", 0.5, "gamma", 0.05)),
          new Case("breadcrumbs_ties", Map.of("density", 0.5, "gamma", 0.05)),
          new Case("slerp", Map.of("t", 0.3)),
          new Case("nearswap", Map.of("t", 0.01)),
          new Case("nuslerp", Map.of("nuslerp_flatten", false)),
          new Case("nuslerp", Map.of("nuslerp_flatten", false, "nuslerp_row_wise", true)),
          new Case("model_stock", Map.of("filter_wise", true)),
          new Case("linear", Map.of("weight", 0.3, "normalize", false)),
          new Case("passthrough", Map.of("scale", 0.5)));

  /// Methods with a parameter that has no fallback: t.
  private static final Set<String> INCOMPLETE = Set.of("slerp", "nearswap");

  @Parameter Case trial = new Case("", Map.of());

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (MethodType method : Methods.all()) {
      if (!INCOMPLETE.contains(method.name())) {
        cases.add(new Case(method.name(), Map.of()));
      }
    }
    cases.addAll(OTHERWISE);
    return cases;
  }

  @Override
  protected MethodType method() {
    return Methods.find(trial.name()).orElseThrow();
  }

  @Override
  protected Map<String, Object> parameters() {
    return trial.parameters();
  }

  @Override
  protected boolean isSymmetric() {
    return SYMMETRIC.contains(trial.name());
  }

  @Override
  protected double rounding() {
    if (trial.parameters().containsKey("scale") || trial.parameters().containsKey("normalize")) {
      return 1; // what is scaled is not what it was
    }
    return trial.name().equals("slerp") ? 1e-6 : super.rounding();
  }
}
