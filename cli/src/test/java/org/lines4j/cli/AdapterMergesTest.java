package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Methods on singular directions take adapters' updates from their factors: rounding the models
/// that they make adds no directions.
class AdapterMergesTest {
  private static final Path PEFT = Path.of("../core/src/test/resources/peft").toAbsolutePath();
  private static final Path BASE = PEFT.resolve("bases/llama");
  private static final String NAME = "model.layers.1.self_attn.q_proj.weight";
  private static final float LARGER = 4096;

  @TempDir private Path folder;

  /// Twelve bits less are left of each update in the larger model, and would show as directions of
  /// their own.
  @ParameterizedTest
  @ValueSource(strings = {"iso_c", "iso_cts", "tsv_m", "dc_merge", "star", "swudi"})
  void theBaseAddsNothing(String method) throws IOException {
    Path larger = larger();
    float[] update = update(method, BASE);
    float[] found = update(method, larger);
    float ulp = Math.ulp(largest(tensor(larger, NAME)));
    assertTrue(largest(update) > 20 * ulp, "the update is not lost in rounding");
    for (int i = 0; i < update.length; i++) {
      assertEquals(update[i], found[i], 2 * ulp, "element " + i);
    }
  }

  @Test
  void neitherOrderNorThreadsChangeAByte() throws IOException {
    Path out = folder.resolve("out");
    run("merge", recipe("iso_c", BASE, "llama_plain", "llama_rslora"), out, "--quiet").succeeds();
    byte[] merged = Files.readAllBytes(out.resolve("model.safetensors"));
    Path recipe = recipe("iso_c", BASE, "llama_rslora", "llama_plain");
    run("merge", recipe, out, "--quiet", "--force", "--threads=1").succeeds();
    assertEquals(
        ByteBuffer.wrap(merged),
        ByteBuffer.wrap(Files.readAllBytes(out.resolve("model.safetensors"))));
  }

  private float[] update(String method, Path base) throws IOException {
    Path out = folder.resolve("out");
    Path recipe = recipe(method, base, "llama_plain", "llama_rslora");
    run("merge", recipe, out, "--quiet", "--force").succeeds();
    float[] update = tensor(out, NAME);
    float[] before = tensor(base, NAME);
    for (int i = 0; i < update.length; i++) {
      update[i] -= before[i];
    }
    return update;
  }

  private Path recipe(String method, Path base, String one, String other) throws IOException {
    Path adapters = PEFT.resolve("adapters");
    return Files.writeString(
        folder.resolve("recipe.yml"),
        """
        merge_method: %s
        base_model: %s
        models:
        - model: %s
        - model: %s
        dtype: float32
        parameters: {lambda: 1}
        """
            .formatted(method, base, base + "+" + adapters.resolve(one), adapters.resolve(other)));
  }

  /// The base with all its numbers larger, which is exact.
  private Path larger() throws IOException {
    Path larger = Files.createDirectory(folder.resolve("larger"));
    Files.copy(BASE.resolve("config.json"), larger.resolve("config.json"));
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(BASE.resolve("model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int at = Long.BYTES + (int) file.getLong(0); at < file.limit(); at += Float.BYTES) {
      file.putFloat(at, file.getFloat(at) * LARGER);
    }
    Files.write(larger.resolve("model.safetensors"), file.array());
    return larger;
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
