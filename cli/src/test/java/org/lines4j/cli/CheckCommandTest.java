package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir private Path folder;
  private Path base = Path.of("");
  private Path one = Path.of("");
  private Path other = Path.of("");

  @BeforeEach
  void writeModels() throws IOException {
    SmallModel model = SmallModel.llama();
    base = model.file(folder.resolve("base.safetensors"));
    one =
        model.with("model.layers.0.mlp.weight", 1.5f, -0.5f).file(folder.resolve("1.safetensors"));
    other =
        model
            .with("model.layers.0.mlp.weight", 1, -0.25f)
            .with("model.norm.weight", 1, 1.5f)
            .file(folder.resolve("2.safetensors"));
  }

  @Test
  void modelsOfOneBaseAreFit() {
    Cli run = run("check", base, one, other).succeeds();
    assertEquals(
        List.of(
            "stack          layer  |tau1|/|base|  |tau2|/|base|  least cosine    most",
            "(outside)     before              0              0             -       -",
            "model.layers     1/3         0.4472         0.2236        0.0000  0.0000",
            "model.layers     2/3              0              0             -       -",
            "model.layers     3/3              0              0             -       -",
            "(outside)      after              0        0.05973             -       -"),
        run.lines().subList(0, 6));
    assertEquals(
        "These 2 models were tuned from this base and can be edited and merged.",
        run.lines().getLast());
  }

  @Test
  void jsonHoldsTheSame() {
    Map<String, @Nullable Object> json = run("check", base, one, other, "--json").succeeds().json();
    assertEquals(
        List.of("fit", "verdict", "models", "stacks", "layers", "findings"),
        List.copyOf(json.keySet()));
    assertEquals(true, json.get("fit"));
    Map<String, @Nullable Object> layer = objects(json.get("layers")).get(1);
    assertEquals("1/3", layer.get("place"));
    assertEquals(2, ((List<?>) java.util.Objects.requireNonNull(layer.get("relative"))).size());
  }

  @Test
  void whatStandsInTheWayIsToldAndTheExitCodeSaysSo() throws IOException {
    Path broken =
        SmallModel.llama()
            .with("model.norm.weight", Float.NaN, 1)
            .file(folder.resolve("broken.safetensors"));
    Cli run = run("check", base, one, broken);
    assertEquals(3, run.code());
    assertTrue(run.out().contains("problem: " + broken + ": model.norm.weight: of 2 elements"));
    assertTrue(run.lines().getLast().startsWith("These 2 models should not be edited or merged"));
    Cli json = run("check", base, broken, "--json");
    assertEquals(3, json.code());
    Map<String, @Nullable Object> finding = objects(json.json().get("findings")).getFirst();
    assertEquals("problem", finding.get("severity"));
    assertEquals("not_finite", finding.get("kind"));
    assertEquals(broken.toString(), finding.get("model"));
  }

  /// Of what a merge would refuse, in the command line's words.
  @Test
  void whatAMergeRefusesIsTold() throws IOException {
    Path two =
        SmallModel.llama()
            .with("model.layers.0.mlp.weight", 1.5f, -0.5f)
            .with("score.weight", 1, 2)
            .file(folder.resolve("two"));
    Path three =
        SmallModel.llama()
            .with("model.norm.weight", 1, 1.5f)
            .with("score.weight", 1, 2, 3)
            .file(folder.resolve("three"));
    Cli run = run("check", base, two, three);
    assertEquals(3, run.code());
    assertTrue(run.out().contains("; --on-mismatch base or tuned says whose to keep"), run::out);
    assertTrue(
        run.lines().getLast().contains(" can be edited, but not merged as they are: a merge: "),
        run.lines()::getLast);
  }

  @Test
  void wrongRequestsAreReported() {
    run("check", base).fails(2, "TUNED");
    run("check", base, folder.resolve("no")).fails(3, "no: there is no such file or folder");
  }
}
