package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class AssetsTest {
  @Test
  void thePlotScriptIsEmbedded() throws IOException {
    assertTrue(Assets.plotScript().contains("uPlot"));
  }
}
