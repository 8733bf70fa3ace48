package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.plan.Version;

class MainTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void versionGoesToStandardOutput(String option) {
    Cli run = run(option).succeeds();
    assertEquals("lines " + Version.current(), run.out().strip());
    assertEquals("", run.err());
  }

  @Test
  void withoutACommandTheHelpIsShownAsAnError() {
    Cli run = run();
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertEquals(run("--help").out(), run.err());
  }

  @Test
  void anUnknownCommandIsAUsageErrorThatNamesTheNearest() {
    run("nonsense").fails(2, "unknown command 'nonsense'\nTry 'lines --help'.");
    run("edits").fails(2, "unknown command 'edits'; did you mean 'edit'?");
    run("help", "ispect").fails(2, "unknown command 'ispect'; did you mean 'inspect'?");
  }

  @Test
  void anUnknownOptionIsAUsageErrorThatNamesTheNearest() {
    run("edit", "--alfa=0.1").fails(2, "unknown option '--alfa'; did you mean '--alpha'?");
    run("edit", "--dryrun").fails(2, "'--dryrun'; did you mean '--dry-run'?", "lines edit --help");
    run("inspect", "--jsn", "x").fails(2, "unknown option '--jsn'; did you mean '--json'?");
    run("--verson").fails(2, "unknown option '--verson'; did you mean '--version'?");
  }

  @Test
  void missingAndRepeatedOptionsAreUsageErrors() {
    run("edit").fails(2, "missing required options", "--base=PATH", "--tuned=PATH", "--out=PATH");
    run("edit", "--base").fails(2, "--base", "PATH");
    run("edit", "--base", "a", "--base", "b").fails(2, "--base", "only once");
  }

  @Test
  void aStackTraceIsOnlyForDebugging() {
    Path nowhere = folder.resolve("nowhere");
    assertFalse(run("inspect", nowhere).showsStackTrace());
    Cli debug = run("inspect", nowhere, "--debug");
    assertEquals(3, debug.code());
    assertTrue(debug.showsStackTrace(), debug.err());
    assertEquals("", debug.out());
    assertTrue(run("edit", "--debug").err().contains("MissingParameterException"));
  }

  @Test
  void whatIsNoPathIsSaidPlainly() {
    run("inspect", "a\0b").fails(2, "is no path: Nul character not allowed");
  }

  @Test
  void aLocaleThatCannotNameAPathIsTold() {
    String before = String.valueOf(System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968"));
    try {
      run("inspect", "\u00fc\0").fails(2, "set LC_ALL=C.UTF-8");
    } finally {
      System.setProperty("sun.jnu.encoding", before);
    }
  }

  @Test
  void numbersLookTheSameInEveryCountry() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("m.safetensors"));
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.GERMANY);
    try {
      Cli run =
          run("edit", "--base", model, "--tuned", model, "--out", folder.resolve("o"), "--dry-run");
      assertTrue(run.succeeds().out().contains("0.1000"), run.out());
      assertFalse(run.out().contains("0,1000"));
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @Test
  void theTestsRunWithTheVectorModule() {
    assertTrue(VectorModule.resolve());
  }
}
