package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
/// @param merges of BPE, in their order
/// @param around what tokens are put around texts; empty where that is not known
record TokenizerPipeline(Map<String, String> parts, Merges merges, Optional<TokensAround> around) {
  private static final Set<String> STAGES = Set.of("normalizer", "pre_tokenizer", "decoder");
  private static final String MERGES = "merges";
  private static final Set<String> CONTENT = Set.of("vocab", MERGES);

  /// What makes texts of tokens again, and leaves out tokens while training.
  private static final Set<String> NO_CUTS = Set.of("decoder", "model.dropout");

  /// What some versions of the library write and others leave out, or call otherwise.
  private static final Pattern DEFAULTS =
      Pattern.compile(
          ",\"(use_regex|split)\":true|,\"trim_offsets\":(true|false)|\"add_prefix_space\":true,(?=\"prepend_scheme\")");

  private static final Pattern OLD_METASPACE =
      Pattern.compile(
          "(\"type\":\"Metaspace\",\"replacement\":\"[^\"]*\",)\"add_prefix_space\":true\\}");

  /// @param count how many there are
  /// @param hash of all of them, in their order
  record Merges(int count, int hash) {}

  /// Reads it from a `tokenizer.json`.
  static TokenizerPipeline read(Companion file) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    Merges merges = new Merges(0, 0);
    Optional<TokensAround> around = Optional.of(TokensAround.NONE);
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
          merges = readModel(parts, in);
        } else if (name.equals("post_processor")) {
          around = TokensAround.read(in);
        } else {
          in.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
    return new TokenizerPipeline(parts, merges, around);
  }

  private static Merges readModel(Map<String, String> parts, JsonParser in) {
    Merges merges = new Merges(0, 0);
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (name.equals(MERGES) && value == JsonToken.START_ARRAY) {
        merges = readMerges(in);
      } else if (CONTENT.contains(name)) {
        in.skipChildren();
      } else {
        put(parts, "model." + name, value, in);
      }
    }
    return merges;
  }

  /// Pairs are texts with a blank in older files, and lists of two in newer ones.
  private static Merges readMerges(JsonParser in) {
    int count = 0;
    int hash = 1;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      StringJoiner pair = new StringJoiner(" ");
      if (token == JsonToken.START_ARRAY) {
        while (in.nextToken() != JsonToken.END_ARRAY) {
          pair.add(in.getString());
          in.skipChildren();
        }
      } else {
        pair.add(in.getString());
        in.skipChildren();
      }
      count++;
      hash = 31 * hash + pair.toString().hashCode();
    }
    return new Merges(count, hash);
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

  /// The names of the parts by which two tokenizers of the same tokens make other tokens of a text.
  /// Rules that only one of them has are for tokens that only one has.
  Set<String> otherCuts(TokenizerPipeline other) {
    Set<String> names = new TreeSet<>(differences(other));
    names.removeIf(
        name ->
            NO_CUTS.contains(name)
                || plain(parts.getOrDefault(name, ""))
                    .equals(plain(other.parts.getOrDefault(name, ""))));
    if (merges.count == other.merges.count && merges.hash != other.merges.hash) {
      names.add("model." + MERGES);
    }
    return names;
  }

  private static String plain(String json) {
    String bare = DEFAULTS.matcher(json).replaceAll("");
    return json.equals("\"\"")
        ? ""
        : OLD_METASPACE.matcher(bare).replaceAll("$1\"prepend_scheme\":\"always\"}");
  }
}
