package org.lines4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.internal.method.Parameters;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;

class MethodsTest {
  @Test
  void allMethodsOfTheFieldAreThere() {
    assertEquals(
        List.of(
            "linear",
            "task_arithmetic",
            "metagpt",
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
            "pcb",
            "passthrough"),
        Methods.all().stream().map(MethodType::name).toList());
  }

  @Test
  void everyMethodSaysWhatItIs() {
    for (MethodType method : Methods.all()) {
      assertFalse(method.summary().isBlank(), method.name());
      assertFalse(method.citation().isBlank(), method.name());
      assertFalse(method.equation().isBlank(), method.name());
      assertTrue(method.fewestModels() <= method.mostModels(), method.name());
      assertEquals(Optional.empty(), Parameters.mistake(method.parameters()), method.name());
      for (Parameter parameter : method.parameters()) {
        assertFalse(parameter.description().isBlank(), parameter.name());
      }
    }
  }

  @Test
  void conditionsThatNothingCanMeetAreMistakes() {
    Parameter mode = Parameters.flag("mode", true, "whether");
    Parameter lone = Parameters.global("k", 1, "how much").onlyWhere("mode", 1);
    assertEquals(
        Optional.of("k counts only where mode: 1, which no parameter of the whole merge can be"),
        Parameters.mistake(List.of(mode, lone)));
    assertEquals(
        Optional.empty(),
        Parameters.mistake(List.of(mode, Parameters.WEIGHT.onlyWhere("mode", false))));
    assertEquals(
        Optional.of("two parameters are called mode"), Parameters.mistake(List.of(mode, mode)));
  }

  @Test
  void valuesSayWhatTheyAre() {
    assertEquals("a number", Values.NUMBER.inWords());
    assertEquals("a number from 0 to 1", Values.FRACTION.inWords());
    assertEquals("a number ≤ 2.5", Values.numbers(-Float.MAX_VALUE, 2.5).inWords());
    assertEquals("a number > 0", Parameters.POSITIVE.inWords());
    assertEquals("a number > 0 and ≤ 1", Values.numbers(Float.MIN_VALUE, 1).inWords());
    assertEquals("a whole number ≥ 0", Values.wholeNumbers(Integer.MAX_VALUE).inWords());
    assertEquals("a whole number from 0 to 9", Values.wholeNumbers(9).inWords());
    assertEquals("a, b or c", Values.words("a", "b", "c").inWords());
    assertFalse(Values.wholeNumbers(9).contains(1.5));
    assertFalse(Values.wholeNumbers(9).contains(1));
    assertFalse(Parameters.POSITIVE.contains(0.0));
    assertFalse(Values.NUMBER.contains(Double.NaN));
    assertFalse(Values.NUMBER.contains(1e60));
    assertFalse(Parameters.POSITIVE.contains(1e-60));
    assertTrue(Values.FRACTION.contains(1.0));
    assertFalse(Values.words("a").contains("b"));
  }
}
