package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.tune.program.CommandEvaluator;
import org.lines4j.tune.record.JournalLine;

/// A search in a Java process of its own, which its evaluator kills.
@DisabledOnOs(OS.WINDOWS) // the evaluator is a shell script
class KilledSearchTest {
  /// Measures the first number of each layer; kills its parent at some calls, hard.
  private static final String SCRIPT =
      """
      set -eu
      dir=$1
      model=$2
      echo "$model" >> "$dir/calls"
      calls=$(wc -l < "$dir/calls")
      for at in ${KILL_AT-}; do
        if [ "$calls" -eq "$at" ]; then kill -"$SIGNAL" $PPID; exit 1; fi
      done
      n=$(od -An -t u8 -N 8 "$model" | tr -d ' ')
      od -An -v -w16 -t f4 -j $((8 + n)) "$model" | awk '
        NR > 1 && NR < 8 {
          i = NR - 1; l = $1 - 1
          t += i * i * (1 - l) * (1 - l); st += i * i
          c += (7 - i) * (7 - i) * l * l; sc += (7 - i) * (7 - i)
        }
        END { printf "{\\"target\\": %.17g, \\"control\\": %.17g}\\n", 0.9 - 0.7 * t / st, 0.8 - 0.6 * c / sc }'
      """;

  @TempDir private Path folder;

  /// `FOLDER DIR`: searches over the models in the folder, with results in DIR.
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    Path dir = Path.of(args[1]);
    Evaluator command =
        CommandEvaluator.of("sh " + folder.resolve("eval.sh") + " " + folder + " {model}");
    new Searches(folder).edit(command).run(dir, TuneListener.SILENT);
  }

  private int search(Path dir, String killAt, String signal)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath()));
    command.addAll(List.of(KilledSearchTest.class.getName(), folder.toString(), dir.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    builder.environment().put("KILL_AT", killAt);
    builder.environment().put("SIGNAL", signal);
    Process process = builder.start();
    assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the search hangs");
    return process.exitValue();
  }

  private static String classPath() {
    return Stream.of(
            place(KilledSearchTest.class),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""))
        .filter(path -> !path.isEmpty())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElseThrow();
  }

  /// Tests may be patched into the module: then a class does not tell where it came from, but a
  /// file beside it does.
  private static String place(Class<?> type) {
    try {
      String file = type.getName().replace('.', '/') + ".class";
      String path = Path.of(new URI(String.valueOf(type.getResource("/" + file)))).toString();
      return path.substring(0, path.length() - file.length());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void killedThreeTimesAndResumedItFindsTheSame() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("eval.sh"), SCRIPT);
    Path calm = folder.resolve("calm");
    assertEquals(0, search(calm, "", "9"), () -> output());
    int calls = Files.readAllLines(folder.resolve("calls")).size();
    Files.delete(folder.resolve("calls"));

    Path killed = folder.resolve("killed");
    int runs = 0;
    while (search(killed, "2 9 16", "9") != 0) {
      runs++;
      assertTrue(runs <= 3, this::output);
      String left = Files.readString(killed.resolve(".workspace"));
      assertTrue(Files.exists(Path.of(left)), "it was killed while a candidate was there");
      assertWhole(killed.resolve("trials.jsonl"));
    }

    assertEquals(3, runs);
    assertEquals(
        Files.readString(calm.resolve("results.json")),
        Files.readString(killed.resolve("results.json")));
    assertEquals(
        Files.readString(calm.resolve("best.yml")), Files.readString(killed.resolve("best.yml")));
    assertEquals(
        calls + 3, Files.readAllLines(folder.resolve("calls")).size(), "no trial is repeated");
    assertFalse(Files.exists(killed.resolve(".workspace")));
  }

  @Test
  void whatEndsWithTheSearchIsNoFailedTrial() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("eval.sh"), SCRIPT);
    Path stopped = folder.resolve("stopped");

    assertEquals(128 + 15, search(stopped, "4", "TERM"), this::output);

    List<String> trials = Files.readAllLines(stopped.resolve("trials.jsonl"));
    assertEquals(3, trials.size(), trials.toString());
    assertFalse(Files.exists(stopped.resolve(".workspace")), "it cleaned up behind itself");
  }

  private static void assertWhole(Path journal) throws IOException {
    String text = Files.readString(journal);
    assertTrue(text.isEmpty() || text.endsWith("\n"), text);
    text.lines().forEach(line -> assertEquals(line, JournalLine.parse(line).json()));
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
