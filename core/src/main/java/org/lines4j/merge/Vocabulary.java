package org.lines4j.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The tokens of a model, as its `tokenizer.json` numbers them.
///
/// @param file it was read from
/// @param tokens number by text, added tokens included
record Vocabulary(Path file, Map<String, Integer> tokens) {
  private static final long MOST_BYTES = 200_000_000;
  private static final JsonFactory JSON = new JsonFactory();

  /// The vocabulary of a model folder that has a `tokenizer.json`.
  ///
  /// @throws InputException if the file is malformed
  static Optional<Vocabulary> of(Path model) throws IOException {
    Path file = model.resolve("tokenizer.json");
    if (!Files.isDirectory(model) || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new InputException(file, "longer than " + MOST_BYTES + " bytes");
    }
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), Files.readAllBytes(file))) {
      Vocabulary vocabulary = new Vocabulary(file, new HashMap<>());
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new InputException(file, "a tokenizer should be a JSON object");
      }
      vocabulary.readFields(in, Set.of("model", "added_tokens"));
      if (vocabulary.tokens.isEmpty()) {
        throw new InputException(file, "expected a vocabulary under model.vocab, found none");
      }
      return Optional.of(vocabulary);
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
  }

  private void readFields(JsonParser in, Set<String> wanted) {
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (!wanted.contains(name)) {
        in.skipChildren();
      } else if (name.equals("model") && value == JsonToken.START_OBJECT) {
        readFields(in, Set.of("vocab"));
      } else if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
        readNumbered(in);
      } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
        readScored(in);
      } else if (name.equals("added_tokens") && value == JsonToken.START_ARRAY) {
        readAdded(in);
      } else if (value != JsonToken.VALUE_NULL) {
        throw new InputException(file, name + " is neither an object nor a list");
      }
    }
  }

  /// `{"token": number, …}`.
  private void readNumbered(JsonParser in) {
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String token = in.currentName();
      if (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new InputException(file, "model.vocab should number its tokens");
      }
      tokens.put(token, in.getIntValue());
    }
  }

  /// `[["token", score], …]`, numbered in this order.
  private void readScored(JsonParser in) {
    int number = 0;
    while (in.nextToken() == JsonToken.START_ARRAY) {
      if (in.nextToken() != JsonToken.VALUE_STRING) {
        throw new InputException(file, "model.vocab should list tokens with their scores");
      }
      tokens.put(in.getString(), number++);
      while (in.nextToken() != JsonToken.END_ARRAY) {
        in.skipChildren();
      }
    }
  }

  /// `[{"id": number, "content": "token", …}, …]`.
  private void readAdded(JsonParser in) {
    while (in.nextToken() == JsonToken.START_OBJECT) {
      int number = -1;
      String token = "";
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals("id") && value == JsonToken.VALUE_NUMBER_INT) {
          number = in.getIntValue();
        } else if (name.equals("content") && value == JsonToken.VALUE_STRING) {
          token = in.getString();
        } else {
          in.skipChildren();
        }
      }
      if (number < 0 || token.isEmpty()) {
        throw new InputException(file, "an added token should have an id and a content");
      }
      tokens.put(token, number);
    }
  }

  /// In words, how another vocabulary differs; empty where it is the same.
  Optional<String> difference(Vocabulary other) {
    if (tokens.equals(other.tokens)) {
      return Optional.empty();
    }
    long missing = tokens.keySet().stream().filter(t -> !other.tokens.containsKey(t)).count();
    long extra = other.tokens.keySet().stream().filter(t -> !tokens.containsKey(t)).count();
    long moved =
        tokens.entrySet().stream()
            .filter(e -> other.tokens.containsKey(e.getKey()))
            .filter(e -> !e.getValue().equals(other.tokens.get(e.getKey())))
            .count();
    return Optional.of(
        "%d tokens only in %s, %d only in %s, %d numbered otherwise"
            .formatted(missing, file, extra, other.file, moved));
  }
}
