package org.lines4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A float32 model of a few numbers, written as the safetensors format's own page describes it.
record SmallModel(Map<String, float[]> tensors) {
  /// Three layers between an embedding and a norm with a head.
  static SmallModel llama() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("model.embed_tokens.weight", new float[] {1, 2, 3, 4});
    for (int layer = 0; layer < 3; layer++) {
      tensors.put("model.layers." + layer + ".mlp.weight", new float[] {layer + 1, -0.5f});
    }
    tensors.put("model.norm.weight", new float[] {1, 1});
    tensors.put("lm_head.weight", new float[] {0.25f, 8, -2, 0});
    return new SmallModel(tensors);
  }

  /// Two encoder layers and two decoder layers, as T5 names them.
  static SmallModel t5() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("shared.weight", new float[] {1, 2});
    for (String side : List.of("encoder", "decoder")) {
      for (int layer = 0; layer < 2; layer++) {
        tensors.put(side + ".block." + layer + ".layer.0.weight", new float[] {layer + 1, 3});
      }
    }
    return new SmallModel(tensors);
  }

  /// No layers at all.
  static SmallModel flat() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("weight", new float[] {1, 2});
    tensors.put("bias", new float[] {3});
    return new SmallModel(tensors);
  }

  /// This model with `delta` added to every number.
  SmallModel plus(float delta) {
    Map<String, float[]> moved = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) -> {
          float[] sums = values.clone();
          for (int i = 0; i < sums.length; i++) {
            sums[i] += delta;
          }
          moved.put(name, sums);
        });
    return new SmallModel(moved);
  }

  SmallModel with(String name, float... values) {
    Map<String, float[]> more = new LinkedHashMap<>(tensors);
    more.put(name, values);
    return new SmallModel(more);
  }

  SmallModel without(String name) {
    Map<String, float[]> fewer = new LinkedHashMap<>(tensors);
    fewer.remove(name);
    return new SmallModel(fewer);
  }

  float[] values(String name) {
    float[] values = tensors.get(name);
    if (values == null) {
      throw new AssertionError("no tensor " + name);
    }
    return values;
  }

  /// Writes one file.
  Path file(Path file) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    int end = 0;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      int begin = end;
      end += Float.BYTES * tensor.getValue().length;
      header.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
              .formatted(tensor.getKey(), tensor.getValue().length, begin, end));
    }
    header.append('}');
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + end).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (float[] values : tensors.values()) {
      for (float value : values) {
        bytes.putFloat(value);
      }
    }
    return Files.write(file, bytes.array());
  }

  /// Writes a folder with one weights file, a configuration and a tokenizer.
  Path folder(Path folder) throws IOException {
    Files.createDirectories(folder);
    sidecars(folder);
    file(folder.resolve("model.safetensors"));
    return folder;
  }

  /// Writes a folder with an index and a file for each tensor.
  Path sharded(Path folder) throws IOException {
    Files.createDirectories(folder);
    sidecars(folder);
    Map<String, String> index = new LinkedHashMap<>();
    int number = 1;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      String name = "model-%05d-of-%05d.safetensors".formatted(number++, tensors.size());
      new SmallModel(Map.of(tensor.getKey(), tensor.getValue())).file(folder.resolve(name));
      index.put(tensor.getKey(), name);
    }
    String map =
        index.entrySet().stream()
            .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(","));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{},\"weight_map\":{" + map + "}}");
    return folder;
  }

  private static void sidecars(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"), "{\"model_type\":\"llama\",\"dtype\":\"float32\"}");
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
  }
}
