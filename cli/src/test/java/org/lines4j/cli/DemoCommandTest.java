package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir private Path folder;

  @Test
  void itFitsATerminalAndSaysWhatToTryNext() {
    Cli run = run("demo").succeeds();
    run.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertTrue(run.out().contains(" 1/6 "), run.out());
    assertTrue(run.out().contains("  lines diff BASE TUNED"), run.out());
    assertTrue(run.out().contains("  lines edit --base BASE --tuned TUNED --out "), run.out());
    assertEquals("", run.err());
  }

  @Test
  void everyLayerKeepsItsShareOfTheChange() {
    Map<String, @Nullable Object> json = run("demo", "--json").succeeds().json();
    assertEquals(0.1, json.get("alpha"));
    List<Map<String, @Nullable Object>> layers = objects(json.get("layers"));
    assertEquals(8, layers.size());
    for (Map<String, @Nullable Object> layer : layers) {
      double lambda = (Double) Objects.requireNonNull(layer.get("lambda"));
      double before = norm(layer, "tuned");
      assertTrue(before > 0.1, "fine-tuning moved every layer");
      assertEquals(lambda * before, norm(layer, "edited"), 0.01 * before, "bfloat16 rounds");
    }
    assertTrue(norm(json, "edited") < norm(json, "tuned"));
  }

  @SuppressWarnings("unchecked")
  private static double norm(Map<String, @Nullable Object> place, String model) {
    var figures = (Map<String, @Nullable Object>) Objects.requireNonNull(place.get(model));
    return (Double) Objects.requireNonNull(figures.get("tau_norm"));
  }

  @Test
  void theModelsAreKeptWhereTheUserWantsThem() throws IOException {
    Path kept = folder.resolve("kept");
    Cli run = run("demo", "--out", kept).succeeds();
    assertTrue(run.out().contains(kept.resolve("edited").toString()), run.out());
    run("inspect", kept.resolve("edited")).succeeds();
    Path again = folder.resolve("again.safetensors");
    run("edit", "--base", kept.resolve("base"), "--tuned", kept.resolve("tuned"), "--out", again)
        .succeeds();
    assertArrayEquals(
        Files.readAllBytes(kept.resolve("edited/model.safetensors")), Files.readAllBytes(again));
    run("demo", "--out", kept).fails(2, kept.toString(), "not empty");
    run("demo", "--out", again).fails(2, again.toString(), "is a file");
  }

  @Test
  void temporaryFilesAreCleanedUp() throws IOException {
    Path temporary;
    try (DemoModels models = DemoModels.unpack(null)) {
      temporary = Objects.requireNonNull(models.base().getParent());
      Files.createDirectory(models.edited());
    }
    assertFalse(Files.exists(temporary));
  }

  @Test
  void alphaAndBetaAreTheUsers() {
    Map<String, @Nullable Object> json =
        run("demo", "--json", "--alpha=0.5", "--beta=0").succeeds().json();
    objects(json.get("layers")).forEach(layer -> assertEquals(0.5, layer.get("lambda")));
  }
}
