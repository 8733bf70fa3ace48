package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "edit",
        "merge",
        "methods",
        "inspect",
        "diff",
        "check",
        "convert",
        "extract",
        "tune",
        "report",
        "help",
        "generate-completion"
      })
  void everyCommandExplainsItself(String command) {
    Cli help = run("help", command).succeeds();
    assertEquals("", help.err());
    assertEquals(help.out(), run(command, "--help").succeeds().out());
    assertEquals(help.out(), run(command, "-h").succeeds().out());
    assertTrue(help.lines().getFirst().endsWith("."), help.out());
    assertTrue(help.out().contains("Usage: lines " + command), help.out());
    assertTrue(help.out().contains("Show this help and exit."), help.out());
    assertReadable(help);
  }

  @Test
  void theMainHelpNamesEveryCommandAndTheExitCodes() {
    Cli help = run("--help").succeeds();
    assertEquals(help.out(), run("help").succeeds().out());
    for (String word :
        List.of(
            "edit",
            "merge",
            "methods",
            "inspect",
            "diff",
            "convert",
            "extract",
            "tune",
            "report",
            "demo",
            "generate-completion",
            "2 the")) {
      assertTrue(help.out().contains(word), help.out());
    }
    assertReadable(help);
  }

  @Test
  void helpOfWhatIsNoCommandOfACommandIsAnError() {
    run("merge", "a.yml", "--out", "b")
        .fails(2, "unknown option '--out'; OUT is given without it: lines merge RECIPE OUT");
    run("help", "edit", "train").fails(2, "unexpected argument 'train'");
    run("help", "edit", "help", "x").fails(2, "unexpected argument 'help'");
  }

  /// A terminal's colours would be escaped as text from outside is, and stand in every line.
  @Test
  void aTerminalShowsWhatAFileGets() {
    Cli main = run("help");
    Cli edit = run("help", "edit");
    Cli wrong = run("edit", "--basis", "x");
    String before = System.getProperty("picocli.ansi", "");
    try {
      System.setProperty("picocli.ansi", "true"); // what picocli finds by itself on a terminal
      assertEquals(main.out(), run("help").succeeds().out());
      assertEquals(edit.out(), run("help", "edit").succeeds().out());
      assertEquals(edit.out(), run("edit", "--help").succeeds().out());
      assertEquals(wrong.err(), run("edit", "--basis", "x").err());
    } finally {
      System.setProperty("picocli.ansi", before);
    }
  }

  /// 80 columns, plain characters, no two blank lines together, no word cut before its dot.
  private static void assertReadable(Cli help) {
    List<String> lines = help.lines();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      assertTrue(line.length() <= 80, line);
      assertTrue(line.chars().allMatch(c -> c < 128), line);
      assertFalse(line.endsWith(" ."), line);
      assertFalse(i > 0 && line.isBlank() && lines.get(i - 1).isBlank(), help.out());
    }
  }

  @Test
  void theLinesOfADescriptionStandBelowEachOther() {
    for (String command : List.of("edit", "merge", "tune")) {
      List<String> lines = run("help", command).lines();
      int options = lines.indexOf("Options:");
      assertTrue(options > 0, command);
      List<Integer> columns =
          lines.stream()
              .skip(options)
              .takeWhile(line -> !line.isBlank() || line.equals("Options:"))
              .filter(line -> line.startsWith("                    "))
              .map(line -> line.length() - line.stripLeading().length())
              .distinct()
              .toList();
      assertEquals(1, columns.size(), command + " " + columns);
    }
  }

  @Test
  void noLineIsBrokenTwice() {
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      for (String[] lines :
          List.of(spec.usageMessage().description(), spec.usageMessage().footer())) {
        for (String text : lines) {
          for (String line : text.formatted().split("\n", -1)) {
            assertTrue(line.length() < 80, () -> "longer than a line of help: " + line);
          }
        }
      }
      for (OptionSpec option : spec.options()) {
        assertTrue(
            option.description().length <= 1, () -> option.longestName() + " is broken by hand");
      }
    }
  }

  @Test
  void theHelpOfEditNamesDefaultsAndValues() {
    String help = run("help", "edit").out().replaceAll("\\s+", " ");
    for (String text :
        List.of(
            "(default 0.1)",
            "(default 1 - alpha)",
            "joined, separate, decoder-only",
            "base, float32, float16, bfloat16",
            "--dry-run")) {
      assertTrue(help.contains(text), text);
    }
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    Path bash = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.isExecutable(bash));
    Path script = folder.resolve("completion.bash");
    Files.writeString(script, run("generate-completion").succeeds().out());
    assertTrue(completed(script, "lines ed").contains("edit"));
    assertTrue(completed(script, "lines edit --al").contains("--alpha"));
    assertTrue(completed(script, "lines edit --stacks dec").contains("decoder-only"));
    assertTrue(completed(script, "lines edit --outside ").contains("depth"));
    assertTrue(completed(script, "lines methods ti").contains("ties"));
    assertTrue(completed(script, "lines tune --methods ti").contains("ties"));
    List<String> shapes = completed(script, "lines tune --profiles ");
    assertTrue(shapes.containsAll(List.of("reverse", "quadratic", "sqrt", "step")));
    assertTrue(completed(script, "lines help me").contains("merge"));
    assertTrue(completed(script, "lines de").contains("demo"));
    assertTrue(completed(script, "lines demo --te").contains("--texts"));
    assertTrue(completed(script, "lines lab t").contains("train"));
    for (String beginning : List.of("lines edit --base ", "lines inspect ", "lines merge x.yml ")) {
      assertTrue(completed(script, beginning + script).contains(script.toString()), beginning);
    }
  }

  private static List<String> completed(Path script, String line)
      throws IOException, InterruptedException {
    String program =
        """
        . "$1"; COMP_LINE=$2; read -ra COMP_WORDS <<<"$2"
        case $2 in *" ") COMP_WORDS+=("") ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_POINT=${#COMP_LINE}
        _complete_lines; printf '%s\\n' "${COMPREPLY[@]}"
        """;
    Process process =
        new ProcessBuilder("/bin/bash", "-c", program, "bash", script.toString(), line)
            .redirectErrorStream(true)
            .start();
    List<String> words = process.inputReader().readAllLines();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    return words.stream().map(String::strip).toList();
  }
}
