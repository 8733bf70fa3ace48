package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lines4j.error.Version;

class TunePageTest {
  private static final String HOSTILE = "</script><script>alert(1)</script><!-- {{page}}";

  @Test
  void theDataAreTheResults() {
    PageReader page = new PageReader(TunePage.html("{\"format\": \"x\", \"trials\": [[1, 2.5]]}"));

    assertEquals("x", page.data().get("format"));
    assertEquals(List.of(List.of(1L, 2.5)), page.rows("trials"));
  }

  @Test
  void textsCannotLeaveTheirScript() {
    PageReader page = new PageReader(TunePage.html("{\"evaluator\": \"" + HOSTILE + "\"}"));

    assertFalse(page.dataText().contains("<"), page.dataText());
    assertEquals(HOSTILE, page.data().get("evaluator"));
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    List<String> references =
        Pattern.compile(
                "(?:src|href|action|data)\\s*=\\s*[\"'][^\"']*|@import|url\\(|<link|<iframe")
            .matcher(TunePage.html("{}"))
            .results()
            .map(found -> found.group())
            .toList();

    assertEquals(List.of("href=\"https://arxiv.org/abs/2410.17146"), references);
    assertTrue(TunePage.html("{}").contains("default-src 'none'"));
  }

  @Test
  void theVersionIsNamed() {
    assertTrue(TunePage.html("{}").contains("LiNeS for Java " + Version.current()));
  }
}
