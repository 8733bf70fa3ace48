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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {
  @TempDir private Path folder;
  private Path base = Path.of("");
  private Path tuned = Path.of("");

  @BeforeEach
  void writeModels() throws IOException {
    SmallModel model =
        SmallModel.flat().with("layers.0.w", 3, 4).with("layers.1.w", 6, 8).with("norm.weight", 1);
    base = model.file(folder.resolve("base.safetensors"));
    tuned =
        model
            .with("layers.0.w", 3, 7)
            .with("layers.1.w", 0, 0)
            .file(folder.resolve("tuned.safetensors"));
  }

  @Test
  void tensorsAndLayersAreCompared() {
    Cli run = run("diff", base, tuned).succeeds();
    List<String> lines = run.lines();
    assertEquals(
        "tensor       stack      layer  |tau|  |tau|/|base|    cosine  sparsity", lines.getFirst());
    assertTrue(
        lines.contains("layers.0.w   layers       1/2  3.000        0.6000  0.971668    0.5000"),
        run.out());
    assertTrue(
        lines.contains("layers           2/2        1  10.00         1.000       NaN         0"),
        run.out());
    assertTrue(lines.getLast().startsWith("(whole model)"), run.out());
    assertEquals("", run.err());
  }

  @Test
  void jsonHoldsTheSameFigures() {
    Map<String, @Nullable Object> json = run("diff", base, tuned, "--json").succeeds().json();
    assertEquals(
        List.of("stacks", "model", "layers", "tensors", "notes", "not_finite", "not_compared"),
        List.copyOf(json.keySet()));
    Map<String, @Nullable Object> second =
        objects(json.get("tensors")).stream()
            .filter(tensor -> "layers.1.w".equals(tensor.get("name")))
            .findAny()
            .orElseThrow();
    assertEquals("layers", second.get("stack"));
    assertEquals(2L, second.get("layer"));
    assertEquals(10.0, second.get("tau_norm"));
    assertEquals(14.0, second.get("tau_l1"));
    assertEquals(1.0, second.get("relative"));
    assertEquals(null, second.get("cosine"), "JSON has no NaN");
    assertEquals(0.0, second.get("sparsity"));
  }

  @Test
  void whatCannotBeComparedIsNamed() throws IOException {
    Path other =
        SmallModel.flat()
            .with("layers.0.w", 1)
            .with("new", 1)
            .file(folder.resolve("o.safetensors"));
    Cli run = run("diff", base, other).succeeds();
    assertTrue(run.err().contains("note: not compared: new, only in tuned"), run.err());
    assertTrue(run.err().contains("layers.0.w, F32 [2] became F32 [1]"), run.err());
    assertTrue(run.err().contains("layers.1.w, norm.weight, only in base"), run.err());
    SmallModel more = SmallModel.flat().with("layers.0.w", 1, 2);
    for (int i = 0; i < 5; i++) {
      more = more.with("mtp." + i, 1);
    }
    Path larger = more.file(folder.resolve("l.safetensors"));
    Cli whole = run("diff", base, larger).succeeds();
    assertTrue(whole.err().contains("mtp.0, mtp.1, mtp.2 and 2 more, only in tuned"), whole.err());
    Path stranger =
        new SmallModel(Map.of("x", new float[] {1})).file(folder.resolve("x.safetensors"));
    run("diff", base, stranger).fails(3, base.toString(), stranger.toString(), "in common");
  }

  /// 0 would say that nothing changed.
  @Test
  void ofALayerThatIsLeftOutNothingIsKnown() throws IOException {
    Path wrong =
        SmallModel.flat()
            .with("layers.0.w", Float.NaN, 4)
            .with("layers.1.w", 6, 8)
            .with("norm.weight", 1)
            .file(folder.resolve("wrong.safetensors"));
    Cli run = run("diff", base, wrong, "--html", folder.resolve("page.html")).succeeds();
    assertTrue(
        run.lines()
            .contains("layers           1/2        1    NaN           NaN       NaN       NaN"),
        run.out());
    assertTrue(run.err().contains("layers.0.w: of 2 elements"), run.err());
    Map<String, @Nullable Object> json = run("diff", base, wrong, "--json").succeeds().json();
    assertEquals(null, objects(json.get("layers")).getFirst().get("tau_norm"));
  }

  @Test
  void aPageIsDrawn() throws IOException {
    Path page = folder.resolve("page.html");
    Cli run = run("diff", base, tuned, "--html", page).succeeds();
    assertTrue(Files.readString(page).contains("layers"));
    assertEquals("drew " + page, run.err().strip());
  }

  /// It would go along with the next output.
  @Test
  void aPageIsNotPutIntoAModel() throws IOException {
    Path model = SmallModel.flat().folder(folder.resolve("model"));
    Path page = model.resolve("page.html");
    run("diff", model, model, "--html", page)
        .fails(2, page + ": lies in the input " + model, "choose another place");
    assertFalse(Files.exists(page));
  }

  @Test
  void aPageNeverReplacesAModel() throws IOException {
    byte[] before = Files.readAllBytes(base);
    run("diff", base, tuned, "--html", base).fails(2, "--html", ".html");
    run("diff", base, tuned, "--html", folder.resolve("no/page.html")).fails(2, "no folder");
    assertFalse(Files.exists(folder.resolve("no")));
    assertEquals(before.length, Files.size(base));
  }

  @Test
  void wrongRequestsAreReported() {
    run("diff", base).fails(2, "'TUNED'");
    run("diff", base, folder.resolve("no")).fails(3, "no: there is no such file or folder");
    run("diff", base, tuned, "--layers=(w)").fails(2, "layer");
    run("diff", base, tuned, "--threads=0").fails(2, "--threads");
  }
}
