package org.lines4j.subspace.method;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.conformance.MethodConformance;
import org.lines4j.method.MethodType;

/// The rules that every merge method keeps.
@ParameterizedClass
@MethodSource("cases")
class SubspaceMethodsTest extends MethodConformance {
  record Case(String name, Map<String, Object> parameters) {
    Case(String name) {
      this(name, Map.of());
    }
  }

  @Parameter Case trial = new Case("");

  static List<Case> cases() {
    return List.of(
        new Case("iso_c"),
        new Case("iso_c", Map.of("exclude", "mlp", "excluded", "base")),
        new Case("dc_merge"),
        new Case("iso_cts"),
        new Case("knots"),
        new Case("magmax"),
        new Case("star"),
        new Case("svc"),
        new Case("swudi"),
        new Case("swudi", Map.of("filter", "time")),
        new Case("tsv_m"));
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
    return true;
  }
}
