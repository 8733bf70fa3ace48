package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AssetsTest {
  @Test
  void thePlottingLibraryIsEmbedded() {
    assertTrue(Assets.plotScript().contains("uPlot (v1.6.30)"));
    assertTrue(Assets.plotScript().contains("Permission is hereby granted"));
    assertFalse(Assets.plotScript().contains("</script"));
    assertTrue(Assets.plotStyle().contains(".uplot"));
  }

  @Test
  void aMissingFileIsNamed() {
    Exception error = assertThrows(RuntimeException.class, () -> Assets.own("no.js"));

    assertTrue(String.valueOf(error.getMessage()).startsWith("no.js"));
  }
}
