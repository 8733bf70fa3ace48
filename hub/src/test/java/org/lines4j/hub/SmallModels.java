package org.lines4j.hub;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.lines4j.conformance.web.Content;

/// Models of a few layers, as a repository's files.
final class SmallModels {
  private SmallModels() {}

  /// A header of `layers` float32 tensors, each of so many elements.
  static byte[] header(int layers, long elements) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < layers; i++) {
      long from = i * elements * 4;
      json.append(i == 0 ? "" : ",")
          .append("\"model.layers.%d.mlp.weight\":".formatted(i))
          .append(
              "{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
                  .formatted(elements, from, from + elements * 4));
    }
    json.append("}");
    json.append(" ".repeat(Math.floorMod(-json.length(), 8)));
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  /// A file of such tensors.
  static byte[] weights(int layers, int elements, long seed) {
    byte[] header = header(layers, elements);
    ByteBuffer file =
        ByteBuffer.allocate(header.length + layers * elements * 4).order(ByteOrder.LITTLE_ENDIAN);
    file.put(header);
    Random random = new Random(seed);
    while (file.hasRemaining()) {
      file.putFloat(random.nextFloat());
    }
    return file.array();
  }

  /// A repository with such a file.
  static Map<String, Content> repository(byte[] weights) {
    Map<String, Content> files = new TreeMap<>();
    files.put("model.safetensors", Content.of(weights));
    files.put("config.json", text("{\"model_type\": \"llama\"}"));
    files.put("tokenizer.json", text("{}" + " ".repeat(1000)));
    files.put("README.md", text("a model"));
    return files;
  }

  static Content text(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
