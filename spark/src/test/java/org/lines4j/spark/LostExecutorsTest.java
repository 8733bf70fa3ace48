package org.lines4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lines4j.spark.hadoop.TestHdfs;
import org.lines4j.storage.Location;

/// Executors and drivers that die cost their work and nothing else: the bytes stay the same.
@Tag("slow")
class LostExecutorsTest extends OnTwoExecutors {
  /// Kills an executor after the first tasks of every pass.
  private static final class Killer extends SparkListener {
    private final int times;
    private final Map<Integer, Integer> byStage = new TreeMap<>();

    /// @param times how many executors of each pass die, one after the other
    Killer(int times) {
      this.times = times;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskInfo().successful()
          && killed(end.stageId()) < times
          && cluster.killAnExecutor()) {
        byStage.merge(end.stageId(), 1, Integer::sum);
      }
    }

    private int killed(int stage) {
      return byStage.getOrDefault(stage, 0);
    }

    /// How many passes have lost as many.
    synchronized long passes() {
      return byStage.values().stream().filter(killed -> killed == times).count();
    }
  }

  @Test
  void executorsThatDieTwiceInEachPass() throws IOException {
    Killer killer = new Killer(2);
    context.sc().addSparkListener(killer);
    try {
      merge(ties(), "out");
    } finally {
      context.sc().removeSparkListener(killer);
    }
    assertTrue(killer.passes() >= 3, "executors were killed in passes: " + killer.byStage);
  }

  /// From a store to the same store: parts of a file come from both executors, whose shares end
  /// anywhere in them.
  @Test
  void executorsThatDieWhileTheyWriteIntoAStore() throws IOException {
    for (String name : List.of("base", "a", "b", "c")) {
      for (String file : names(models.resolve(name))) {
        store.put(
            BUCKET, name + "/" + file, Files.readAllBytes(models.resolve(name).resolve(file)));
      }
    }
    Path recipe = tiesOf("s3://models");
    for (String out : List.of("out", "out.pt")) {
      mergeWhileExecutorsDie(recipe, out, "s3://models/there/");
      assertStored(outputs.resolve("here").resolve(out), "there/" + out);
    }
    assertEquals(List.of(), store.uploads());
    assertTrue(store.keys(BUCKET).stream().noneMatch(key -> key.contains("lines-partial")));
  }

  @Test
  void executorsThatDieWhileTheyWriteIntoHdfs() throws IOException {
    try (TestHdfs hdfs = TestHdfs.start(outputs.resolve("hdfs"))) {
      for (String name : List.of("base", "a", "b", "c")) {
        for (String file : names(models.resolve(name))) {
          hdfs.put(
              Location.parse(hdfs.address() + "/models/" + name + "/" + file),
              Files.readAllBytes(models.resolve(name).resolve(file)));
        }
      }
      Path recipe = tiesOf(hdfs.address() + "/models");
      for (String out : List.of("out", "out.pt")) {
        mergeWhileExecutorsDie(recipe, out, hdfs.address() + "/there/");
        hdfs.get(hdfs.address() + "/there/" + out, outputs.resolve("there/" + out));
      }
      assertSame("out");
      assertArrayEquals(
          Files.readAllBytes(outputs.resolve("here/out.pt")),
          Files.readAllBytes(outputs.resolve("there/out.pt")));
      assertEquals(List.of("out", "out.pt"), hdfs.names("/there"), "and nothing else");
    }
  }

  /// The recipe, with models elsewhere.
  private Path tiesOf(String folder) throws IOException {
    return Files.writeString(
        outputs.resolve("store.yml"),
        Files.readString(ties())
            .replaceAll("(base_model|model): (base|[abc])\n", "$1: " + folder + "/$2\n"));
  }

  private void mergeWhileExecutorsDie(Path recipe, String out, String there) throws IOException {
    List<String> words = List.of("merge", recipe.toString());
    run(with(words, place("here", out)));
    Killer killer = new Killer(1);
    context.sc().addSparkListener(killer);
    try {
      run(with(words, there + out, "--cluster", SparkClusters.SUBMITTED));
    } finally {
      context.sc().removeSparkListener(killer);
    }
    assertTrue(killer.passes() >= 3, "executors were killed in passes: " + killer.byStage);
  }

  private static void assertStored(Path here, String there) throws IOException {
    if (Files.isRegularFile(here)) {
      assertArrayEquals(Files.readAllBytes(here), store.content(BUCKET, there).orElseThrow());
      return;
    }
    for (String name : names(here)) {
      assertArrayEquals(
          Files.readAllBytes(here.resolve(name)),
          store.content(BUCKET, there + "/" + name).orElseThrow(),
          name);
    }
  }

  @Test
  void aDriverThatDiesLeavesNothingAndTheNextRunClearsUp()
      throws IOException, InterruptedException {
    List<String> words = List.of("merge", ties().toString());
    run(with(words, place("here", "out")));
    List<String> there = new ArrayList<>(words);
    there.add(place("there", "out"));
    Path left = outputs.resolve("there/.out.lines-partial/parts");
    context.close(); // for there are but two cores to have
    File log = outputs.resolve("log").toFile();
    Process driver = cluster.driver(there).redirectErrorStream(true).redirectOutput(log).start();
    while (driver.isAlive() && !Files.exists(left)) {
      Thread.sleep(5);
    }
    assertTrue(Files.exists(left), () -> text(log.toPath()));
    driver.destroyForcibly().waitFor();
    assertFalse(Files.exists(outputs.resolve("there/out")), "nothing is published");
    assertTrue(Files.exists(left), "and something is left");
    context = cluster.connect();
    there.addAll(List.of("--cluster", SparkClusters.SUBMITTED));
    run(there.toArray(String[]::new));
    assertSame("out");
    assertFalse(Files.exists(outputs.resolve("there/.out.lines-partial")));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
