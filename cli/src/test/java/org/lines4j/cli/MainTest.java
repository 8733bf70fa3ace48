package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.lines4j.Version;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void versionGoesToStandardOutput() {
    assertEquals(0, run("--version"));
    assertEquals("lines " + Version.current(), out.toString().strip());
    assertEquals("", err.toString());
  }

  @Test
  void anUnknownCommandIsAUsageError() {
    assertEquals(2, run("nonsense"));
    assertEquals("", out.toString());
    assertTrue(err.toString().contains("nonsense"));
  }

  @Test
  void theTestsRunWithTheVectorModule() {
    assertTrue(VectorModule.resolve());
  }
}
