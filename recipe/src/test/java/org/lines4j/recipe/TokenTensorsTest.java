package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;

/// Which tensors have a row for each token, on numbers that a person can follow: `left` knows a and
/// b, `right` knows b and c, and counts from the end.
class TokenTensorsTest {
  private static final String RECIPE =
      "merge_method: linear\nmodels: [{model: left}, {model: right}]\ntokenizer_source: union\n";

  @TempDir private Path folder;
  private final List<String> entries = new ArrayList<>();
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

  private void tensor(String name, String shape, float... values) {
    int start = bytes.position();
    for (float value : values) {
      bytes.putFloat(value);
    }
    entries.add(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, shape, start, bytes.position()));
  }

  private void save(String name, String vocabulary) throws IOException {
    tensor("h.0.w", "[1]", 1);
    tensor("h.1.w", "[1]", 1);
    byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + bytes.position()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).put(bytes.flip());
    Path model = Files.createDirectory(folder.resolve(name));
    Files.write(model.resolve("model.safetensors"), file.array());
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"WordLevel\", \"unk_token\": \"a\", \"vocab\": %s}}"
            .formatted(vocabulary));
    entries.clear();
    bytes.clear();
  }

  private void embeddings(String name, float... values) {
    tensor(name, "[" + values.length / 2 + ",2]", values);
  }

  private float[] merged(String name) throws IOException {
    RecipeFile file = RecipeFile.parse(folder.resolve("r.yml"), RECIPE);
    RecipeResolver resolver = RecipeResolver.of(file.variants().getFirst().recipe(), Methods.all());
    Path out = folder.resolve("out.safetensors");
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      Merge.of(resolver.resolve(models, LayerOptions.defaults())).withForce().plan(out).run();
    }
    try (Checkpoint model = Checkpoint.open(out)) {
      StoredTensor tensor = model.find(name).orElseThrow();
      byte[] content = new byte[Math.toIntExact(tensor.byteSize())];
      model.source(tensor).read(0, MemorySegment.ofArray(content));
      float[] values = new float[content.length / 4];
      ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }
  }

  @Test
  void embeddingsHeadsAndTheirBiasesFollowTheTokens() throws IOException {
    embeddings("wte.weight", 1, 2, 3, 4);
    embeddings("lm_head.weight", 10, 20, 30, 40);
    tensor("lm_head.bias", "[2]", 5, 7);
    save("left", "{\"a\": 0, \"b\": 1}");
    embeddings("wte.weight", 0, 0, 7, 8, 5, 6);
    embeddings("lm_head.weight", 0, 0, 70, 80, 50, 60);
    tensor("lm_head.bias", "[3]", 0, 11, 9);
    save("right", "{\"c\": 1, \"b\": 2}");
    // a of left alone; b of both; c of right alone
    assertArrayEquals(new float[] {1, 2, 4, 5, 7, 8}, merged("wte.weight"));
    assertArrayEquals(new float[] {10, 20, 40, 50, 70, 80}, merged("lm_head.weight"));
    assertArrayEquals(new float[] {5, 8, 11}, merged("lm_head.bias"));
  }

  @Test
  void tiedEmbeddingsThatAreStoredTwiceStayEqual() throws IOException {
    embeddings("wte.weight", 1, 2, 3, 4);
    embeddings("lm_head.weight", 1, 2, 3, 4);
    save("left", "{\"a\": 0, \"b\": 1}");
    embeddings("wte.weight", 7, 8, 5, 6);
    embeddings("lm_head.weight", 7, 8, 5, 6);
    save("right", "{\"c\": 0, \"b\": 1}");
    assertArrayEquals(new float[] {1, 2, 4, 5, 7, 8}, merged("wte.weight"));
    assertArrayEquals(merged("wte.weight"), merged("lm_head.weight"));
  }

  @Test
  void aModelThatStoresTiedEmbeddingsOnceGivesBoth() throws IOException {
    embeddings("wte.weight", 1, 2, 3, 4);
    save("left", "{\"a\": 0, \"b\": 1}");
    embeddings("wte.weight", 7, 8, 5, 6);
    embeddings("lm_head.weight", 7, 8, 5, 6);
    save("right", "{\"c\": 0, \"b\": 1}");
    assertArrayEquals(new float[] {1, 2, 4, 5, 7, 8}, merged("lm_head.weight"));
  }

  @Test
  void aTensorThatMayHaveARowForEachTokenIsRefused() throws IOException {
    for (String name : List.of("left", "right")) {
      embeddings("wte.weight", 1, 2, 3, 4, 5, 6);
      tensor("final_logits_bias", "[1,3]", 1, 2, 3);
      save(name, name.equals("left") ? "{\"a\": 0, \"b\": 1}" : "{\"b\": 0, \"a\": 1}");
    }
    String message =
        String.valueOf(assertThrows(InputException.class, () -> merged("wte.weight")).getMessage());
    assertTrue(message.contains("tensor final_logits_bias has shape [1, 3]"), message);
  }
}
