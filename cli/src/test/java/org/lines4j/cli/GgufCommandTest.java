package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GGUF models in, a GGUF model out.
class GgufCommandTest {
  private static final Path MODELS = Path.of("../core/src/test/resources/gguf");
  private static final Path BASE = MODELS.resolve("ok/tiny-Q8_0.gguf").toAbsolutePath();
  private static final Path TUNED = MODELS.resolve("edit/tuned-Q8_0.gguf").toAbsolutePath();

  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("out.gguf");
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yml"), text);
  }

  @Test
  void anEditIsWrittenAsItsInputsAreStored() throws IOException {
    run("edit", "--base", BASE, "--tuned", TUNED, "--out", out(), "--quiet").succeeds();
    assertEquals(Files.size(TUNED), Files.size(out()));
    run("inspect", out()).succeeds();
  }

  @Test
  void anOutputThatIsLikeTheBaseMustBeAskedFor() {
    Path base = MODELS.resolve("edit/base-F16.gguf");
    Path tuned = MODELS.resolve("edit/base-hf");
    run("edit", "--base", base, "--tuned", tuned, "--out", out())
        .fails(2, "GGUF files are made of GGUF models", "--on-mismatch base keeps");
  }

  @Test
  void aMergeWithLinesIsTheEditToTheByte() throws IOException {
    run("edit", "--base", BASE, "--tuned", TUNED, "--out", out(), "--quiet").succeeds();
    Path merged = folder.resolve("merged.gguf");
    Path recipe =
        recipe(
            """
            merge_method: task_arithmetic
            base_model: %s
            models: [{model: %s, parameters: {weight: 1}}]
            lines: {alpha: 0.1, beta: 0.9}
            """
                .formatted(BASE, TUNED));
    run("merge", recipe, merged, "--quiet").succeeds();
    assertEquals(-1, Files.mismatch(out(), merged));
  }

  @Test
  void aMergeOfOneModelAloneIsThatModel() throws IOException {
    Path recipe = recipe("merge_method: passthrough\nmodels: [{model: %s}]\n".formatted(TUNED));
    run("merge", recipe, out(), "--quiet").succeeds();
    assertEquals(-1, Files.mismatch(TUNED, out()));
  }

  @Test
  void anAdapterOfAFolderAndAFileTellsWhereTheyDiffer() throws IOException {
    Path hf = Files.createDirectory(folder.resolve("hf"));
    Path stored = MODELS.resolve("edit/base-hf");
    Files.copy(stored.resolve("model.safetensors"), hf.resolve("model.safetensors"));
    Files.writeString(
        hf.resolve("config.json"),
        Files.readString(stored.resolve("config.json")).replace("10000.0", "500000"));
    String said =
        run(
                "extract",
                "--base",
                hf,
                "--tuned",
                TUNED,
                "--rank",
                "2",
                "--out",
                folder.resolve("adapter"))
            .succeeds()
            .err();
    assertTrue(said.contains("rope.freq_base is 10000 there and 500000 here"), said);
  }

  @Test
  void fewerLayersThanTheMetadataCountAreRefused() throws IOException {
    Path recipe =
        recipe(
            """
            merge_method: passthrough
            slices: [{sources: [{model: %s, layer_range: [0, 1]}]}]
            """
                .formatted(TUNED));
    run("merge", recipe, out(), "--quiet").fails(2, "whose metadata a GGUF output keeps");
  }
}
