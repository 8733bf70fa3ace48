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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import org.lines4j.conformance.web.S3Server;

/// Commands with models in a store that answers as S3 does, and with outputs in it.
@Timeout(120)
class S3CommandsTest {
  private static final int LAYERS = 4;
  private static final int ROWS = 150;
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");

  @TempDir private Path folder;
  private final S3Server server;

  S3CommandsTest() throws IOException {
    server = S3Server.start("models");
  }

  @BeforeEach
  void begin() throws IOException {
    System.setProperty("aws.endpointUrl", server.address());
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "anybody");
    System.setProperty("aws.secretAccessKey", "secret");
    byte[] config =
        "{\"model_type\": \"llama\", \"num_hidden_layers\": 4}".getBytes(StandardCharsets.UTF_8);
    for (String name : List.of("base", "tuned", "other")) {
      byte[] weights = weights(name.hashCode());
      Path local = Files.createDirectories(folder.resolve(name));
      Files.write(local.resolve("model.safetensors"), weights);
      Files.write(local.resolve("config.json"), config);
      server.put("models", name + "/model.safetensors", weights);
      server.put("models", name + "/config.json", config);
    }
  }

  @AfterEach
  void end() throws IOException {
    PROPERTIES.forEach(System::clearProperty);
    server.close();
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

  private static String lines(int code, Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Stream.of(words).map(String::valueOf).toArray(String[]::new);
    assertEquals(code, Main.run(texts, out, err), err.toString());
    return code == 0 ? out.toString() : err.toString();
  }

  private Path recipe(String before) throws IOException {
    return Files.writeString(
        folder.resolve("recipe.yml"),
        """
        merge_method: ties
        base_model: %1$sbase
        models:
          - model: %1$stuned
          - model: %1$sother
        parameters: {density: 0.5, weight: 1.0}
        """
            .formatted(before));
  }

  private void assertStored(String local, String key) throws IOException {
    assertArrayEquals(
        Files.readAllBytes(folder.resolve(local)),
        server.content("models", key).orElseThrow(),
        key);
  }

  @Test
  void aDryRunFetchesHeadersAlone() throws IOException {
    assertTrue(lines(0, "inspect", "s3://models/base").contains("model.layers.3.w.weight"));
    server.server().reset();
    String _ = lines(0, "merge", recipe("s3://models/"), "s3://models/out", "--dry-run");
    assertTrue(server.server().bytesSent() < 600_000, server.server().bytesSent() + " bytes");
    assertEquals(6, server.keys("models").size());
  }

  @Test
  void aMergeIsTheSameByteForByte() throws IOException {
    String _ = lines(0, "merge", recipe(""), folder.resolve("out"));
    Path recipe = recipe("s3://models/");
    String _ = lines(0, "merge", recipe, "s3://models/to/out");
    assertStored("out/model.safetensors", "to/out/model.safetensors");
    assertStored("out/config.json", "to/out/config.json");
    assertTrue(lines(2, "merge", recipe, "s3://models/to/out").contains("--force replaces it"));
    server.put("models", "to/out/old.txt", new byte[1]);
    String _ = lines(0, "merge", recipe, "s3://models/to/out", "--force");
    assertEquals(3, server.keys("models").stream().filter(key -> key.startsWith("to/")).count());
  }

  @Test
  void anEditIsTheSameByteForByte() throws IOException {
    for (String file : List.of("out.safetensors", "out.pt")) {
      Object[] local = {
        "edit", "--base", folder.resolve("base"), "--tuned", folder.resolve("tuned"), "--out"
      };
      String _ =
          lines(0, Stream.concat(Stream.of(local), Stream.of(folder.resolve(file))).toArray());
      String _ =
          lines(
              0,
              "edit",
              "--base",
              "s3://models/base",
              "--tuned",
              "s3://models/tuned/model.safetensors",
              "--out",
              "s3://models/" + file);
      assertStored(file, file);
    }
    assertEquals(List.of(), server.uploads());
  }

  @Test
  void whatIsMissingIsTold() {
    assertTrue(lines(3, "inspect", "s3://nowhere/base").contains("there is no bucket 'nowhere'"));
    assertTrue(lines(3, "inspect", "s3://models/none").contains("s3://models/none"));
    assertTrue(
        lines(
                2,
                "edit",
                "--base",
                "s3://models/base",
                "--tuned",
                "s3://models/tuned",
                "--out",
                "s3://models/base/x")
            .contains("lies in the input"));
  }
}
