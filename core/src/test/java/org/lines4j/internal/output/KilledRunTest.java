package org.lines4j.internal.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.testing.EditProcess;
import org.lines4j.testing.Models;

/// A run that is killed at any moment leaves the old output or the new one, byte for byte, and the
/// next run cleans up after it.
class KilledRunTest {
  private static final int LAYERS = 24;
  private static final int ELEMENTS = 250_000; // 24 MB
  private static final int KILLS = 8; // of runs to a file, and as many of runs to a folder
  private static final Duration ENOUGH = Duration.ofSeconds(7); // for each of the two
  private static final long SEED = 20_241_017;

  @TempDir Path folder;

  @Test
  void anOutputFileIsTheOldOrTheNewOne() throws IOException, InterruptedException {
    Path base = Models.file(folder.resolve("base.safetensors"), LAYERS, ELEMENTS, 1);
    Path tuned = Models.file(folder.resolve("tuned.safetensors"), LAYERS, ELEMENTS, 2);
    killRuns(base, tuned, "out.safetensors");
  }

  @Test
  void anOutputFolderIsTheOldOrTheNewOne() throws IOException, InterruptedException {
    Path base = Models.sharded(folder.resolve("base"), 4, LAYERS * ELEMENTS / 5, 1);
    Path tuned = Models.folder(folder.resolve("tuned"), 1, 1, 2);
    Files.delete(tuned.resolve("model.safetensors"));
    Models.sharded(tuned, 4, LAYERS * ELEMENTS / 5, 2);
    killRuns(base, tuned, "out");
  }

  private void killRuns(Path base, Path tuned, String name)
      throws IOException, InterruptedException {
    Map<String, String> inputs = Map.of("b", hashOf(base), "t", hashOf(tuned));
    Path expected = Files.createDirectory(folder.resolve("expected"));
    List<Map<String, String>> whole =
        List.of(
            expected(base, tuned, expected.resolve(name), 0.1),
            expected(base, tuned, expected.resolve(name), 0.5));
    Path work = Files.createDirectory(folder.resolve("work"));
    Path out = work.resolve(name);
    EditProcess.edit(base, tuned, out, 0.1);
    Random random = new Random(SEED);
    long end = System.nanoTime() + ENOUGH.toNanos();
    int kills = 0;
    int halfWay = 0;
    long usual = runAndKill(base, tuned, out, 1, 0);
    while (kills < KILLS && (System.nanoTime() < end || halfWay == 0)) {
      // in the first run of a process, which is slow, or in its second
      runAndKill(base, tuned, out, random.nextInt(2), random.nextLong(usual * 3 / 2));
      kills++;
      halfWay += Models.names(work).size() > 1 ? 1 : 0;
      assertTrue(whole.contains(Models.content(out)), "neither old nor new after kill " + kills);
    }
    assertTrue(halfWay > 0, "none of " + kills + " kills met a run at work");
    EditProcess.edit(base, tuned, out, 0.5);
    assertEquals(whole.get(1), Models.content(out));
    assertEquals(List.of(name), Models.names(work));
    assertEquals(inputs, Map.of("b", hashOf(base), "t", hashOf(tuned)));
  }

  private static String hashOf(Path model) throws IOException {
    return Models.content(model).toString();
  }

  private static Map<String, String> expected(Path base, Path tuned, Path out, double alpha)
      throws IOException {
    EditProcess.edit(base, tuned, out, alpha);
    return Models.content(out);
  }

  /// Kills a process `nanos` after it has begun its run number `last`, and returns how long the run
  /// before took.
  private static long runAndKill(Path base, Path tuned, Path out, int last, long nanos)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(EditProcess.command(base, tuned, out, 1000))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      long began = System.nanoTime();
      long took = 0;
      for (int run = 0; run <= last; ) {
        String line = String.valueOf(output.readLine());
        if (line.startsWith("run ")) {
          assertEquals("run " + run, line);
          took = System.nanoTime() - began;
          began += took;
          run++;
        } else {
          assertTrue(process.isAlive(), line);
        }
      }
      boolean ended = process.waitFor(nanos, TimeUnit.NANOSECONDS);
      assertTrue(!ended, "a thousand runs should take longer");
      return took;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /// SIGTERM, as Ctrl-C: the run itself cleans up.
  @Test
  void aRunThatIsAskedToStopLeavesNothing() throws IOException, InterruptedException {
    Path base = Models.file(folder.resolve("base.safetensors"), LAYERS, ELEMENTS, 1);
    Path tuned = Models.file(folder.resolve("tuned.safetensors"), LAYERS, ELEMENTS, 2);
    Path work = Files.createDirectory(folder.resolve("work"));
    for (int i = 0; i < 3; i++) {
      Process process =
          new ProcessBuilder(
                  EditProcess.command(base, tuned, work.resolve("out.safetensors"), 1000))
              .redirectErrorStream(true)
              .start();
      try (BufferedReader output = process.inputReader(UTF_8)) {
        assertEquals("run 0", output.readLine());
        Thread.sleep(100 + 50 * i);
        process.destroy();
        process.waitFor();
      }
      List<String> left = Models.names(work);
      assertTrue(left.isEmpty() || left.equals(List.of("out.safetensors")), "left behind: " + left);
    }
  }
}
