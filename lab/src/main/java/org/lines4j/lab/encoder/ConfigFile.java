package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.lab.image.Images;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// `config.json`: an encoder's sizes under the names that Hugging Face's vision models give them.
final class ConfigFile {
  static final String NAME = "config.json";

  private static final String MODEL_TYPE = "lines_lab_vit";
  private static final JsonFactory JSON = new JsonFactory();
  private static final long LONGEST = 1_000_000;

  private ConfigFile() {}

  static void write(Path folder, EncoderConfig config) throws IOException {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("model_type", MODEL_TYPE);
    entries.put("hidden_act", "gelu");
    entries.put("hidden_size", config.width());
    entries.put("image_size", Images.SIDE);
    entries.put("intermediate_size", config.mlpWidth());
    entries.put("num_attention_heads", config.heads());
    entries.put("num_channels", 1);
    entries.put("num_hidden_layers", config.blocks());
    entries.put("patch_size", config.patchSize());
    entries.put("projection_dim", config.embedding());
    entries.put("torch_dtype", "float32");
    Files.writeString(folder.resolve(NAME), JsonText.of(entries));
  }

  /// @throws InputException if it is missing, no JSON, or of no encoder of ours
  static EncoderConfig read(Path folder) throws IOException {
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
      return new EncoderConfig(
          size(file, sizes, "num_hidden_layers"),
          size(file, sizes, "hidden_size"),
          size(file, sizes, "num_attention_heads"),
          size(file, sizes, "intermediate_size"),
          size(file, sizes, "patch_size"),
          size(file, sizes, "projection_dim"));
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
