package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real browser without a window, where one is installed.
record Browser(Path program, Path profile) {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  /// The browser; the test is skipped, and says so, where there is none.
  ///
  /// @param profile a folder of its own, which need not exist
  static Browser orSkip(Path profile) {
    String path = System.getenv().getOrDefault("PATH", "");
    Path program =
        Arrays.stream(path.split(File.pathSeparator, -1))
            .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(
        program != null, "SKIPPED: no Chromium is installed, so no page was looked at");
    return new Browser(java.util.Objects.requireNonNull(program), profile);
  }

  /// What a page became once its scripts had run.
  ///
  /// @param dom as HTML
  /// @param console what was written there: errors, and whatever scripts log
  record Seen(String dom, List<String> console) {}

  /// Opens a page.
  Seen open(Path page) throws IOException, InterruptedException {
    Path errors = Files.createTempFile("chromium", ".log");
    Path dom = Files.createTempFile("chromium", ".html");
    try {
      run(page, dom, errors, "--dump-dom");
      List<String> console;
      try (Stream<String> lines = Files.lines(errors)) {
        console = lines.filter(line -> line.contains("CONSOLE")).toList();
      }
      return new Seen(Files.readString(dom), console);
    } finally {
      Files.delete(errors);
      Files.delete(dom);
    }
  }

  /// Draws a page into `target/screenshots`, for people to look at.
  Path screenshot(Path page, String name) throws IOException, InterruptedException {
    Path picture = Files.createDirectories(Path.of("target", "screenshots")).resolve(name + ".png");
    Path nowhere = Files.createTempFile("chromium", ".log");
    try {
      run(page, nowhere, nowhere, "--screenshot=" + picture.toAbsolutePath());
    } finally {
      Files.delete(nowhere);
    }
    return picture;
  }

  private void run(Path page, Path out, Path err, String task)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--headless"));
    command.addAll(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"));
    command.addAll(List.of("--disable-background-networking", "--disable-component-update"));
    command.addAll(List.of("--disable-sync", "--user-data-dir=" + profile));
    command.addAll(List.of("--hide-scrollbars", "--window-size=1280,1900"));
    command.addAll(List.of("--virtual-time-budget=3000", "--enable-logging=stderr", task));
    command.add(page.toUri().toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the browser hangs");
      assertEquals(0, process.exitValue(), "the browser failed");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
