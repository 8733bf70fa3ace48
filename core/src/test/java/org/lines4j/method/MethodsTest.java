package org.lines4j.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.method.Parameter.Condition;

class MethodsTest {
  @Test
  void allMethodsOfTheFieldAreThere() {
    assertEquals(
        List.of(
            "linear",
            "task_arithmetic",
            "ties",
            "consensus",
            "dare_linear",
            "dare_ties",
            "della",
            "della_linear",
            "breadcrumbs",
            "breadcrumbs_ties",
            "slerp",
            "nuslerp",
            "multislerp",
            "karcher",
            "model_stock",
            "sce",
            "nearswap",
            "arcee_fusion",
            "ram",
            "ramplus_tl",
            "passthrough"),
        Methods.all().stream().map(MethodType::name).toList());
  }

  private static void assertIsMet(Condition condition, MethodType method) {
    Parameter other =
        method.parameters().stream()
            .filter(p -> p.name().equals(condition.parameter()))
            .findFirst()
            .orElseThrow();
    assertEquals(Parameter.Scope.GLOBAL, other.scope(), other.name());
    assertTrue(other.values().contains(condition.value()), condition.toString());
  }

  @Test
  void everyMethodSaysWhatItIs() {
    for (MethodType method : Methods.all()) {
      assertFalse(method.summary().isBlank(), method.name());
      assertFalse(method.citation().isBlank(), method.name());
      assertFalse(method.equation().isBlank(), method.name());
      assertTrue(method.fewestModels() <= method.mostModels(), method.name());
      for (Parameter parameter : method.parameters()) {
        assertFalse(parameter.description().isBlank(), parameter.name());
        parameter.condition().ifPresent(condition -> assertIsMet(condition, method));
      }
    }
  }
}
