package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void holesAreFilledWhereverTheyStand() {
    assertEquals(
        "1 and 2 and 1",
        new Template("{{a}} and {{b-c}} and {{a}}").fill(Map.of("a", "1", "b-c", "2")));
  }

  @Test
  void aValueThatLooksLikeAHoleStays() {
    assertEquals(
        "{{b}} $1 \\ 2", new Template("{{a}} {{b}}").fill(Map.of("a", "{{b}} $1 \\", "b", "2")));
  }

  @Test
  void aHoleWithoutAValueIsAnError() {
    Template template = new Template("{{a}}");

    Exception error = assertThrows(RuntimeException.class, () -> template.fill(Map.of("b", "")));

    assertTrue(String.valueOf(error.getMessage()).contains("{{a}}"));
  }

  @Test
  void whatHtmlGivesAMeaningIsEscaped() {
    assertEquals("&lt;a b=&quot;&#39;&amp;amp;&quot;&gt;", Html.escape("<a b=\"'&amp;\">"));
  }
}
