package org.lines4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;

class NearestNameTest {
  private static final List<String> METHODS = Methods.all().stream().map(MethodType::name).toList();

  @ParameterizedTest
  @CsvSource({
    "task_aritmetic, task_arithmetic",
    "task-arithmetic, task_arithmetic",
    "TIES, ties",
    "tie, ties",
    "teis, ties",
    "breadcrumb_ties, breadcrumbs_ties",
    "model_stok, model_stock"
  })
  void mistypedNamesGetTheNearest(String typed, String meant) {
    assertEquals(Optional.of(meant), NearestName.of(typed, METHODS));
  }

  @ParameterizedTest
  @CsvSource({"somethingelse", "x", "--"})
  void whatIsLikeNothingGetsNone(String typed) {
    assertEquals(Optional.empty(), NearestName.of(typed, METHODS));
  }

  @Test
  void theHintListsAllWhereNoneIsNear() {
    assertEquals("did you mean 'density'?", NearestName.advice("densty", List.of("density")));
    assertEquals("known are a, b", NearestName.advice("weight", List.of("b", "a")));
    assertEquals("", NearestName.advice("weight", List.of()));
  }
}
