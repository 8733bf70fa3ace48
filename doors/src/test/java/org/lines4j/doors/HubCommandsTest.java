package org.lines4j.doors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.HubServer;
import org.lines4j.conformance.web.WebServer;

/// Every command, with models of a server that answers as the Hub does, in place of paths.
@Timeout(120)
class HubCommandsTest {
  private static final int LAYERS = 4;
  private static final int ROWS = 150;
  private static final String ENDPOINT = "HF_ENDPOINT";
  private static final String CACHE = "HF_HUB_CACHE";
  private static final String OFFLINE = "HF_HUB_OFFLINE";

  @TempDir private Path folder;
  private final HubServer server;

  HubCommandsTest() throws IOException {
    server = HubServer.start();
  }

  @BeforeEach
  void begin() throws IOException {
    System.setProperty(ENDPOINT, server.address());
    System.setProperty(CACHE, folder.resolve("cache").toString());
    System.setProperty(OFFLINE, "0");
    for (String name : new String[] {"base", "tuned", "other"}) {
      Map<String, Content> files = new TreeMap<>();
      byte[] weights = weights(name.hashCode());
      files.put("model.safetensors", Content.of(weights));
      files.put("config.json", text("{\"model_type\": \"llama\", \"num_hidden_layers\": 4}"));
      server.commit("acme/" + name, files);
      Path local = Files.createDirectories(folder.resolve(name));
      Files.write(local.resolve("model.safetensors"), weights);
      Files.writeString(
          local.resolve("config.json"), "{\"model_type\": \"llama\", \"num_hidden_layers\": 4}");
    }
  }

  @AfterEach
  void end() throws IOException {
    System.clearProperty(ENDPOINT);
    System.clearProperty(CACHE);
    System.clearProperty(OFFLINE);
    server.close();
  }

  private static Content text(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] weights(long seed) {
    StringBuilder json = new StringBuilder("{");
    int size = ROWS * ROWS * 4;
    for (int i = 0; i < LAYERS; i++) {
      json.append(i == 0 ? "" : ",")
          .append(
              "\"model.layers.%d.w.weight\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                  .formatted(i, ROWS, ROWS, i * size, (i + 1) * size));
    }
    byte[] header = json.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + LAYERS * size).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    Random random = new Random(seed);
    while (file.hasRemaining()) {
      file.putFloat(random.nextFloat() - 0.5f);
    }
    return file.array();
  }

  private static String lines(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertEquals(0, Main.run(strings(words), out, err), err.toString());
    return out.toString();
  }

  private static String failing(int code, Object... words) {
    StringWriter err = new StringWriter();
    assertEquals(code, Main.run(strings(words), new StringWriter(), err), err.toString());
    return err.toString();
  }

  private static String[] strings(Object... words) {
    return Stream.of(words).map(String::valueOf).toArray(String[]::new);
  }

  private byte[] written(String out) throws IOException {
    return Files.readAllBytes(folder.resolve(out).resolve("model.safetensors"));
  }

  private Path recipe(String before) throws IOException {
    Path recipe = folder.resolve("recipe.yml");
    Files.writeString(
        recipe,
        """
        merge_method: ties
        base_model: %1$sbase
        models:
          - model: %1$stuned
          - model: %1$sother
        parameters: {density: 0.5, weight: 1.0}
        """
            .formatted(before));
    return recipe;
  }

  private boolean cacheHoldsWeights() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      return files.anyMatch(file -> file.toFile().isFile() && file.toFile().length() > 100_000);
    }
  }

  @Test
  void inspectAndDryRunsFetchHeadersAlone() throws IOException {
    assertTrue(lines("inspect", "acme/base").contains("model.layers.3.w.weight"));
    String plan =
        lines(
            "edit",
            "--base",
            "acme/base",
            "--tuned",
            "acme/tuned",
            "--out",
            folder.resolve("x"),
            "--dry-run",
            "--json");
    assertTrue(plan.contains("\"bytes_to_download\":" + 2 * weights(1).length), plan);
    String _ = lines("merge", recipe("acme/"), folder.resolve("y"), "--dry-run");
    assertTrue(!cacheHoldsWeights());
  }

  @Test
  void anEditIsTheSameByteForByte() throws IOException {
    edit(folder.resolve("base"), folder.resolve("tuned"), "local");
    edit("acme/base", "acme/tuned", "streamed", "--no-cache");
    assertTrue(!cacheHoldsWeights());
    edit("acme/base", "hf://acme/tuned@main", "downloaded");
    assertTrue(cacheHoldsWeights());
    System.setProperty(OFFLINE, "1");
    edit("acme/base", "acme/tuned", "cached");
    for (String out : new String[] {"streamed", "downloaded", "cached"}) {
      assertArrayEquals(written("local"), written(out), out);
    }
  }

  private void edit(Object base, Object tuned, String out, String... more) {
    String[] words =
        Stream.concat(
                Stream.of("edit", "--base", base, "--tuned", tuned, "--out", folder.resolve(out))
                    .map(String::valueOf),
                Stream.of(more))
            .toArray(String[]::new);
    String _ = lines((Object[]) words);
  }

  @Test
  void aMergeIsTheSameByteForByte() throws IOException {
    String _ = lines("merge", recipe(""), folder.resolve("local"));
    String _ = lines("merge", recipe("acme/"), folder.resolve("streamed"), "--no-cache");
    String _ = lines("merge", recipe("hf://acme/"), folder.resolve("downloaded"));
    assertArrayEquals(written("local"), written("streamed"));
    assertArrayEquals(written("local"), written("downloaded"));
  }

  @Test
  void aDiffIsTheSame() {
    assertEquals(
        lines("diff", folder.resolve("base"), folder.resolve("tuned")),
        lines("diff", "acme/base", "acme/tuned"));
  }

  @Test
  void aFileOfAWebServerIsAModel() throws IOException {
    try (WebServer web =
        WebServer.start(
            request ->
                Answer.file(
                    request, Content.of(folder.resolve(request.path().substring(1))), "1"))) {
      edit(folder.resolve("base"), folder.resolve("tuned"), "local");
      edit(
          web.address() + "/base/model.safetensors",
          web.address() + "/tuned/model.safetensors",
          "web");
      assertArrayEquals(written("local"), written("web"));
    }
  }

  /// The base of most pipelines is on the Hub, what was tuned of it here.
  @Test
  void theCommandForPartsTakesABaseOfTheHub() throws IOException {
    byte[] weights = weights(1);
    server.commit(
        "acme/pipe",
        Map.of(
            "model_index.json", text("{}"),
            "unet/diffusion_pytorch_model.safetensors", Content.of(weights),
            "vae/diffusion_pytorch_model.safetensors", Content.of(weights)));
    Path tuned = folder.resolve("pipe");
    Files.createDirectories(tuned.resolve("unet"));
    Files.writeString(tuned.resolve("model_index.json"), "{}");
    Files.write(tuned.resolve("unet/diffusion_pytorch_model.safetensors"), weights);
    Path out = folder.resolve("o");
    String refusal = failing(3, "edit", "--base", "acme/pipe", "--tuned", tuned, "--out", out);
    assertTrue(
        refusal.contains("for part in unet; do lines edit --force --base hf://acme/pipe/$part"),
        refusal);
  }

  @Test
  void whatIsMissingIsAnInputThatIsWrong() {
    assertTrue(
        failing(3, "inspect", "acme/none")
            .contains("lines: hf://acme/none: there is no such model"));
    System.setProperty(OFFLINE, "1");
    assertTrue(failing(3, "inspect", "acme/none").contains("HF_HUB_OFFLINE"));
  }

  @Test
  void nothingIsWrittenToTheHub() {
    assertTrue(
        failing(2, "edit", "--base", "acme/base", "--tuned", "acme/tuned", "--out", "hf://acme/out")
            .contains("read, not written"));
  }

  /// What was chosen is merged from anywhere; what measures models finds them on this machine.
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSearchTakesModelsOfTheHub() throws IOException {
    Path program = folder.resolve("measure.sh");
    Files.writeString(program, "test -f $1/config.json && echo '{\"acc\": 0.5}'\n");
    String evaluate = "sh %s {model}".formatted(program);
    Path one = folder.resolve("one");
    Path several = folder.resolve("several");
    Object[] search = {"--evaluate", evaluate, "--target", "acc", "--budget", "3", "--quiet"};
    lines(words(search, "tune", "--base", "acme/base", "--tuned", "acme/tuned", "--out", one));
    lines(words(search, "tune", recipe("acme/"), "--out", several));
    for (Path out : List.of(one, several)) {
      String chosen = Files.readString(out.resolve("best.yml"));
      assertTrue(chosen.contains("base_model: \"hf://acme/base\""), chosen);
      assertTrue(chosen.contains("model: \"hf://acme/tuned\""), chosen);
      lines("merge", out.resolve("best.yml"), out.resolve("made"), "--quiet");
    }
  }

  private static Object[] words(Object[] last, Object... first) {
    return Stream.concat(Stream.of(first), Stream.of(last)).toArray();
  }
}
