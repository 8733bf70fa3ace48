package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lines4j.error.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// `config.json`: an encoder's sizes under the names that Hugging Face's vision models give them.
final class ConfigFile {
  static final String NAME = "config.json";

  private static final String MODEL_TYPE = "lines_lab_vit";

  /// A stem's channels behind its first two convolutions.
  private static final String FIRST = "stem_channels_1";

  private static final String SECOND = "stem_channels_2";
  private static final JsonFactory JSON = new JsonFactory();
  private static final long LONGEST = 1_000_000;

  private ConfigFile() {}

  static void write(Path folder, ImageConfig config) throws IOException {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("model_type", MODEL_TYPE);
    entries.put("hidden_act", "gelu");
    entries.put("hidden_size", config.width());
    entries.put("image_size", config.raster().side());
    entries.put("intermediate_size", config.mlpWidth());
    entries.put("num_attention_heads", config.heads());
    entries.put("num_channels", config.raster().channels());
    entries.put("num_hidden_layers", config.blocks());
    switch (config) {
      case EncoderConfig patches -> entries.put("patch_size", patches.patchSize());
      case StemConfig stem -> {
        entries.put(FIRST, stem.first());
        entries.put(SECOND, stem.second());
      }
    }
    entries.put("projection_dim", config.embedding());
    entries.put("torch_dtype", "float32");
    Files.writeString(folder.resolve(NAME), JsonText.of(entries));
  }

  /// @throws InputException if it is missing, no JSON, or of no encoder of ours
  static ImageConfig read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new InputException(file, "there is no such file; it holds the encoder's sizes");
    }
    if (Files.size(file) > LONGEST) {
      throw new InputException(file, "longer than " + LONGEST + " bytes");
    }
    Map<String, Integer> sizes = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), Files.readAllBytes(file))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
          sizes.put(json.currentName(), json.getIntValue());
        }
      }
    } catch (JacksonException e) {
      throw new InputException(file, "not readable as JSON: " + e.getOriginalMessage());
    }
    try {
      int blocks = size(file, sizes, "num_hidden_layers");
      int width = size(file, sizes, "hidden_size");
      int heads = size(file, sizes, "num_attention_heads");
      int mlpWidth = size(file, sizes, "intermediate_size");
      int embedding = size(file, sizes, "projection_dim");
      if (sizes.containsKey(FIRST)) {
        int second = size(file, sizes, SECOND);
        return new StemConfig(
            blocks, width, heads, mlpWidth, size(file, sizes, FIRST), second, embedding);
      }
      int patchSize = size(file, sizes, "patch_size");
      return new EncoderConfig(blocks, width, heads, mlpWidth, patchSize, embedding);
    } catch (IllegalArgumentException e) {
      throw new InputException(file, String.valueOf(e.getMessage()));
    }
  }

  private static int size(Path file, Map<String, Integer> sizes, String name) {
    Integer size = sizes.get(name);
    if (size == null) {
      throw new InputException(
          file, "expected a whole number '" + name + "', as an encoder of this lab has");
    }
    return size;
  }
}
