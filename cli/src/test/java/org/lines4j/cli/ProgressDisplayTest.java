package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lines4j.cli.ProgressDisplay.Unit;

/// Progress on a terminal.
class ProgressDisplayTest {
  /// Ends as Ctrl-C ends a run, with the bar half way.
  static final class Ended {
    private Ended() {}

    public static void main(String[] args) {
      ProgressDisplay bar =
          ProgressDisplay.on(
              new PrintWriter(System.err, false, StandardCharsets.UTF_8), Unit.MEGABYTES);
      bar.start("compare", 100_000_000);
      bar.advance(50_000_000);
      System.exit(130);
    }
  }

  @Test
  void aRunThatIsEndedLeavesThePromptALineOfItsOwn() throws IOException, InterruptedException {
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlines4j.terminal=true",
                "-Dlines4j.columns=50",
                "-cp",
                classPath(),
                Ended.class.getName())
            .start();
    String said = new String(run.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    run.waitFor();
    assertTrue(said.contains("compare  50%") && said.endsWith("\n"), said);
  }

  /// Patched into one module, test classes lie beside its main ones, which the path names.
  private static String classPath() {
    Path source =
        Path.of(
            ProgressDisplayTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    return Stream.of(
            source.resolveSibling("test-classes").toString(),
            source.resolveSibling("classes").toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
