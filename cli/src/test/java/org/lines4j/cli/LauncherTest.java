package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher in a source tree of nothing, with a JDK that tells how it was started.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeTree() throws IOException {
    Files.copy(Path.of("..", "lines"), folder.resolve("lines"));
    Path start = Path.of("cli/src/main/launcher/start.sh");
    Files.createDirectories(folder.resolve(start).resolveSibling(""));
    Files.copy(Path.of("..").resolve(start), folder.resolve(start));
    Files.writeString(folder.resolve("pom.xml"), "");
    executable("jdk/bin/javac", "exit 1");
    String failsToLayOut = "case $* in *LaunchFolder*) exit 1 ;; esac; ";
    executable("jdk/bin/java", failsToLayOut + "umask; echo \"$LC_ALL\"; printf '%s\\n' \"$@\"");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
  }

  private void executable(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private void isBuilt() throws IOException {
    Path stamp = folder.resolve("cli/target/app/stamp");
    Files.createDirectories(stamp.resolveSibling(""));
    Files.writeString(stamp, "");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));
  }

  private List<String> start(String umask, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "umask " + umask + "; exec sh ./lines edit x")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.matches("LC_.*|LANG|LINES_.*"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.lines().toList();
  }

  @Test
  void theUsersMaskRulesWhoMayReadOutputs() throws IOException, InterruptedException {
    isBuilt();
    assertEquals("0077", start("077", Map.of()).getFirst());
  }

  @Test
  void theUsersMaskRulesAfterABuildToo() throws IOException, InterruptedException {
    executable("mvnw", "mkdir -p cli/target/quick/lib; : >cli/target/quick/lines.jar");
    assertEquals("0027", start("027", Map.of()).getFirst());
    assertTrue(Files.isRegularFile(folder.resolve("cli/target/app/lines.jar")));
  }

  @Test
  void whereTheLocaleIsAsciiPathsAreUtf8() throws IOException, InterruptedException {
    assumeTrue(hasLocale(), "needs the locale C.UTF-8");
    isBuilt();
    assertEquals("C.UTF-8", start("022", Map.of()).get(1));
    assertEquals("C.UTF-8", start("022", Map.of("LC_ALL", "C")).get(1));
    assertEquals("C.UTF-8", start("022", Map.of("LANG", "xx_XX.UTF-8")).get(1), "not installed");
    assertEquals("", start("022", Map.of("LANG", "C.UTF-8")).get(1), "left alone");
  }

  private static boolean hasLocale() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "locale charmap");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 && out.strip().equals("UTF-8");
  }
}
