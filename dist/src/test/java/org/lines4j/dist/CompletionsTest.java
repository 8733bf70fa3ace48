package org.lines4j.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
  @TempDir private Path image = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Completions.write(image);
  }

  @ParameterizedTest
  @CsvSource({"bash, lines.bash", "zsh, _lines", "fish, lines.fish"})
  void theShellReadsThem(String shell, String name) throws Exception {
    assumeTrue(isInstalled(shell), shell + " is not installed");
    assertEquals("", said(shell, "-n", script(name).toString()));
  }

  @Test
  void fishOffersCommandsOptionsAndValues() throws Exception {
    assumeTrue(isInstalled("fish"), "fish is not installed");
    assertTrue(completed("lines ed").startsWith("edit\tScale each layer"));
    assertTrue(completed("lines edit --alp").startsWith("--alpha\tLambda of the first layer"));
    assertTrue(completed("lines edit --profile ste").startsWith("step"));
    assertTrue(completed("lines methods tie").startsWith("ties"));
    assertTrue(completed("lines lab te").startsWith("text\tFine-tune"));
    assertTrue(completed("lines lab text --rat").startsWith("--rates\t"));
    assertEquals("", completed("lines lab text --mod"));
    assertEquals("", completed("lines lab text pap"));
  }

  @Test
  void zshOffersCommandsOptionsAndValues() throws Exception {
    assumeTrue(isInstalled("zsh"), "zsh is not installed");
    assertTrue(offered("lines").contains("edit:Scale each layer"));
    assertTrue(offered("lines edit").contains("--alpha[Lambda of the first layer"));
    assertTrue(offered("lines methods").contains(" ties "));
    assertTrue(offered("lines lab").contains("text:Fine-tune"));
    assertTrue(offered("lines lab text").contains("--rates["));
  }

  /// What zsh would choose from behind some words, with its own helpers replaced by such that tell
  /// what they are given.
  private String offered(String words) throws Exception {
    return said(
        "zsh",
        "-fc",
        """
        _describe() { print -l ${(P)2} }
        _arguments() { print -l -- "$@" }
        words=(%s ''); CURRENT=$#words
        . %s
        """
            .formatted(words, script("_lines")));
  }

  private String completed(String line) throws Exception {
    return said(
        "fish",
        "--no-config",
        "-c",
        "source %s; complete -C '%s'".formatted(script("lines.fish"), line));
  }

  private Path script(String name) {
    return image.resolve("share/completions").resolve(name);
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private String said(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
    builder.environment().put("HOME", image.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
