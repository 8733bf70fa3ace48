package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/// How a tokenizer cuts text, apart from its tokens: normaliser, pre-tokenizer, decoder, and the
/// settings of its model, each as JSON.
///
/// @param parts by name, such as `model.type`; what is null or false is left out
record TokenizerPipeline(Map<String, String> parts) {
  private static final Set<String> STAGES = Set.of("normalizer", "pre_tokenizer", "decoder");
  private static final Set<String> CONTENT = Set.of("vocab", "merges");

  /// Reads it from a `tokenizer.json`.
  static TokenizerPipeline read(Companion file) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    try (JsonParser in =
        Vocabulary.JSON.createParser(
            ObjectReadContext.empty(), file.bytes(Vocabulary.MOST_BYTES))) {
      in.nextToken();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (STAGES.contains(name)) {
          put(parts, name, value, in);
        } else if (name.equals("model") && value == JsonToken.START_OBJECT) {
          readModel(parts, in);
        } else {
          in.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
    return new TokenizerPipeline(parts);
  }

  private static void readModel(Map<String, String> parts, JsonParser in) {
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (CONTENT.contains(name)) {
        in.skipChildren();
      } else {
        put(parts, "model." + name, value, in);
      }
    }
  }

  private static void put(Map<String, String> parts, String name, JsonToken value, JsonParser in) {
    if (value == JsonToken.VALUE_NULL || value == JsonToken.VALUE_FALSE) {
      return;
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator out = Vocabulary.JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.copyCurrentStructureExact(in);
    }
    parts.put(name, text.toString());
  }

  /// Whether it is a BPE tokenizer whose tokens carry a prefix within words.
  boolean joinsWithPrefix() {
    return parts.getOrDefault("model.type", "").equals("\"BPE\"")
        && parts.getOrDefault("model.continuing_subword_prefix", "\"\"").length() > 2;
  }

  /// The names of the parts that two tokenizers do not share.
  Set<String> differences(TokenizerPipeline other) {
    Set<String> names = new TreeSet<>(parts.keySet());
    names.addAll(other.parts.keySet());
    names.removeIf(name -> parts.getOrDefault(name, "").equals(other.parts.getOrDefault(name, "")));
    return names;
  }
}
