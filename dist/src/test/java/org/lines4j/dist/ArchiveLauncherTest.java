package org.lines4j.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// An archive's launcher, with a Java that tells how it was started.
@DisabledOnOs(OS.WINDOWS)
class ArchiveLauncherTest {
  @TempDir private Path archive = Path.of("");

  @BeforeEach
  void unpack() throws IOException {
    Files.createDirectories(archive.resolve("launcher"));
    Files.createDirectories(archive.resolve("app"));
    Files.writeString(archive.resolve("app/lines.aot"), "");
    Files.writeString(archive.resolve("app/version.aot"), "");
    Files.copy(Path.of("../cli/src/main/launcher/start.sh"), archive.resolve("launcher/start.sh"));
    Files.createDirectories(archive.resolve("bin"));
    Files.copy(Path.of("src/main/files/lines"), archive.resolve("bin/lines"));
    java(
        "case \"$*\" in *Parts*) echo \"fetched ${*#*/parts }.jar\" ;; *) printf '%s\\n"
            + "' \"$@\" ;; esac");
  }

  private void java(String script) throws IOException {
    Path java = archive.resolve("runtime/bin/java");
    Files.createDirectories(java.resolveSibling(""));
    Files.writeString(java, "#!/bin/sh\n" + script + "\n");
    assertTrue(java.toFile().setExecutable(true));
  }

  private Process start(String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", archive.resolve("bin/lines").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().keySet().removeIf(name -> name.startsWith("LINES_"));
    return builder.start();
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return said;
  }

  @Test
  void theCacheIsTheCommands() throws Exception {
    assertTrue(run("edit").contains("/app/lines.aot\n-jar\n"));
    assertTrue(run("--version").contains("/app/version.aot\n-jar\n"));
  }

  @Test
  void partsAreFetchedForThoseWhoNeedThem() throws Exception {
    assertTrue(
        run("demo")
            .contains("lines.jar:fetched evaluate lab text.jar\norg.lines4j.cli.Start\ndemo"));
    assertTrue(run("lab", "run").contains("fetched evaluate lab.jar"));
    assertTrue(run("lab", "text").contains("fetched evaluate lab text.jar"));
    assertTrue(run("lab", "icons", "--quick").contains("fetched evaluate lab text.jar"));
    assertTrue(run("inspect", "s3://a/b").contains("fetched s3.jar"));
    assertTrue(run("tune", "--evaluate", "perplexity:x").contains("fetched evaluate.jar"));
  }

  @Test
  void nothingIsFetchedToSayWhatTheLabDoes() throws Exception {
    for (String words :
        List.of("help lab", "help demo", "lab", "lab -h", "lab text --help", "demo --help")) {
      String said = run(words.split(" "));
      assertTrue(said.contains("/parts/lab/lines-lab.jar\n"), said);
      assertFalse(said.contains("fetched"), said);
    }
    assertTrue(run("lab", "run", "--out", "x -h").contains("fetched evaluate lab.jar"));
  }

  @Test
  void nothingRunsWithoutItsParts() throws Exception {
    java("exit 3");
    assertEquals(3, start("demo").waitFor());
  }
}
