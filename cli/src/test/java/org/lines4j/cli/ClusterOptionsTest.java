package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of clusters where there is none.
class ClusterOptionsTest {
  private static final String MERGE =
      """
      merge_method: ties
      base_model: base
      models: [{model: a}, {model: b}]
      parameters: {density: 0.3, trim_scope: model}
      lines: {alpha: auto, beta: 0.5}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeModels() throws IOException {
    SmallModel base = SmallModel.llama();
    base.folder(folder.resolve("base"));
    base.plus(1).folder(folder.resolve("a"));
    base.plus(2).folder(folder.resolve("b"));
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yml"), text);
  }

  private Path out() {
    return folder.resolve("out");
  }

  @Test
  void aDryRunTellsHowLongAClusterWouldTake() throws IOException {
    Cli told =
        run("merge", recipe(MERGE), out(), "--dry-run", "--cluster-size", 4, "--bandwidth", "1KB");
    assertTrue(told.succeeds().out().contains("waiting for the last"), told.out());
    assertTrue(
        told.err().contains("on a cluster: 4 executors")
            || told.out().contains("on a cluster: 4 executors"),
        told.out() + told.err());
    assertFalse(Files.exists(out()));
  }

  @Test
  void soDoesItsJson() throws IOException {
    Map<String, ?> told =
        run("merge", recipe(MERGE), out(), "--dry-run", "--json", "--cluster-size", 2)
            .succeeds()
            .json();
    @SuppressWarnings("unchecked")
    Map<String, ?> cluster = (Map<String, ?>) Objects.requireNonNull(told.get("cluster"));
    assertEquals(2L, cluster.get("executors"));
    assertEquals(1_000_000_000L, cluster.get("bandwidth"));
    List<String> passes =
        objects(cluster.get("passes")).stream()
            .map(pass -> String.valueOf(pass.get("name")))
            .toList();
    assertTrue(passes.contains("write") && passes.contains("hash"), passes::toString);
  }

  @Test
  void aClusterHasExecutors() throws IOException {
    run("merge", recipe(MERGE), out(), "--dry-run", "--cluster-size", 0)
        .fails(2, "--cluster-size", "1 … 100000", "0");
  }

  /// Nothing is asked for in vain.
  @Test
  void anEstimateTakesADryRunAndABandwidthAnEstimate() throws IOException {
    run("merge", recipe(MERGE), out(), "--dry-run", "--bandwidth", "1GB")
        .fails(2, "--bandwidth", "--cluster-size");
    run("merge", recipe(MERGE), out(), "--cluster-size", 4).fails(2, "--cluster-size", "--dry-run");
    assertFalse(Files.exists(out()));
  }

  @Test
  void withoutItsLibraryThereIsNone() throws IOException {
    run("merge", recipe(MERGE), out(), "--quiet", "--cluster", "spark://127.0.0.1:1")
        .fails(2, "--cluster", "no cluster's library", "launcher");
    assertFalse(Files.exists(out()));
  }

  /// Before the models are looked for.
  @Test
  void stagesAndAdaptersAreMergedByOneMachine() throws IOException {
    String none = MERGE.replace("base_model: base", "base_model: none");
    String stages = "name: first\n" + none + "---\n" + none.replace("model: a", "model: first");
    run("merge", recipe(stages), out(), "--cluster", "spark://h:1")
        .fails(2, "--cluster", "several stages", "one after the other");
    run("merge", recipe(none), out(), "--as", "adapter", "--cluster", "spark://h:1")
        .fails(2, "--cluster", "adapters", "one machine");
    run("merge", recipe(stages), out(), "--dry-run", "--cluster-size", 2)
        .fails(2, "--cluster-size", "several stages");
    run("merge", recipe(none), out(), "--as=adapter", "--dry-run", "--cluster-size", 2)
        .fails(2, "--cluster-size", "adapters");
  }
}
